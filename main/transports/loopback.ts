import type { IncomingMessage, RequestListener, Server, ServerOptions } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { AivaultError } from '#contract/errors.ts';
import { type AgentPlane, createAgentPlane } from './agent-plane.ts';
import { guard, hostNames } from './browser-guard.ts';
import { closeServer } from './close-server.ts';
import { bareAnswer, hangUp } from './hang-up.ts';
import { http } from './quick-http.ts';
import { createRoom } from './room-for-callers.ts';
import { isWebSocketTarget } from './websocket.ts';

/** A WebSocket handshake that passed the guard. Whoever takes it owns the socket. */
export type TakeUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer, target: string) => void;

export interface LoopbackOptions extends AgentPlane {
  /** 0 = any free port. */
  readonly port: number;
  readonly upgrade?: TakeUpgrade;
  /** Told of every request that was refused for coming from a page or by a name that is not ours. */
  readonly refused?: () => void;
  readonly maxConnections?: number;
}

export interface Loopback {
  /** `http://127.0.0.1:<port>`. */
  readonly baseUrl: string;
  /** Refuses new connections, lets running requests finish for up to `graceMs`, then cuts them. */
  close(graceMs: number): Promise<void>;
}

const headersPatienceMs = 10_000;
const idlePatienceMs = 65_000;
const maxHeadBytes = 64 * 1024;
const maxConnections = 2_048;

/**
 * The agent plane on 127.0.0.1 and nowhere else. Throws `host_unreachable` naming the port where it is taken: another program
 * on our port could collect tokens, so there is never a silent other one (B3).
 */
export async function openLoopback(options: LoopbackOptions): Promise<Loopback> {
  const room = createRoom(options.maxConnections ?? maxConnections);
  const route = createAgentPlane(options, room);
  let hosts: ReadonlySet<string> = new Set();
  const upgraded = new Set<Duplex>();
  const server = http.createServer({
    requireHostHeader: false,
    maxHeaderSize: maxHeadBytes,
    headersTimeout: headersPatienceMs,
    // Bodies may take as long as they take: uploads stream. Deadlines of a call are the broker's.
    requestTimeout: 0,
    keepAliveTimeout: idlePatienceMs,
    connectionsCheckingInterval: 2_000,
    noDelay: true,
    optimizeEmptyRequests: true,
    // Only WebSocket handshakes are upgrades; an `upgrade: h2c` is an ordinary request.
    shouldUpgradeCallback: (request: IncomingMessage) =>
      options.upgrade !== undefined && request.headers.upgrade?.toLowerCase() === 'websocket',
  } as ServerOptions);
  room.of(server);

  const take: RequestListener = (request, response) => {
    const seen = guard(request.rawHeaders, request.url ?? '', hosts);
    if ('target' in seen) return route.take(request, response, seen.target);
    options.refused?.();
    if ('error' in seen) return route.refuse(request, response, seen.at, seen.error.toJSON());
    response.writeHead(421, ['content-length', '0', 'connection', 'close']).end();
  };
  server.on('request', take);
  // An `expect` that is not known may be left alone (RFC 9110 10.1.1); Node would answer 417 before anybody has looked.
  server.on('checkExpectation', take);
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy());
    upgraded.add(socket);
    socket.once('close', () => upgraded.delete(socket));
    const seen = guard(request.rawHeaders, request.url ?? '', hosts);
    if ('target' in seen && isWebSocketTarget(seen.target)) {
      // Whoever shows no token there is hung up on.
      room.admit(socket);
      return options.upgrade?.(request, socket, head, seen.target);
    }
    if (!('target' in seen)) options.refused?.();
    const status = 'foreign' in seen ? '421 Misdirected Request' : 'error' in seen ? '403 Forbidden' : '404 Not Found';
    hangUp(socket, bareAnswer(status));
  });
  server.on('clientError', answerGarbage);

  const port = await listen(server, options.port);
  hosts = hostNames(port);
  return {
    baseUrl: `http://127.0.0.1:${port}`,
    close: (graceMs) => closeServer(server, graceMs, upgraded),
  };
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const taken = cause.code === 'EADDRINUSE';
      const message = taken
        ? `Port ${port} on 127.0.0.1 is taken by another program.`
        : `Port ${port} on 127.0.0.1 cannot be opened.`;
      reject(
        new AivaultError('host_unreachable', message, {
          hint: 'Stop that program, or choose another port with AIVAULT_PORT.',
          cause,
        }),
      );
    });
    server.listen({ host: '127.0.0.1', port, exclusive: true }, () => resolve((server.address() as AddressInfo).port));
  });
}

/** What is not HTTP gets the smallest answer there is. */
function answerGarbage(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  const status =
    error.code === 'HPE_HEADER_OVERFLOW'
      ? '431 Request Header Fields Too Large'
      : error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
        ? '408 Request Timeout'
        : '400 Bad Request';
  hangUp(socket, bareAnswer(status));
}
