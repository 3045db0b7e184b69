import type { Context, GroupAttachment, Scope } from '#contract/schemas/scope.ts';

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

/** The context a scope belongs to. */
export function scopeContext(scope: Scope): Context {
  if (scope === 'global') return {};
  if ('workspace' in scope) return { workspaceId: scope.workspace.workspace_id };
  return { workspaceId: scope.group.workspace_id, groupId: scope.group.group_id };
}

/** The scope of a context. */
export function contextScope(context: {
  readonly workspaceId?: string | undefined;
  readonly groupId?: string | undefined;
}): Scope {
  if (context.workspaceId === undefined) return 'global';
  if (context.groupId === undefined) return { workspace: { workspace_id: context.workspaceId } };
  return { group: { workspace_id: context.workspaceId, group_id: context.groupId } };
}

/** How specific a context is: group over workspace over global. */
export function specificity(context: Context): 0 | 1 | 2 {
  if (context.groupId !== undefined) return 2;
  return context.workspaceId === undefined ? 0 : 1;
}

/** Whether everybody in `inner` may use what belongs to `outer`. */
export function covers(outer: Context, inner: Context): boolean {
  if (outer.workspaceId !== undefined && outer.workspaceId !== inner.workspaceId) return false;
  return outer.groupId === undefined || outer.groupId === inner.groupId;
}

/** Whether a secret may be used in a context: by its own scope, or because the group was attached. */
export function mayUse(secret: LiveSecret, context: Context): boolean {
  if (covers(scopeContext(secret.scope), context)) return true;
  return secret.attachedGroups.some(
    (group) => group.workspaceId === context.workspaceId && group.groupId === context.groupId,
  );
}
