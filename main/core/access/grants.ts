import { AivaultError } from '#contract/errors.ts';
import type { Context } from '#contract/schemas/scope.ts';
import type { CatalogView, Grant } from '../broker/parties.ts';
import { contextOf, visibleIn } from '../policy/context.ts';
import type { TokenRow } from './token-rows.ts';

// What a token stands for when it is used. A request may narrow it and never widen it.

/** Rows are frozen, so a grant holds as long as its row: one is made per token, not per call. */
const grants = new WeakMap<TokenRow, Grant>();

/** The grant of a live proxy token. */
export function grantOf(row: TokenRow): Grant {
  const known = grants.get(row);
  if (known !== undefined) return known;
  const grant: Grant = {
    actor: `agent:${row.id}`,
    tokenId: row.id,
    capabilities: new Set(row.capabilities),
    credential: row.credential,
    context: contextOf(row),
    consumer: row.name,
    maxCalls: row.maxCalls,
  };
  grants.set(row, grant);
  return grant;
}

/** The operator's own CLI or window: every enabled capability, in the context its flags name. */
export function operatorGrant(via: string, context: Context, consumer: string | null): Grant {
  return {
    actor: `operator:${via}`,
    tokenId: null,
    capabilities: null,
    credential: null,
    context,
    consumer,
    maxCalls: null,
  };
}

export interface GrantWish {
  readonly capabilities: readonly string[];
  readonly credential: string | null;
  readonly context: Context;
}

/** The catalog, with the capabilities that are switched off. */
type WishView = CatalogView & { readonly allCapabilities: ReadonlyMap<string, unknown> };

/**
 * Refuses a grant that could never work or would say more than it gives: unknown capabilities or credential, a
 * credential of another provider, or one that its context does not reach.
 */
export function checkWish(view: WishView, wish: GrantWish): void {
  if (wish.context.groupId !== undefined && wish.context.workspaceId === undefined) {
    throw new AivaultError('invalid_request', 'A group needs its workspace.');
  }
  const providers = new Set<string>();
  for (const id of wish.capabilities) {
    const capability = view.capability(id);
    if (capability === undefined) throw view.allCapabilities.has(id) ? switchedOff(id) : unknownCapability(view, id);
    providers.add(capability.provider);
  }
  if (wish.credential === null) return;
  const credential = view.credential(wish.credential);
  if (credential === undefined) {
    throw new AivaultError('credential_not_found', `There is no usable credential ${wish.credential}.`, {
      hint: 'See `aivault credential list`.',
    });
  }
  if (providers.size !== 1 || !providers.has(credential.provider)) {
    throw new AivaultError(
      'invalid_request',
      `The credential ${wish.credential} belongs to another provider than the capabilities.`,
    );
  }
  if (!visibleIn(credential.context, wish.context)) {
    throw new AivaultError(
      'invalid_request',
      `The credential ${wish.credential} is not available in this workspace or group.`,
    );
  }
}

/** One that was switched off is there: the way back is said, and not the names that are spelled like it. */
const switchedOff = (id: string) =>
  new AivaultError('capability_not_found', `There is no enabled capability ${id}.`, {
    hint: `It is disabled: aivault capability enable ${id}`,
  });

/** `capability_not_found` with the nearest ids. */
export function unknownCapability(view: Pick<CatalogView, 'suggest'>, id: string): AivaultError {
  const near = view.suggest(id);
  const hint = near.length > 0 ? `Did you mean ${near.join(' or ')}?` : 'See `aivault capability list`.';
  // An id that fits the grammar is safe to repeat; anything else is not echoed.
  const shown = /^[a-z0-9][a-z0-9._/-]{0,140}$/.test(id) ? ` ${id}` : '';
  return new AivaultError('capability_not_found', `There is no enabled capability${shown}.`, { hint });
}
