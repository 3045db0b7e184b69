import { AivaultError } from '#contract/errors.ts';
import type { Binding } from '#contract/schemas/catalog.ts';
import type { Scope } from '#contract/schemas/scope.ts';
import { scopeContext } from '../policy/context.ts';
import type { Registry } from '../providers/catalog.ts';
import { isServed } from './credential-view.ts';
import { type LiveSecret, mayUse } from './live-secret.ts';
import type { BindingRow } from './rows.ts';
import { credentialFromBinding } from './stored.ts';
import type { CatalogSnapshot } from './view.ts';

export interface BindingWish {
  readonly capability: string;
  readonly scope: Scope;
  readonly consumer: string | null;
}

/**
 * Checks that a secret can serve a capability wherever the binding applies. `hosts` is what an unpinned secret without
 * a credential of that provider would be sent to; null where a credential uses it already.
 */
export function planBinding(
  wish: BindingWish,
  secret: LiveSecret,
  catalog: CatalogSnapshot,
  registry: Registry,
  nowMs: number,
): { readonly row: BindingRow; readonly hosts: readonly string[] | null } {
  const capability = catalog.allCapabilities.get(wish.capability);
  if (capability === undefined) throw new AivaultError('capability_not_found', 'There is no such capability to bind.');
  if (secret.pinnedProvider !== null && secret.pinnedProvider !== capability.provider) {
    throw new AivaultError('policy_violation', `This secret is pinned to the provider ${secret.pinnedProvider}.`);
  }
  if (!mayUse(secret, scopeContext(wish.scope))) {
    throw new AivaultError('policy_violation', 'The secret is not accessible everywhere this binding would apply.', {
      hint: 'Bind it in the secret’s own scope, or attach the secret to the group first.',
    });
  }
  const served = isServed(catalog.allCredentials.values(), capability.provider, secret.secretId, wish.scope);
  const made = served ? null : credentialFromBinding(capability.provider, secret, registry);
  if (!served && made === null) {
    throw new AivaultError(
      'credential_not_found',
      `No credential of ${capability.provider} uses this secret where the binding applies.`,
      {
        hint: 'Create one there first: aivault credential create <id> --provider … --secret-ref … --workspace-id …',
      },
    );
  }
  const row = { ...wish, secretId: secret.secretId, updatedAtMs: nowMs };
  return { row, hosts: made?.hosts ?? null };
}

/** How a binding reads in a list. */
export function bindingSummary(row: BindingRow): Binding {
  const { secretId, ...rest } = row;
  return { ...rest, secretRef: `vault:secret:${secretId}` };
}
