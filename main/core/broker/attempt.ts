import { AivaultError } from '#contract/errors.ts';
import { after, type MaybeLater } from './at-once.ts';
import type { TokenSource } from './oauth/token-source.ts';
import type { OpenRequest } from './open-request.ts';
import type { BrokerPorts } from './ports.ts';
import { bodyBytes } from './stages/enforce-policy.ts';
import { injectAuth } from './stages/inject-auth.ts';
import { type Answered, sendUpstream } from './stages/send-upstream.ts';
import type { Approved, Authorised } from './states.ts';
import type { Exchange } from './upstream/exchange.ts';
import type { Pools } from './upstream/pools.ts';

export interface AttemptTools {
  readonly ports: BrokerPorts;
  readonly tokens: TokenSource;
  readonly pools: Pools;
}

/** Stages 8 and 9, and once more where an upstream refuses an OAuth token before its time and the body is still there. */
export async function attempt(approved: Approved, request: OpenRequest, tools: AttemptTools): Promise<Answered> {
  const first = await authorise(approved, request, tools);
  const exchange = send(first, request, tools);
  const answer = await exchange.answer;
  request.passage.facts.status = answer.status;
  const replayable = first.tokenDigest !== null && first.requestBody.kind !== 'stream';
  if (answer.status !== 401 || !replayable) return { sent: first, answer };
  exchange.abort(givenUp());
  const second = await authoriseAgain(approved, request, tools, first);
  const lastAnswer = await send(second, request, tools).answer;
  request.passage.facts.status = lastAnswer.status;
  return { sent: second, answer: lastAnswer };
}

/** Why the first try's answer is not read. */
export function givenUp(): AivaultError {
  return new AivaultError('upstream_unreachable', 'The answer was given up for a second try.');
}

/** Stage 8 once more, for a token that the upstream did not take. */
export async function authoriseAgain(
  approved: Approved,
  request: OpenRequest,
  { ports, tokens }: Pick<AttemptTools, 'ports' | 'tokens'>,
  first: Authorised,
): Promise<Authorised> {
  request.passage.at('inject-auth');
  const second = await injectAuth(approved, ports, tokens, first, request.keep);
  request.holds(second);
  return second;
}

/** Stage 8 behind the in-flight entry: written while the secret is rendered, there before anything can be sent. */
export function authorise(
  approved: Approved,
  request: OpenRequest,
  { ports, tokens }: Pick<AttemptTools, 'ports' | 'tokens'>,
): Promise<Authorised> {
  request.passage.facts.requestBytes = bodyBytes(approved.requestBody) ?? 0;
  const opening = request.passage.open();
  request.passage.at('inject-auth');
  const injecting = injected(approved, request, ports, tokens);
  if (!(injecting instanceof Promise)) return opening.then(() => injecting);
  // Nobody looks at it before the other has settled.
  opening.catch(() => {});
  // Also where auth fails: the entry has to be there before it can be closed.
  return injecting.finally(() => opening);
}

function injected(
  approved: Approved,
  request: OpenRequest,
  ports: BrokerPorts,
  tokens: TokenSource,
): MaybeLater<Authorised> {
  try {
    return after(injectAuth(approved, ports, tokens, null, request.keep), (authorised) => {
      request.holds(authorised);
      return authorised;
    });
  } catch (error) {
    return Promise.reject(error);
  }
}

function send(authorised: Authorised, request: OpenRequest, { ports, pools }: AttemptTools): Exchange {
  request.passage.at('send-upstream');
  let sent = 0;
  return sendUpstream(
    authorised,
    pools,
    (started) => request.runs(started),
    (bytes) => {
      sent += bytes;
      request.sentBytes = sent;
    },
    () => ports.ended?.(authorised, false) ?? null,
  );
}
