import { z } from 'zod';
import { capabilityId, credentialId } from '#contract/schemas/catalog.ts';
import { contextId } from '#contract/schemas/scope.ts';
import { timeMs } from '#contract/schemas/secrets.ts';
import { maxCalls, personalScope, tokenId } from '#contract/schemas/tokens.ts';
import type { TableSpec } from '../vault/sealed.ts';

/** A token as the vault keeps it: what it may do and the SHA-256 of it, never the token. */
const tokenRow = z.strictObject({
  id: tokenId,
  kind: z.enum(['proxy', 'personal']),
  name: z.string().nullable(),
  /** Hex. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  capabilities: z.array(capabilityId),
  credential: credentialId.nullable(),
  workspaceId: contextId.nullable(),
  groupId: contextId.nullable(),
  scopes: z.array(personalScope),
  paths: z.array(z.string()),
  /** How many calls it may make in all; rows of before it could be said have none. */
  maxCalls: maxCalls.nullable().default(null),
  createdAtMs: timeMs,
  expiresAtMs: timeMs,
  revokedAtMs: timeMs.nullable(),
});
export type TokenRow = z.output<typeof tokenRow>;

export const tokenTable: TableSpec<TokenRow> = { name: 'tokens', parse: (value) => tokenRow.parse(value) };
