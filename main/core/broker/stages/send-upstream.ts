import type { Dispatcher, Pool } from 'undici';
import { AivaultError } from '#contract/errors.ts';
import { hostName, hostPort } from '../../policy/host-match.ts';
import { limited } from '../request-body.ts';
import type { Authorised } from '../states.ts';
import { Exchange, type UpstreamAnswer } from '../upstream/exchange.ts';
import type { Pools } from '../upstream/pools.ts';

export interface Answered {
  readonly sent: Authorised;
  readonly answer: UpstreamAnswer;
}

/** Called with the exchange before anything is sent, so that whoever holds the request can give it up. */
export type OnExchange = (exchange: Exchange) => void;

/**
 * Stage 9: one request, once, over a connection of its credential's own. No redirect is followed and nothing is sent a
 * second time. The exchange's answer rejects with `upstream_unreachable`, `upstream_timeout`, and `policy_violation` for an
 * address that may not be reached. A connection may be long in coming: `ended` says whether the request still may go then.
 */
export function sendUpstream(
  from: Authorised,
  pools: Pools,
  onExchange: OnExchange,
  onBytes: (bytes: number) => void,
  ended: () => Error | null,
): Exchange {
  const exchange = new Exchange(ended);
  onExchange(exchange);
  const pool = pools.get({
    credential: from.credential.id,
    origin: from.origin,
    host: hostName(from.host),
    port: hostPort(from.host),
    allowLocal: from.credential.allowLocal,
    identity: from.identity,
  });
  const send = (pool: Pool): void => {
    try {
      pool.dispatch(dispatchOptions(from, onBytes), exchange);
    } catch (cause) {
      // A header or path undici will not send; nothing has left yet.
      exchange.abort(new AivaultError('invalid_request', 'The request cannot be sent as HTTP.', { cause }));
    }
  };
  if (pool instanceof Promise) pool.then(send, (error: Error) => exchange.abort(error));
  else send(pool);
  return exchange;
}

function dispatchOptions(from: Authorised, onBytes: (bytes: number) => void): Dispatcher.DispatchOptions {
  const { requestBody } = from;
  const headers: string[] = [];
  for (const [name, value] of from.finalHeaders) headers.push(name, value);
  let body: Buffer | AsyncIterable<Uint8Array> | null = null;
  if (requestBody.kind === 'bytes') {
    const { bytes } = requestBody;
    body = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    onBytes(bytes.length);
  } else if (requestBody.kind === 'stream') {
    const limit = from.capability.policy.maxRequestBodyBytes ?? Number.POSITIVE_INFINITY;
    body = limited(requestBody.stream, limit, onBytes);
    if (requestBody.length !== null) headers.push('content-length', String(requestBody.length));
  }
  return {
    path: from.finalTarget,
    method: from.method as Dispatcher.HttpMethod,
    headers,
    // undici's types know Readable only; it takes any async iterable of bytes.
    body: body as Buffer | null,
  };
}
