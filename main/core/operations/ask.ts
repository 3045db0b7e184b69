import type { Ask, Dispatch, Rate } from '#contract/call.ts';
import { AivaultError } from '#contract/errors.ts';
import { invalidToken } from '#contract/invalid-token.ts';
import { operations } from '#contract/operations.ts';
import { createConcurrencyLimiter, type RateLimiter } from '../policy/limits.ts';
import type { Services } from './services.ts';

export interface AskDeps {
  readonly services: Services;
  readonly dispatch: Dispatch;
  readonly limiter: RateLimiter;
  /** Null: no limit. */
  readonly perMinute: () => number | null;
  readonly now: () => number;
}

/** A body is up to six megabytes until it is understood: so many of one token's are waited for at once. */
const bodiesPerToken = 16;

/**
 * Questions of a bearer: personal tokens only, rows with access `agent` only. The token is verified and its share
 * counted before anything of the question is read.
 */
export function createAsk(deps: AskDeps): Ask {
  const { services, dispatch, limiter, now } = deps;
  const bodies = createConcurrencyLimiter();

  /** Takes one question of the token's share; undefined where no share is set. */
  const meter = (tokenId: string): { readonly rate: Rate; readonly waitSeconds: number | null } | undefined => {
    const perMinute = deps.perMinute();
    if (perMinute === null) return undefined;
    const waitSeconds = limiter.take(tokenId, perMinute, now());
    return { rate: { perMinute, ...limiter.look(tokenId, perMinute, now()) }, waitSeconds };
  };

  /** The question, once it has arrived. */
  const arrived = async (tokenId: string, bearer: string, input: () => unknown): Promise<unknown> => {
    if (!bodies.enter(tokenId, bodiesPerToken)) {
      throw new AivaultError('rate_limited', 'Too many questions of this token are still being sent.', {
        retryAfterSeconds: 1,
      });
    }
    try {
      const asked = input();
      if (!(asked instanceof Promise)) return asked;
      const question: unknown = await asked;
      // The question took its time to arrive: the token has to be good still.
      services.tokens.verify(bearer, 'personal');
      return question;
    } finally {
      bodies.leave(tokenId);
    }
  };

  return async (bearer, name, input) => {
    let rate: { rate: Rate } | undefined;
    let known: { readonly tokenId: string } | undefined;
    try {
      if (bearer === null) throw invalidToken('personal');
      const token = services.tokens.verify(bearer, 'personal');
      known = { tokenId: token.id };
      if (operations[name].access !== 'agent') throw new AivaultError('operator_required', 'A token may not ask this.');
      const metered = meter(token.id);
      if (metered !== undefined) rate = { rate: metered.rate };
      if (metered?.waitSeconds != null) {
        throw new AivaultError('rate_limited', 'This token has used its share for now.', {
          retryAfterSeconds: metered.waitSeconds,
        });
      }
      services.usage.touch('tokens', token.id);
      const asked = await arrived(token.id, bearer, input);
      return { ...(await dispatch(name, asked, { actor: { kind: 'agent', tokenId: token.id } })), ...rate };
    } catch (error) {
      if (!(error instanceof AivaultError)) throw error;
      const actor = known === undefined ? 'stranger' : `agent:${known.tokenId}`;
      // Counted like a stranger's: a token that asks nonsense in a loop cannot fill the disk either.
      await services.audit
        .refusedStranger('personal.ask', actor, { ...known, code: error.code })
        .catch(() => undefined);
      return { ok: false, error: error.toJSON(), ...rate };
    }
  };
}
