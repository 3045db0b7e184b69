import { AivaultError } from '#contract/errors.ts';
import type { PersonalScope } from '#contract/schemas/tokens.ts';
import { globMatches } from './path-glob.ts';

/** What a personal token may do: its scopes, under its globs. No globs means every path. */
export interface PersonalGrant {
  readonly tokenId: string;
  readonly name: string;
  readonly scopes: ReadonlySet<PersonalScope>;
  readonly paths: readonly string[];
  readonly expiresAtMs: number;
}

/** Whether a grant holds a scope; reading includes listing, since who may have the value may know it is there. */
function holdsScope(grant: PersonalGrant, scope: PersonalScope): boolean {
  return grant.scopes.has(scope) || (scope === 'secrets:list' && grant.scopes.has('secrets:read'));
}

/** Whether a path lies under the grant's globs. */
export function coversPath(grant: PersonalGrant, path: string): boolean {
  return grant.paths.length === 0 || grant.paths.some((glob) => globMatches(glob, path));
}

/** Throws `policy_violation` unless the grant holds the scope and, where a path is given, covers it. Null: the operator. */
export function authorise(grant: PersonalGrant | null, scope: PersonalScope, path: string | null): void {
  if (grant === null) return;
  if (!holdsScope(grant, scope)) {
    throw new AivaultError('policy_violation', `This token does not have the scope ${scope}.`, { scope });
  }
  if (path !== null && !coversPath(grant, path)) {
    throw new AivaultError('policy_violation', 'This token does not reach this path.');
  }
}
