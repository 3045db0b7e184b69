import { z } from 'zod';
import { auditOutcomes } from '../choices.ts';
import { scope } from './scope.ts';
import { timeMs } from './secrets.ts';

/** One step a request took; `tookMs` is where its time went. */
const stageTrace = z.strictObject({
  stage: z.string(),
  tookMs: z.number(),
  outcome: z.enum(['passed', 'refused']),
});

/**
 * One line of the audit log. Query values, bodies, tokens and secret values are never written.
 * `kind` is `noun.verb` for changes and `invoke` for calls.
 */
export const auditEntry = z.strictObject({
  seq: z.int().positive(),
  tsMs: timeMs,
  kind: z.string(),
  /** `operator:cli`, `operator:window`, `agent:tok_…`, `host`. */
  actor: z.string(),
  outcome: z.enum(auditOutcomes),
  code: z.string().optional(),
  note: z.string().optional(),
  secretId: z.string().optional(),
  secretName: z.string().optional(),
  scope: scope.optional(),
  presence: z.enum(['passphrase', 'window', 'none']).optional(),
  capability: z.string().optional(),
  credential: z.string().optional(),
  tokenId: z.string().optional(),
  workspaceId: z.string().optional(),
  groupId: z.string().optional(),
  consumer: z.string().optional(),
  method: z.string().optional(),
  host: z.string().optional(),
  /** The path that was asked for, percent-encoded, without its query's values; of a very long one the beginning. */
  path: z.string().optional(),
  /** A path secret and the version that was read or written. */
  secretPath: z.string().optional(),
  version: z.int().optional(),
  status: z.int().optional(),
  requestBytes: z.int().optional(),
  responseBytes: z.int().optional(),
  redactions: z.int().optional(),
  tookMs: z.number().optional(),
  /** How many like this one were counted together: unauthenticated refusals, and those of a token that has very many. */
  count: z.int().optional(),
  trace: z.array(stageTrace).optional(),
  /** Where older entries were retired: the last of them. */
  throughSeq: z.int().positive().optional(),
});
export type AuditEntry = z.output<typeof auditEntry>;

export const auditFilter = z.strictObject({
  limit: z.int().min(0).max(10_000).default(200),
  /** Entries with a smaller `seq` only: the cursor for the next page. */
  beforeSeq: z.int().positive().optional(),
  beforeTsMs: timeMs.optional(),
  sinceTsMs: timeMs.optional(),
  capability: z.string().optional(),
  credential: z.string().optional(),
  actor: z.string().optional(),
  outcome: z.enum(auditOutcomes).optional(),
  kind: z.string().optional(),
});
export type AuditFilter = z.output<typeof auditFilter>;

export const auditVerdict = z.strictObject({
  intact: z.boolean(),
  entries: z.int().nonnegative(),
  /** Where the chain breaks first, and how. */
  break: z
    .strictObject({
      seq: z.int(),
      reason: z.enum(['edited', 'missing', 'reordered', 'truncated', 'checkpoint', 'base']),
    })
    .nullable(),
  /** Older entries were retired, up to this one; null where none ever was. Means something only where the chain is intact. */
  base: z
    .strictObject({
      seq: z.number(),
      /** What the first entry that is kept is chained to, hex: the last line of an export of what was retired. */
      hash: z.string(),
      retiredAtMs: z.number(),
      /** Rows of retired entries are still in the file; they go while the vault is open. */
      unfinished: z.boolean(),
    })
    .nullable(),
});

/**
 * One line of an exported chain: `hash` is SHA-256(hash of the line before ‖ body), hex. Entry 1 follows 32 zero bytes; the
 * first that is kept of a chain whose older entries were retired follows the last of those.
 */
export const chainLine = z.strictObject({ seq: z.int().positive(), tsMs: timeMs, body: z.string(), hash: z.string() });
export type ChainLine = z.output<typeof chainLine>;

/** Calls over time: `from` inclusive, equal widths. */
export const auditBucket = z.strictObject({
  fromMs: timeMs,
  allowed: z.int().nonnegative(),
  refused: z.int().nonnegative(),
  failed: z.int().nonnegative(),
});
export type AuditBucket = z.output<typeof auditBucket>;
