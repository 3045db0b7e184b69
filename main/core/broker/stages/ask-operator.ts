import { AivaultError } from '#contract/errors.ts';
import type { MaybeLater } from '../at-once.ts';
import type { OpenRequest } from '../open-request.ts';
import type { Approvals } from '../ports.ts';
import { gather, type Keep } from '../request-body.ts';
import type { Approved, Planned } from '../states.ts';
import { bodyBytes } from './enforce-policy.ts';

/** What waits for a person is held in memory meanwhile. */
const maxHeldBytes = 1024 * 1024;

/**
 * Stage 7: at once where the capability asks nobody, else a person who sees exactly this planned request. Throws
 * `approval_refused` when they say no, nobody answers, or the caller goes away; `too_large` for what cannot be held.
 */
export function askOperator(
  from: Planned,
  approvals: Approvals | undefined,
  request: OpenRequest,
): MaybeLater<Approved> {
  if (!from.capability.policy.askOperator) return approve(from);
  if (approvals === undefined) throw new AivaultError('approval_refused', 'This host has nobody to ask.');
  const asking = approvals.ask(from, () => held(from, request.keep), request.signal);
  return request.waitingForPerson(asking).then((allowed) => {
    request.allowedBy(allowed.note);
    return approve(allowed.request);
  });
}

/** The only place an Approved is made. */
function approve(planned: Planned): Approved {
  return planned as Approved;
}

/** The request with its body read: what a person is shown the digest of is what is sent. */
async function held(from: Planned, keep: Keep): Promise<Planned> {
  const { requestBody, capability } = from;
  const limit = Math.min(maxHeldBytes, capability.policy.maxRequestBodyBytes ?? maxHeldBytes);
  if ((bodyBytes(requestBody) ?? 0) > limit) throw tooLarge();
  if (requestBody.kind !== 'stream') return from;
  const bytes = await gather(requestBody.stream, limit, keep, tooLarge);
  return { ...from, requestBody: bytes.length === 0 ? { kind: 'none' } : { kind: 'bytes', bytes } };
}

function tooLarge(): AivaultError {
  return new AivaultError('too_large', 'A request that waits for a yes may be 1 MiB at most, or less by its policy.', {
    hint: 'Send less at once, or have the operator allow the capability for a time first.',
  });
}
