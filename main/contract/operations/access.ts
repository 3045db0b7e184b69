import { z } from 'zod';
import { operation } from '../operation.ts';
import { auditEntry, auditFilter, auditVerdict } from '../schemas/audit.ts';
import { capabilityId, credentialId } from '../schemas/catalog.ts';
import { contextId } from '../schemas/scope.ts';
import { defaultTokenTtlMs, maxTokenTtlMs, mintedToken, tokenId, tokenSummary } from '../schemas/tokens.ts';

export const accessOperations = {
  'tokens.mint': operation({
    summary: 'Mint a token for a tool: it may use the capabilities you name, until it expires.',
    input: z.strictObject({
      name: z.string().trim().max(120).optional(),
      capabilities: z.array(capabilityId).min(1).max(512),
      credential: credentialId.optional(),
      workspaceId: contextId.optional(),
      groupId: contextId.optional(),
      ttlMs: z.int().positive().max(maxTokenTtlMs).default(defaultTokenTtlMs),
    }),
    output: mintedToken,
    access: 'operator',
    vault: 'unlocked',
    effect: 'write',
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
  'tokens.revoke': operation({
    summary: 'Revoke a token.',
    input: z.strictObject({ id: tokenId }),
    output: z.strictObject({ id: tokenId, revoked: z.boolean() }),
    access: 'operator',
    vault: 'unlocked',
    effect: 'write',
  }),
  'audit.list': operation({
    summary: 'Show the audit log, newest first.',
    input: auditFilter,
    output: z.strictObject({ entries: z.array(auditEntry) }),
    access: 'operator',
    vault: 'unlocked',
    effect: 'read',
  }),
  'audit.verify': operation({
    summary: 'Check the whole audit chain.',
    input: z.strictObject({}),
    output: auditVerdict,
    access: 'operator',
    vault: 'unlocked',
    effect: 'read',
  }),
};
