import { AivaultError } from '#contract/errors.ts';
import {
  type Answer,
  type Connect,
  type Connection,
  connectFrame,
  type Message,
  type MessagePipe,
} from '#contract/proxied.ts';
import { unambiguousJson } from '#contract/strict-json.ts';
import type { RateLimiter } from '../policy/limits.ts';
import { approach, identify } from './approach.ts';
import { asRefusal } from './as-refusal.ts';
import { authorise, authoriseAgain, givenUp } from './attempt.ts';
import { inTime } from './in-time.ts';
import type { TokenSource } from './oauth/token-source.ts';
import { callerGone, OpenRequest, type OpenRequests, type Upstream } from './open-request.ts';
import { refusalAnswer } from './passage.ts';
import type { BrokerPorts } from './ports.ts';
import { relay } from './relay.ts';
import { filterResponse } from './stages/filter-response.ts';
import type { Approved, Authorised, Identified } from './states.ts';
import type { Dialer } from './upstream/dialer.ts';
import { openWebSocket } from './upstream/open-websocket.ts';

// WebSockets through the same ten stages, as the GET they begin with.

export interface ConnectTools {
  readonly ports: BrokerPorts;
  readonly tokens: TokenSource;
  readonly rates: RateLimiter;
  readonly shared: OpenRequests;
  readonly dialer: Dialer;
  inBackground(work: Promise<unknown>): void;
}

const firstMessageWithinMs = 10_000;
const protocolHeader = 'sec-websocket-protocol';

export function createConnect(tools: ConnectTools): Connect {
  const { ports, rates, shared } = tools;

  return async (incoming, signal) => {
    const request = new OpenRequest(ports, shared, signal, incoming.timeoutMs);
    try {
      const identified = identify(incoming, request, ports);
      if (incoming.door === 'envelope') {
        return { kind: 'open', protocol: null, talk: (caller) => talkByFrame(identified, request, caller) };
      }
      const offered = identified.headers.filter(([name]) => name === protocolHeader).map(([, value]) => value);
      const protocols = offered.flatMap((value) => value.split(',')).map((value) => value.trim());
      return await open(await approach(identified, request, ports, rates), request, protocols);
    } catch (thrown) {
      return { kind: 'answered', answer: await refuse(thrown, request) };
    }
  };

  /** Stages 8 to 10 of a handshake. */
  async function open(approved: Approved, request: OpenRequest, protocols: readonly string[]): Promise<Connection> {
    if (approved.method !== 'GET') throw new AivaultError('policy_violation', 'A WebSocket begins with a GET.');
    if (approved.capability.policy.responseBodyBlocklist.length > 0) {
      throw new AivaultError(
        'response_refused',
        'Fields are to be hidden, and messages of a WebSocket may be anything.',
      );
    }
    let authorised = await authorise(approved, request, tools);
    let opened = await shakeHands(authorised, request, protocols);
    if (opened.kind === 'answered' && opened.answer.status === 401 && authorised.tokenDigest !== null) {
      opened.upstream?.abort(givenUp());
      authorised = await authoriseAgain(approved, request, tools, authorised);
      opened = await shakeHands(authorised, request, protocols);
    }
    ports.used(approved.credential, approved.grant.tokenId);
    if (opened.kind === 'answered') {
      request.passage.facts.status = opened.answer.status;
      request.passage.at('filter-response');
      const returned = await filterResponse({ sent: authorised, answer: opened.answer });
      await request.finished(returned.counts);
      const { status, statusText, headers, body } = returned;
      return { kind: 'answered', answer: { status, statusText, headers, body } };
    }
    request.passage.facts.status = 101;
    request.passage.facts.note = request.noteWith('websocket');
    request.passage.at('filter-response');
    const counts = { bytes: 0, redactions: 0 };
    // From here on the request ends with its caller, whether or not anybody ever talks.
    request.handedOut(counts, tools.inBackground);
    request.watch(approved, true, counts);
    return {
      kind: 'open',
      protocol: opened.protocol,
      async talk(caller) {
        const { forms, capability } = authorised;
        const whole = await relay(caller, opened.pipe, forms, request, counts, capability.policy);
        if (whole) tools.inBackground(request.finished(counts));
        else request.brokeOff(callerGone());
      },
    };
  }

  async function shakeHands(authorised: Authorised, request: OpenRequest, protocols: readonly string[]) {
    request.passage.at('send-upstream');
    let upstream: Upstream | undefined;
    const started = (exchange: Upstream): void => {
      upstream = exchange;
      request.runs(exchange);
    };
    const ended = () => ports.ended?.(authorised, true) ?? null;
    const opened = await openWebSocket(authorised, protocols, tools.dialer, started, ended);
    return { ...opened, upstream };
  }

  /** `/aivault/ws`: the first message says what to connect to. Refusals are a message and a close, both ours. */
  async function talkByFrame(identified: Identified, request: OpenRequest, caller: MessagePipe): Promise<void> {
    try {
      const messages = caller.incoming[Symbol.asyncIterator]();
      const frame = readFrame(await inTime(messages.next(), firstMessageWithinMs, noFrameInTime));
      const asked = { ...identified, incoming: { ...identified.incoming, body: null, envelope: frame.envelope } };
      const connection = await open(await approach(asked, request, ports, rates), request, frame.protocols);
      if (connection.kind === 'answered') {
        const { status } = connection.answer;
        throw new AivaultError('upstream_unreachable', `The upstream refused the WebSocket: HTTP ${status}.`);
      }
      await connection.talk({ ...caller, incoming: { [Symbol.asyncIterator]: () => messages } });
    } catch (thrown) {
      const { refusal } = await refuse(thrown, request);
      await caller.send({ data: Buffer.from(JSON.stringify(refusal)), text: true }).catch(() => {});
      caller.close(1008, refusal?.error ?? 'internal');
    }
  }

  async function refuse(thrown: unknown, request: OpenRequest): Promise<Answer> {
    const error = request.reasonFor(asRefusal(thrown, ports));
    await request.failed(error);
    return refusalAnswer(error, request.passage);
  }
}

function readFrame(first: IteratorResult<Message>): { envelope: unknown; protocols: readonly string[] } {
  if (first.done === true) throw new AivaultError('invalid_request', 'The caller closed before it said where to.');
  const result = connectFrame.safeParse(unambiguousJson(Buffer.from(first.value.data).toString('utf8'), 'The frame'));
  if (!result.success) {
    throw new AivaultError('invalid_request', 'The first message is not a connect frame.', {
      hint: '{"capability": "provider/name", "path": "/…"}',
    });
  }
  const { capability, credential, path, headers, protocols, targetUrl } = result.data;
  if (typeof targetUrl === 'string') {
    throw new AivaultError('policy_violation', 'The destination comes from policy; a connect frame names no URL.');
  }
  return { envelope: { capability, credential, request: { method: 'GET', path, headers } }, protocols };
}

function noFrameInTime(): AivaultError {
  return new AivaultError('invalid_request', 'No connect frame arrived in time.');
}
