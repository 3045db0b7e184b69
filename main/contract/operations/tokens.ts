import { z } from 'zod';
import { operation } from '../operation.ts';
import { capabilityId, credentialId } from '../schemas/catalog.ts';
import { contextId } from '../schemas/scope.ts';
import { timeMs } from '../schemas/secrets.ts';
import {
  defaultPersonalTtlMs,
  defaultTokenTtlMs,
  maxCalls,
  maxTokenTtlMs,
  mintedToken,
  personalScope,
  tokenId,
  tokenName,
  tokenReach,
  tokenSummary,
} from '../schemas/tokens.ts';

export const tokenOperations = {
  'tokens.mint': operation({
    summary: 'Mint a token for a tool: it may use the capabilities you name, until it expires.',
    input: z.strictObject({
      name: tokenName.optional(),
      capabilities: z.array(capabilityId).min(1).max(512),
      credential: credentialId.optional(),
      workspaceId: contextId.optional(),
      groupId: contextId.optional(),
      ttlMs: z.int().positive().max(maxTokenTtlMs, 'at most 30 days').default(defaultTokenTtlMs),
      /** How many calls it may make in all. Left out: as many as it likes until it expires. */
      maxCalls: maxCalls.optional(),
    }),
    output: mintedToken,
    access: 'operator',
    vault: 'unlocked',
    effect: 'write',
    yields: true,
  }),
  'tokens.createPersonal': operation({
    summary: 'Create a personal token that may read or write path secrets.',
    input: z.strictObject({
      name: tokenName.min(1),
      scopes: z.array(personalScope).min(1),
      /** Globs: `*` one segment, `**` any number. None means every path. */
      paths: z.array(z.string().min(1).max(512)).max(64).default([]),
      ttlMs: z
        .int()
        .positive()
        .max(366 * 24 * 60 * 60 * 1000, 'at most 366 days')
        .default(defaultPersonalTtlMs),
    }),
    output: mintedToken,
    access: 'operator',
    vault: 'unlocked',
    effect: 'write',
    presence: 'fresh',
    yields: true,
  }),
  'tokens.list': operation({
    summary: 'List tokens: what each may do, until when, last used.',
    input: z.strictObject({ all: z.boolean().default(false) }),
    output: z.strictObject({ tokens: z.array(tokenSummary) }),
    access: 'operator',
    vault: 'unlocked',
    effect: 'read',
  }),
  'tokens.explain': operation({
    summary: 'Say what a token could do if it were used now.',
    input: z.strictObject({ id: tokenId }),
    output: tokenReach,
    access: 'operator',
    vault: 'unlocked',
    effect: 'read',
  }),
  'tokens.revoke': operation({
    summary: 'Revoke a token.',
    input: z.strictObject({ id: tokenId }),
    output: z.strictObject({ id: tokenId, revoked: z.boolean() }),
    access: 'operator',
    vault: 'unlocked',
    effect: 'write',
  }),
  'tokens.whoami': operation({
    summary: 'Show whose token this is and what it may do.',
    input: z.strictObject({}),
    output: z.strictObject({
      identityId: z.string(),
      identityType: z.literal('user'),
      tokenId: tokenId.nullable(),
      scopes: z.array(personalScope),
      expiresAtMs: timeMs.nullable(),
    }),
    access: 'agent',
    vault: 'unlocked',
    effect: 'read',
  }),
};
