import { z } from 'zod';
import { providerName } from '#contract/schemas/catalog.ts';
import { groupAttachment, scope } from '#contract/schemas/scope.ts';
import { secretId, secretName, timeMs } from '#contract/schemas/secrets.ts';
import type { TableSpec } from './sealed.ts';

/** What the table `secrets` holds: everything about a secret, its value only sealed once more under a key of its own. */
const secretRow = z.strictObject({
  secretId,
  name: secretName,
  aliases: z.array(secretName),
  scope,
  systemManaged: z.boolean(),
  /** Set when the secret is stored and never again; part of what the value is sealed with. */
  pinnedProvider: providerName.nullable(),
  createdAtMs: timeMs,
  updatedAtMs: timeMs,
  revokedAtMs: timeMs.nullable(),
  valueVersion: z.int().positive(),
  attachedGroups: z.array(groupAttachment),
  /** Keyed with the vault's own key; 16 hex digits. */
  fingerprint: z.string().regex(/^[0-9a-f]{16}$/),
  /** Where the value may be sent: a pinned provider's hosts, or what the first credential fixed. Empty until then. */
  hosts: z.array(z.string()),
  /** Null once the secret is deleted: the row stays as a tombstone without ciphertext. */
  value: z.strictObject({ dek: z.base64(), sealed: z.base64() }).nullable(),
});
export type SecretRow = Readonly<z.output<typeof secretRow>>;

export const secretsTable: TableSpec<SecretRow> = { name: 'secrets', parse: (value) => secretRow.parse(value) };
