import { z } from 'zod';
import { personalScopes } from '../choices.ts';
import { capabilityId, credentialId, effect } from './catalog.ts';
import { contextId } from './scope.ts';
import { printable, timeMs } from './secrets.ts';

export const defaultTokenTtlMs = 60 * 60 * 1000;
export const defaultPersonalTtlMs = 90 * 24 * 60 * 60 * 1000;
export const maxTokenTtlMs = 30 * 24 * 60 * 60 * 1000;

/** So many calls a token may make in all; more than that is no limit worth the name. */
export const maxCalls = z.int().positive().max(1_000_000_000);

/** What the operator knows a token by: shown in lists and cards, so printable like a secret's name; may be empty. */
export const tokenName = z
  .string()
  .trim()
  .max(120)
  .refine((text) => text === '' || printable.test(text), 'printable characters only');

export const tokenId = z.string().regex(/^tok_[0-9a-f]{16}$/, 'a token id like tok_0123456789abcdef');
export const personalScope = z.enum(personalScopes);
export type PersonalScope = z.output<typeof personalScope>;

/** What a list may show of a token; the token itself is shown once, by `tokens.mint`. */
export const tokenSummary = z.strictObject({
  id: tokenId,
  kind: z.enum(['proxy', 'personal']),
  name: z.string().nullable(),
  capabilities: z.array(capabilityId),
  credential: credentialId.nullable(),
  workspaceId: contextId.nullable(),
  groupId: contextId.nullable(),
  scopes: z.array(personalScope),
  paths: z.array(z.string()),
  createdAtMs: timeMs,
  expiresAtMs: timeMs,
  lastUsedAtMs: timeMs.nullable(),
  /** How many calls it may make in all, and how many it has made; null where nobody counts. */
  calls: z.strictObject({ made: z.int().nonnegative(), most: maxCalls }).nullable(),
  revokedAtMs: timeMs.nullable(),
});
export type TokenSummary = z.output<typeof tokenSummary>;

export const mintedToken = z.strictObject({ token: z.string(), id: tokenId, expiresAtMs: timeMs });

/** What a token could do if it were used now. */
export const tokenReach = z.strictObject({
  capabilities: z.array(
    z.strictObject({
      id: capabilityId,
      effect: effect.nullable(),
      methods: z.array(z.string()),
      hosts: z.array(z.string()),
      paths: z.array(z.string()),
      /** The credential its context picks, or null with the reason. */
      credential: credentialId.nullable(),
      reason: z.string().nullable(),
    }),
  ),
});
