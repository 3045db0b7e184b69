import { z } from 'zod';
import { operation } from '../operation.ts';
import { auditBucket, auditEntry, auditFilter, auditVerdict, chainLine } from '../schemas/audit.ts';
import { timeMs } from '../schemas/secrets.ts';

export const auditOperations = {
  'audit.list': operation({
    summary: 'Show the audit log, newest first.',
    input: auditFilter,
    output: z.strictObject({ entries: z.array(auditEntry) }),
    access: 'operator',
    vault: 'unlocked',
    effect: 'read',
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
      /** Who did it, as `tokens.whoami` names them. */
      identityId: z.string().max(128).optional(),
    }),
    output: z.strictObject({ logs: z.array(auditEntry), cursor: z.string().nullable(), hasMore: z.boolean() }),
    access: 'agent',
    vault: 'unlocked',
    effect: 'read',
  }),
  'audit.series': operation({
    summary: 'Count calls over time.',
    input: z.strictObject({
      fromMs: timeMs,
      untilMs: timeMs,
      buckets: z.int().min(1).max(200),
      credential: z.string().optional(),
      capability: z.string().optional(),
    }),
    output: z.strictObject({ buckets: z.array(auditBucket) }),
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
  'audit.retire': operation({
    summary: 'Remove old entries from the audit log; what remains can still be checked.',
    input: z.strictObject({
      beforeMs: timeMs,
      /** Absolute; must not exist. What is retired is written here first. */
      exportPath: z.string().min(1).max(4096).optional(),
    }),
    output: z.strictObject({
      retired: z.int().nonnegative(),
      /** The last entry that was retired, and when it was written; null where nothing was old enough. */
      throughSeq: z.int().nullable(),
      throughTsMs: timeMs.nullable(),
      /** Some rows are still in the file, because the vault was locked meanwhile; they go when it is open again. */
      unfinished: z.boolean(),
    }),
    access: 'operator',
    vault: 'unlocked',
    effect: 'write',
    presence: 'fresh',
  }),
  'audit.export': operation({
    summary: 'Export the audit chain, oldest first, a page at a time.',
    input: z.strictObject({
      afterSeq: z.int().nonnegative().default(0),
      limit: z.int().min(1).max(10_000).default(5_000),
    }),
    output: z.strictObject({ lines: z.array(chainLine), nextAfterSeq: z.int().nullable() }),
    access: 'operator',
    vault: 'unlocked',
    effect: 'read',
  }),
};
