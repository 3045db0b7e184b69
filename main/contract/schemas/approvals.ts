import { z } from 'zod';
import { capabilityId, credentialId, effect } from './catalog.ts';
import { contextId } from './scope.ts';
import { timeMs } from './secrets.ts';
import { tokenId } from './tokens.ts';

// A request that waits for a person, and a yes that stands for further ones. Host facts; the one text a caller wrote is
// `body.text`.

/** How long a question waits for its answer. */
export const approvalPatienceMs = 120_000;

const randomName = z.string().regex(/^[0-9a-f]{32}$/);

/** Whose request it is: a token's, or the operator's own (`operator:cli`). */
const caller = {
  /** `agent:tok_…`, `operator:cli`. */
  actor: z.string(),
  token: z.strictObject({ tokenId, name: z.string().nullable() }).nullable(),
};

/** The very request that will be sent. Values of headers are not shown; where the broker puts the key it says REDACTED. */
export const approvalRequest = z.strictObject({
  approvalId: randomName,
  askedAtMs: timeMs,
  expiresAtMs: timeMs,
  ...caller,
  consumer: z.string().nullable(),
  workspaceId: contextId.nullable(),
  groupId: contextId.nullable(),
  capability: capabilityId,
  effect,
  credential: credentialId,
  method: z.string(),
  /** `host` or `host:port`, as it will be connected to. */
  host: z.string(),
  url: z.string(),
  body: z
    .strictObject({
      bytes: z.int().nonnegative(),
      /** Of the bytes that will be sent, hex. */
      sha256: z.string(),
      /** The caller's own words where they are text: controls and direction marks spelled out, at most 2,000 characters. */
      text: z.string().nullable(),
      /** Whether `text` is only the beginning. */
      truncated: z.boolean(),
    })
    .nullable(),
  /** How many more of exactly this request wait behind it; each needs its own yes. */
  alsoWaiting: z.int().nonnegative(),
});
export type ApprovalRequest = z.output<typeof approvalRequest>;

/** A yes that covers further requests. Kept in memory: gone after a lock and a restart. */
export const standingApproval = z.strictObject({
  standingId: randomName,
  ...caller,
  capability: capabilityId,
  credential: credentialId,
  /** Null, with `url`: whatever the capability allows. */
  method: z.string().nullable(),
  url: z.string().nullable(),
  sinceMs: timeMs,
  /** Null: as long as the token. */
  untilMs: timeMs.nullable(),
});
export type StandingApproval = z.output<typeof standingApproval>;
