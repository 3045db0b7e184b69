import { createHash } from 'node:crypto';
import type { Context } from '#contract/schemas/scope.ts';

const plain = /^[a-z0-9][a-z0-9_-]*$/;
const longest = 64;

/**
 * The id of a credential the registry gives for a stored secret: `openai`, `openai.codex-oauth`, `openai.ws-acme`,
 * `openai.ws-acme.grp-night`. Names with capitals or dots, or too long to fit, become a short hash of all parts, so no
 * two contexts ever share an id.
 */
export function derivedCredentialId(provider: string, alternative: string | null, context: Context): string {
  const base = alternative === null ? provider : `${provider}.${alternative}`;
  const { workspaceId, groupId } = context;
  if (workspaceId === undefined) return base;
  const readable = groupId === undefined ? `${base}.ws-${workspaceId}` : `${base}.ws-${workspaceId}.grp-${groupId}`;
  const fits = plain.test(workspaceId) && (groupId === undefined || plain.test(groupId)) && readable.length <= longest;
  if (fits) return readable;
  // JSON of a list is unambiguous: neither a colon nor a dot inside a name can imitate a border.
  const parts = JSON.stringify([provider, alternative, workspaceId, groupId ?? null]);
  return `${base.slice(0, longest - 19)}.ctx-${createHash('sha256').update(parts).digest('hex').slice(0, 14)}`;
}

/** The id of the credential a binding gives an unpinned secret. */
export function boundCredentialId(provider: string, secretId: string): string {
  return `${provider.slice(0, 40)}.bound-${secretId.replaceAll('-', '').slice(0, 12)}`;
}

/** Whether an operator may not take this id, because the registry's own credentials are named so. */
export function isReservedId(id: string, isRegistryProvider: (name: string) => boolean): boolean {
  const head = id.split('.', 1)[0] ?? id;
  return isRegistryProvider(head);
}
