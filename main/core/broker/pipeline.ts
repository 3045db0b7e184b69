import type { Answer, BodyBytes, Connect, HeaderPair, Invoke } from '#contract/proxied.ts';
import { createConcurrencyLimiter, createRateLimiter } from '../policy/limits.ts';
import { approach, identify } from './approach.ts';
import { asRefusal } from './as-refusal.ts';
import { attempt } from './attempt.ts';
import { createConnect } from './connect.ts';
import { createTokenSource } from './oauth/token-source.ts';
import { callerGone, OpenRequest } from './open-request.ts';
import { refusalAnswer } from './passage.ts';
import type { BrokerPorts } from './ports.ts';
import { createRounds } from './rounds.ts';
import { filterResponse, type Returned } from './stages/filter-response.ts';
import type { Approved } from './states.ts';
import { createDialer } from './upstream/dialer.ts';
import { createPools } from './upstream/pools.ts';
import { postFormOver } from './upstream/post-form.ts';
import { type Lookup, lookupBySystem } from './upstream/resolve.ts';

export interface PipelineOptions {
  readonly lookup?: Lookup;
  /** For an upstream's name to resolve, and for its connection to stand. */
  readonly connectWithinMs?: number;
  /** How long an upstream may say nothing before its request is given up. */
  readonly silentForMs?: number;
}

/** The broker: calls over HTTP, WebSockets, and the end of both. */
export type Broker = Invoke & {
  readonly connect: Connect;
  /** The way out has changed: no later call goes over a connection that stands. What is under way ends on its own. */
  rerouted(): void;
  /** Loads what the first call needs, before it comes. */
  warm(): Promise<void>;
  close(): Promise<void>;
};

/** Of an answer that has not begun. */
const nothingYet: Returned['counts'] = { bytes: 0, redactions: 0 };

/** The ten stages in their one order. `close` breaks off what is still running and waits until it is written down. */
export function createInvoke(ports: BrokerPorts, options: PipelineOptions = {}): Broker {
  const rates = createRateLimiter();
  const shared = { places: createConcurrencyLimiter(), memory: createConcurrencyLimiter(), rounds: createRounds() };
  const dialer = createDialer(ports.egress, ports.proxyFor, options.lookup ?? lookupBySystem, options.connectWithinMs);
  const pools = createPools(dialer, ports.now, options.silentForMs);
  const tokens = createTokenSource({
    post: postFormOver(pools),
    replaceTokens: ports.replaceTokens,
    now: ports.now,
  });
  const closing = new Set<Promise<unknown>>();

  /** Remembers work that nobody waits for until the broker closes. */
  function inBackground(work: Promise<unknown>): void {
    // Entries that are written together are one promise.
    if (closing.has(work)) return;
    closing.add(work);
    const forget = (): void => void closing.delete(work);
    work.then(forget, forget);
  }

  const invoke: Invoke = async (incoming, signal) => {
    const request = new OpenRequest(ports, shared, signal, incoming.timeoutMs);
    try {
      const identified = identify(incoming, request, ports);
      const approaching = approach(identified, request, ports, rates);
      const approved = approaching instanceof Promise ? await approaching : approaching;
      request.watch(approved, false, nothingYet);
      const answered = await attempt(approved, request, { ports, tokens, pools });
      ports.used(approved.credential, approved.grant.tokenId);
      request.passage.at('filter-response');
      const filtering = filterResponse(answered);
      return answerOf(filtering instanceof Promise ? await filtering : filtering, request, approved);
    } catch (thrown) {
      const error = request.reasonFor(asRefusal(thrown, ports));
      await request.failed(error);
      return refusalAnswer(error, request.passage);
    }
  };

  function answerOf(returned: Returned, request: OpenRequest, approved: Approved): Answer {
    const { status, statusText, headers, body, counts } = returned;
    const { planned } = request.passage;
    // Trailers are searched while the forms are still there: finishing wipes them.
    let trailers: readonly HeaderPair[] = [];
    const finish = (): void => {
      trailers = returned.trailers();
      inBackground(request.finished(counts));
    };
    const answer = { status, statusText, headers, body, planned, trailers: () => trailers };
    if (body === null || body instanceof Uint8Array) {
      finish();
      return answer;
    }
    request.handedOut(counts, inBackground);
    request.watch(approved, false, counts);
    answer.body = watched(body, request, finish);
    return answer;
  }

  const connect = createConnect({ ports, tokens, rates, shared, dialer, inBackground });
  return Object.assign(invoke, {
    connect,
    rerouted: () => pools.drop(),
    warm: () => pools.warm(),
    async close() {
      await pools.close();
      await Promise.allSettled(closing);
    },
  });
}

/**
 * The body a transport reads: its end, in whatever way, is the request's end. Nothing passes once the request is over,
 * because by then the forms to search for are wiped.
 */
async function* watched(body: BodyBytes, request: OpenRequest, finish: () => void): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of body) {
      if (request.over) throw callerGone();
      yield chunk;
    }
    finish();
  } catch (thrown) {
    const error = request.reasonFor(asRefusal(thrown, {}));
    request.brokeOff(error);
    throw error;
  } finally {
    if (!request.over) request.brokeOff(callerGone());
  }
}
