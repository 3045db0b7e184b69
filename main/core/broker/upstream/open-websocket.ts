import type { IncomingMessage } from 'node:http';
import { AivaultError } from '#contract/errors.ts';
import { pipeOver, type SocketLike } from '#contract/message-pipe.ts';
import type { HeaderPair, MessagePipe } from '#contract/proxied.ts';
import { hostName, hostPort } from '../../policy/host-match.ts';
import type { Upstream } from '../open-request.ts';
import type { Authorised } from '../states.ts';
import type { Dialer } from './dialer.ts';
import { type UpstreamAnswer, upstreamError } from './exchange.ts';

/** A message is held whole while it is searched. */
const maxMessageBytes = 16 * 1024 * 1024;
const handshakeTimeoutMs = 30_000;
const maxRefusalBytes = 64 * 1024;

export type Opened =
  | { readonly kind: 'open'; readonly pipe: MessagePipe; readonly protocol: string | null }
  | { readonly kind: 'answered'; readonly answer: UpstreamAnswer };

/**
 * The handshake with the upstream, over a connection of its own. An upstream that answers in HTTP instead is `answered`;
 * its redirects are not followed. `ended` is asked once the connection stands, and thrown where it gives a reason.
 * Throws `upstream_unreachable`, `upstream_timeout`, and what dialling throws.
 */
export async function openWebSocket(
  from: Authorised,
  protocols: readonly string[],
  dialer: Dialer,
  onUpstream: (upstream: Upstream) => void,
  ended: () => Error | null,
): Promise<Opened> {
  const { WebSocket } = await import('ws');
  const gone = new AbortController();
  const givenUp = Promise.withResolvers<never>();
  onUpstream({
    abort(reason) {
      gone.abort(reason);
      givenUp.reject(reason);
    },
  });
  const target = {
    host: hostName(from.host),
    port: hostPort(from.host),
    allowLocal: from.credential.allowLocal,
    identity: from.identity,
  };
  // Its name may still be looked up when it is given up.
  const connection = await Promise.race([dialer.dial(target, gone.signal), givenUp.promise]);
  const reason = ended();
  if (reason !== null) {
    connection.destroy();
    throw reason;
  }
  const socket = new WebSocket(`wss://${from.host}/`, [...protocols], {
    createConnection: () => connection,
    headers: Object.fromEntries(from.finalHeaders),
    handshakeTimeout: handshakeTimeoutMs,
    maxPayload: maxMessageBytes,
    perMessageDeflate: false,
    followRedirects: false,
    // The path as it was planned: the constructor would run it through a URL parser of its own.
    finishRequest(request) {
      request.path = from.finalTarget;
      request.end();
    },
  });
  // Before the handshake is over, so that no message can slip past.
  const pipe = pipeOver(socket as unknown as SocketLike);
  return new Promise<Opened>((resolve, reject) => {
    onUpstream({
      abort(reason) {
        reject(reason);
        socket.terminate();
        connection.destroy();
      },
    });
    socket.once('open', () =>
      resolve({ kind: 'open', pipe, protocol: socket.protocol === '' ? null : socket.protocol }),
    );
    socket.once('unexpected-response', (_request, response) => {
      answerOf(response).then((answer) => resolve({ kind: 'answered', answer }), reject);
    });
    socket.once('error', (error) => reject(upstreamError(error)));
  });
}

async function answerOf(response: IncomingMessage): Promise<UpstreamAnswer> {
  const headers: HeaderPair[] = [];
  for (let i = 0; i < response.rawHeaders.length; i += 2) {
    headers.push([response.rawHeaders[i]!.toLowerCase(), response.rawHeaders[i + 1]!]);
  }
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxRefusalBytes)
      throw new AivaultError('response_refused', 'The refusal of the handshake is too large.');
    chunks.push(chunk);
  }
  return {
    status: response.statusCode ?? 502,
    statusText: response.statusMessage ?? '',
    headers,
    body: Buffer.concat(chunks),
    trailers: () => [],
  };
}
