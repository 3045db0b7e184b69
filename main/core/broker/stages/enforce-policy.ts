import { AivaultError } from '#contract/errors.ts';
import { decide, type Refusal } from '../../policy/decide.ts';
import type { RateLimiter } from '../../policy/limits.ts';
import { after, type MaybeLater } from '../at-once.ts';
import type { BrokerPorts } from '../ports.ts';
import type { Backed, Permitted, RequestBody } from '../states.ts';

const because: { readonly [R in Refusal]: readonly [code: 'policy_violation' | 'too_large', message: string] } = {
  method: ['policy_violation', 'The method is not allowed by the capability.'],
  path: ['policy_violation', 'The path is not allowed by the capability.'],
  host: ['policy_violation', 'The capability and the credential have no host in common.'],
  size: ['too_large', 'The request is larger than its capability allows.'],
};

/**
 * Stage 5: may this exact request go out? Host, method, path and size first, the rate and then the token's calls last, so
 * that a refused request costs nobody a turn. Waits only where a token's calls are counted. Throws `policy_violation`,
 * `too_large`, `rate_limited`, and what the store says where it cannot count.
 */
export function enforcePolicy(
  from: Backed,
  rates: RateLimiter,
  takeCall: BrokerPorts['takeCall'],
  nowMs: number,
): MaybeLater<Permitted> {
  const { capability, credential, grant } = from;
  const limit = capability.policy.maxRequestBodyBytes;
  const verdict = decide(
    capability,
    { method: from.method, path: from.path, bodyBytes: bodyBytes(from.requestBody) },
    credential.hosts,
    limit,
  );
  if (!verdict.allowed) {
    const [code, message] = because[verdict.because];
    throw new AivaultError(code, message, hintFor(verdict.because, from));
  }
  const perMinute = capability.policy.rateLimitPerMinute;
  if (perMinute === 0) {
    // Waiting does not help, so no time is named.
    throw new AivaultError('rate_limited', 'The capability allows no calls: its limit is 0 per minute.', {
      hint: 'See `aivault capability policy show`.',
    });
  }
  if (perMinute !== null) {
    const retryAfterSeconds = rates.take(`${capability.id}\n${grant.tokenId ?? grant.actor}`, perMinute, nowMs);
    if (retryAfterSeconds !== null) {
      throw new AivaultError('rate_limited', 'The capability is called too often.', { retryAfterSeconds });
    }
  }
  const { maxCalls, tokenId } = grant;
  return after(maxCalls === null || tokenId === null || takeCall(tokenId, maxCalls), (taken) => {
    if (!taken) {
      throw new AivaultError('policy_violation', `This token has made all its calls (${maxCalls}).`, {
        hint: 'The operator can mint another one.',
      });
    }
    // The only place a Permitted is made.
    return { ...from, host: verdict.host } as Permitted;
  });
}

/** What is known of the body's size before it is sent; a stream of unknown length is counted on its way. */
export function bodyBytes(body: RequestBody): number | null {
  if (body.kind === 'none') return 0;
  return body.kind === 'bytes' ? body.bytes.length : body.length;
}

function hintFor(refusal: Refusal, { capability }: Backed): { hint?: string } {
  if (refusal === 'method') return { hint: `Allowed: ${capability.methods.join(', ')}` };
  if (refusal === 'path') return { hint: `Allowed: ${capability.paths.join(', ')}` };
  return {};
}
