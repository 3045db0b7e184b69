import type { Context, GroupAttachment, Scope } from '#contract/schemas/scope.ts';
import { scopeContext, visibleIn } from '../policy/context.ts';

/** What the catalog needs to know of a stored secret: everything but its value. */
export interface LiveSecret {
  readonly secretId: string;
  readonly name: string;
  readonly scope: Scope;
  /** Set when it was stored under a name the registry claims; never changes. */
  readonly pinnedProvider: string | null;
  readonly attachedGroups: readonly GroupAttachment[];
  /** Where an unpinned secret may go: fixed by its first credential. */
  readonly hosts: readonly string[];
}

/** The secrets of an open vault, as the catalog asks for them. */
export interface LiveSecrets {
  live(): Iterable<LiveSecret>;
  /** Undefined where it is not there or was deleted. */
  liveById(id: string): LiveSecret | undefined;
}

/** Whether a secret may be used in a context: by its own scope, or because the group was attached. */
export function mayUse(secret: LiveSecret, context: Context): boolean {
  if (visibleIn(scopeContext(secret.scope), context)) return true;
  return secret.attachedGroups.some(
    (group) => group.workspaceId === context.workspaceId && group.groupId === context.groupId,
  );
}
