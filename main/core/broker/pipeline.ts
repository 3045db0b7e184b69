import { AivaultError } from '#contract/errors.ts';
import type { Answer, BodyBytes, HeaderPair, Incoming, Invoke } from '#contract/proxied.ts';
import { createConcurrencyLimiter, createRateLimiter } from '../policy/limits.ts';
import { createTokenSource } from './oauth/token-source.ts';
import { callerGone, OpenRequest } from './open-request.ts';
import { refusalAnswer } from './passage.ts';
import type { BrokerPorts } from './ports.ts';
import { askOperator } from './stages/ask-operator.ts';
import { authenticate } from './stages/authenticate.ts';
import { chooseCredential } from './stages/choose-credential.ts';
import { bodyBytes, enforcePolicy } from './stages/enforce-policy.ts';
import { filterResponse, type Returned } from './stages/filter-response.ts';
import { injectAuth } from './stages/inject-auth.ts';
import { matchCapability } from './stages/match-capability.ts';
import { planUpstream } from './stages/plan-upstream.ts';
import { readRequest } from './stages/read-request.ts';
import { type Answered, sendUpstream } from './stages/send-upstream.ts';
import type { Approved, Authorised } from './states.ts';
import { createPools } from './upstream/pools.ts';
import { postFormOver } from './upstream/post-form.ts';
import { type Lookup, lookupBySystem } from './upstream/resolve.ts';

export interface PipelineOptions {
  readonly lookup?: Lookup;
}

/** The ten stages in their one order. `close` breaks off what is still running and waits until it is written down. */
export function createInvoke(ports: BrokerPorts, options: PipelineOptions = {}): Invoke & { close(): Promise<void> } {
  const rates = createRateLimiter();
  const places = createConcurrencyLimiter();
  const pools = createPools(ports.egress, options.lookup ?? lookupBySystem, ports.now);
  const tokens = createTokenSource({
    post: postFormOver(pools),
    replaceTokens: ports.replaceTokens,
    now: ports.now,
  });
  const closing = new Set<Promise<unknown>>();

  /** Remembers work that nobody waits for until the broker closes. */
  function inBackground(work: Promise<unknown>): void {
    const tracked = work.catch(() => {}).finally(() => closing.delete(tracked));
    closing.add(tracked);
  }

  async function invoke(incoming: Incoming, signal: AbortSignal): Promise<Answer> {
    const request = new OpenRequest(ports, places, signal, incoming.timeoutMs);
    try {
      return await pass(incoming, request);
    } catch (thrown) {
      const error = request.reasonFor(asRefusal(thrown, ports));
      await request.failed(error);
      return refusalAnswer(error, request.passage);
    }
  }

  async function pass(incoming: Incoming, request: OpenRequest): Promise<Answer> {
    const { passage } = request;
    passage.at('authenticate');
    const identified = authenticate(incoming, ports);
    passage.identified(identified);
    request.takePlace(identified.grant.tokenId ?? identified.grant.actor);

    const catalog = ports.catalog();
    passage.at('read-request');
    const reading = readRequest(identified, catalog);
    const understood = reading instanceof Promise ? await reading : reading;
    passage.know({ method: understood.method, path: understood.path });

    passage.at('match-capability');
    const matched = matchCapability(understood, catalog);
    passage.know({ capability: matched.capability.id });

    passage.at('choose-credential');
    const backed = chooseCredential(matched, catalog);
    passage.know({ credential: backed.credential.id });

    passage.at('enforce-policy');
    const permitted = enforcePolicy(backed, rates, ports.now());

    passage.at('plan-upstream');
    const planned = planUpstream(permitted);
    passage.plan(planned);

    passage.at('ask-operator');
    const asking = askOperator(planned, ports.approvals, request.signal);
    const approved = asking instanceof Promise ? await asking : asking;

    const answered = await exchange(approved, request);
    ports.used(approved.credential, approved.grant.tokenId);

    passage.at('filter-response');
    const filtering = filterResponse(answered);
    const returned = filtering instanceof Promise ? await filtering : filtering;
    return answerOf(returned, request);
  }

  /** Stages 8 and 9, and once more where an upstream refuses an OAuth token before its time. */
  async function exchange(approved: Approved, request: OpenRequest): Promise<Answered> {
    const { passage } = request;
    passage.know({ requestBytes: bodyBytes(approved.requestBody) ?? 0 });
    // Written while the secret is being rendered; waited for before anything is sent.
    const opening = passage.open();
    opening.catch(() => {});
    passage.at('inject-auth');
    const first = await authorise(approved, null, opening, request);
    await opening;
    passage.at('send-upstream');
    const answered = await send(first, request);
    if (answered.answer.status !== 401 || first.tokenDigest === null || first.requestBody.kind === 'stream')
      return answered;
    answered.exchange.abort(new AivaultError('upstream_unreachable', 'The answer was given up for a second try.'));
    passage.at('inject-auth');
    const second = await authorise(approved, first, opening, request);
    passage.at('send-upstream');
    return send(second, request);
  }

  async function authorise(
    approved: Approved,
    before: Authorised | null,
    opening: Promise<void>,
    request: OpenRequest,
  ): Promise<Authorised> {
    try {
      const authorised = await injectAuth(approved, ports, tokens, before);
      request.holds(authorised);
      return authorised;
    } catch (error) {
      // The in-flight entry has to be there before it can be closed.
      await opening;
      throw error;
    }
  }

  async function send(authorised: Authorised, request: OpenRequest): Promise<Answered> {
    let sent = 0;
    const answered = await sendUpstream(
      authorised,
      pools,
      (started) => request.runs(started),
      (bytes) => {
        sent += bytes;
        request.sentBytes = sent;
      },
    );
    request.passage.know({ status: answered.answer.status });
    return answered;
  }

  function answerOf(returned: Returned, request: OpenRequest): Answer {
    const { status, statusText, headers, body, counts } = returned;
    const planned = request.passage.planned === undefined ? {} : { planned: request.passage.planned };
    // Trailers are searched while the forms are still there: finishing wipes them.
    let trailers: readonly HeaderPair[] = [];
    const finish = (): void => {
      trailers = returned.trailers();
      inBackground(request.finished(counts));
    };
    const answer = { status, statusText, headers, trailers: () => trailers, ...planned };
    if (body === null || body instanceof Uint8Array) {
      finish();
      return { ...answer, body };
    }
    request.handedOut(counts, inBackground);
    return { ...answer, body: watched(body, request, finish) };
  }

  return Object.assign(invoke, {
    async close() {
      await pools.close();
      await Promise.all(closing);
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
    const error = request.reasonFor(asRefusal(thrown, null));
    request.brokeOff(error);
    throw error;
  } finally {
    if (!request.over) request.brokeOff(callerGone());
  }
}

/** What was thrown, as something that may be shown. A bug gets a reference; its cause stays in the process. */
function asRefusal(thrown: unknown, ports: BrokerPorts | null): AivaultError {
  if (thrown instanceof AivaultError) return thrown;
  const reference = ports?.randomId() ?? '';
  ports?.report?.(reference, thrown);
  return new AivaultError(
    'internal',
    `Something is wrong in the broker${reference === '' ? '' : ` (reference ${reference})`}.`,
    {
      cause: thrown,
    },
  );
}
