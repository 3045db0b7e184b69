import { z } from 'zod';
import { operation } from '../operation.ts';
import { auditEntry } from '../schemas/audit.ts';
import {
  defaultPersonalTtlMs,
  pathDetail,
  pathKey,
  pathListQuery,
  pathReadKey,
  pathSummary,
  pathValue,
  pathVersion,
  pathWrite,
  pathWritten,
} from '../schemas/paths.ts';
import { timeMs } from '../schemas/secrets.ts';
import { mintedToken, personalScope, tokenId } from '../schemas/tokens.ts';

const agent = { access: 'agent', vault: 'unlocked' } as const;

export const pathOperations = {
  'tokens.createPersonal': operation({
    summary: 'Create a personal token that may read or write path secrets.',
    input: z.strictObject({
      name: z.string().trim().min(1).max(120),
      scopes: z.array(personalScope).min(1),
      /** Globs: `*` one segment, `**` any number. None means every path. */
      paths: z.array(z.string().min(1).max(512)).max(64).default([]),
      ttlMs: z
        .int()
        .positive()
        .max(366 * 24 * 60 * 60 * 1000)
        .default(defaultPersonalTtlMs),
    }),
    output: mintedToken,
    access: 'operator',
    vault: 'unlocked',
    effect: 'write',
    presence: 'fresh',
    yields: true,
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
    ...agent,
    effect: 'read',
  }),
  'paths.write': operation({
    summary: 'Write a path secret; each write is a new version.',
    input: pathWrite,
    output: pathWritten,
    ...agent,
    effect: 'write',
  }),
  'paths.read': operation({
    summary: 'Read the value of a path secret.',
    input: pathReadKey,
    output: pathValue,
    ...agent,
    effect: 'read',
    presence: 'fresh',
    yields: true,
  }),
  'paths.list': operation({
    summary: 'List path secrets under a prefix, without their values.',
    input: pathListQuery,
    output: z.strictObject({ secrets: z.array(pathSummary), cursor: z.string().nullable(), hasMore: z.boolean() }),
    ...agent,
    effect: 'read',
  }),
  'paths.describe': operation({
    summary: 'Show a path secret: metadata and versions, without its value.',
    input: pathKey,
    output: pathDetail,
    ...agent,
    effect: 'read',
  }),
  'paths.versions': operation({
    summary: 'List the versions of a path secret.',
    input: pathKey,
    output: z.strictObject({ path: z.string(), versions: z.array(pathVersion) }),
    ...agent,
    effect: 'read',
  }),
  'paths.delete': operation({
    summary: 'Delete a path secret; it can be restored unless deleted permanently.',
    input: z.strictObject({ ...pathKey.shape, permanent: z.boolean().default(false) }),
    output: z.strictObject({ path: z.string(), permanent: z.boolean(), versions: z.int(), deletedAtMs: timeMs }),
    ...agent,
    effect: 'write',
  }),
  'paths.restore': operation({
    summary: 'Restore a deleted path secret.',
    input: pathKey,
    output: pathSummary,
    ...agent,
    effect: 'write',
  }),
  'audit.logs': operation({
    summary: 'Show what happened to path secrets, newest first.',
    input: z.strictObject({
      limit: z.int().min(1).max(1000).default(100),
      cursor: z.string().max(2048).optional(),
      fromMs: timeMs.optional(),
      toMs: timeMs.optional(),
      action: z.string().max(200).optional(),
      pathPrefix: z.string().max(512).optional(),
      success: z.boolean().optional(),
    }),
    output: z.strictObject({ logs: z.array(auditEntry), cursor: z.string().nullable(), hasMore: z.boolean() }),
    ...agent,
    effect: 'read',
  }),
};
