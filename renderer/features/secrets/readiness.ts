// Which secrets can be used right now: worked out from the three lists the room already holds.

import type { Credential } from '#contract/schemas/catalog.ts';
import type { ProviderForm } from '#contract/schemas/registry.ts';
import type { SecretMetadata } from '#contract/schemas/secrets.ts';
import type { Tone } from '../../ui/pill.tsx';

export interface SecretRow {
  readonly secret: SecretMetadata;
  /** The provider's name in its own spelling; null for a secret of no known provider. */
  readonly providerName: string | null;
  readonly credentials: readonly Credential[];
  readonly state: 'ready' | 'waiting' | 'custom';
  /** The provider whose account it is, where it holds an account's tokens; else null. */
  readonly connects: string | null;
  /** Names of the secrets its provider still needs. */
  readonly missing: readonly string[];
  readonly pill: { readonly text: string; readonly tone: Tone } | null;
}

/** Unused for this long is worth a look: forgotten keys are the ones that leak. */
export const unusedAfterMs = 90 * 24 * 60 * 60 * 1000;

export function secretRows(
  secrets: readonly SecretMetadata[],
  credentials: readonly Credential[],
  providers: readonly ProviderForm[],
): SecretRow[] {
  const byProvider = new Map(providers.map((provider) => [provider.provider, provider]));
  const bySecret = new Map<string, Credential[]>();
  for (const credential of credentials) {
    for (const id of credential.secretIds) bySecret.set(id, [...(bySecret.get(id) ?? []), credential]);
  }
  const names = new Set(secrets.map((secret) => secret.name));
  return secrets.map((secret) => {
    const own = bySecret.get(secret.secretId) ?? [];
    const provider = secret.pinnedProvider === undefined ? undefined : byProvider.get(secret.pinnedProvider);
    const ready = own.some((credential) => credential.ready && credential.enabled);
    const missing = ready
      ? []
      : (provider?.secrets ?? []).map((needed) => needed.name).filter((name) => !names.has(name));
    const state = ready ? 'ready' : secret.pinnedProvider === undefined ? 'custom' : 'waiting';
    const disabled = own.length > 0 && own.every((credential) => !credential.enabled);
    return {
      secret,
      providerName: provider?.name ?? secret.pinnedProvider ?? null,
      credentials: own,
      connects: provider?.oauth?.secret === secret.name ? provider.provider : null,
      state,
      missing,
      pill: pillOf(state, disabled, secret.pinnedProvider === undefined),
    };
  });
}

function pillOf(state: SecretRow['state'], disabled: boolean, custom: boolean): SecretRow['pill'] {
  if (disabled) return { text: 'disabled', tone: 'plain' };
  if (state === 'waiting') return { text: 'waiting', tone: 'warn' };
  return custom ? { text: 'custom', tone: 'plain' } : null;
}
