import type { Scope } from '#contract/schemas/scope.ts';
import type { Notice, SecretMetadata } from '#contract/schemas/secrets.ts';
import { provisionNotices } from '../catalog/provisioning.ts';
import { switchId, switchTable } from '../catalog/rows.ts';
import type { Tx } from '../vault/sealed.ts';
import type { SecretRow } from '../vault/secret-row.ts';
import { valueBytes, valueWarnings } from './secret-value.ts';
import { liveSecret, type Services } from './services.ts';

// Storing one secret, alone or out of an import, and what is said about it.

export interface SecretWish {
  readonly name: string;
  readonly value: string;
  readonly scope: Scope;
  readonly aliases: readonly string[];
}

/** Stores a secret in a transaction of its own. */
export async function createSecret(services: Services, wish: SecretWish): Promise<SecretRow> {
  const value = valueBytes(wish.value);
  try {
    return await services.change(
      (tx) => insertSecret(services, tx, { ...wish, value }),
      'secrets.changed',
      ...(services.registry.bySecretName(wish.name) === undefined
        ? []
        : (['credentials.changed', 'capabilities.changed'] as const)),
    );
  } finally {
    value.fill(0);
  }
}

/** The insert itself: a name the registry claims pins the secret to that provider, with the provider's hosts. */
export function insertSecret(
  services: Services,
  tx: Tx,
  wish: Omit<SecretWish, 'value'> & { readonly value: Uint8Array },
): SecretRow {
  const claim = services.registry.bySecretName(wish.name);
  if (claim !== undefined) services.reach.remember(tx, claim.provider.provider);
  return services.secrets.insert(tx, {
    ...wish,
    pinnedProvider: claim?.provider.provider ?? null,
    hosts: claim === undefined ? [] : [...(claim.alternative?.hosts ?? claim.provider.hosts)],
  });
}

/** Gives a live secret a new value. Throws `not_found` for a deleted one. */
export async function rotateSecret(services: Services, secretId: string, text: string): Promise<SecretRow> {
  const value = valueBytes(text);
  try {
    return await services.change((tx) => {
      liveSecret(services.secrets, secretId);
      return services.secrets.rotate(tx, secretId, value);
    }, 'secrets.changed');
  } finally {
    value.fill(0);
  }
}

/** The seed's notices for a secret that was just stored. */
export function createdNotices(services: Services, row: SecretRow, value: string): Notice[] {
  const pin = row.pinnedProvider === null ? '' : ` (pinned to provider: ${row.pinnedProvider})`;
  const created: Notice = { kind: 'created', text: `Secret created: ${row.name}${pin}` };
  return [created, ...provision(services, row, 'created'), ...valueWarnings(services.registry, row.name, value)];
}

/** What a pinned secret sets up or still waits for, in sentences; nothing where it is not pinned. */
export function provision(services: Services, row: SecretRow, how: 'created' | 'rotated'): Notice[] {
  if (row.pinnedProvider === null) return [];
  const off = services.vault.table(switchTable);
  const facts = {
    registry: services.registry,
    has: (name: string, scope: Scope, provider: string) =>
      services.secrets.findByName(name, scope)?.pinnedProvider === provider,
    isEnabled: (id: string) => off.state(switchId.credential(id)) === 'absent',
  };
  return provisionNotices(facts, row.name, row.scope, how);
}

/** The metadata of a secret, its fields in the order the CLI has always printed them. */
export function metadataOf(services: Services, row: SecretRow): SecretMetadata {
  const known = services.secrets.metadata(row, { lastUsedAtMs: services.usage.lastUsedAtMs('secrets', row.secretId) });
  const { fingerprint, hosts, pinnedProvider } = known;
  return {
    secretId: known.secretId,
    name: known.name,
    aliases: known.aliases,
    scope: known.scope,
    systemManaged: known.systemManaged,
    ...(pinnedProvider === undefined ? {} : { pinnedProvider }),
    createdAtMs: known.createdAtMs,
    updatedAtMs: known.updatedAtMs,
    lastUsedAtMs: known.lastUsedAtMs,
    revokedAtMs: known.revokedAtMs,
    valueVersion: known.valueVersion,
    attachedGroups: known.attachedGroups,
    fingerprint,
    hosts,
  };
}
