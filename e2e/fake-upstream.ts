import { once } from 'node:events';
import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { createServer as createTlsServer, type TLSSocket } from 'node:tls';
import { type Authority, createAuthority } from './authority.ts';

// The other side of every broker test: a real TLS server that writes down each byte it gets and answers as it is told.

export interface Seen {
  readonly method: string;
  /** The request target exactly as it stood on the wire. */
  readonly target: string;
  /** Exactly as sent, in order. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Buffer;
  /** Which connection carried it: 1 for the first. */
  readonly connection: number;
  /** Values of one header, lower-case name. */
  header(name: string): readonly string[];
}

export type Behaviour = (request: Seen, response: ServerResponse, message: IncomingMessage) => void | Promise<void>;

export interface FakeUpstream {
  readonly port: number;
  readonly authority: Authority;
  /** Requests that arrived whole, oldest first. */
  readonly requests: readonly Seen[];
  /** Every byte that arrived, per connection, before any parser had a say. */
  readonly raw: readonly Buffer[];
  /** Connections that were closed before their answer was complete. */
  readonly brokenOff: number;
  /** What to do from now on; by default the request is echoed as JSON. */
  behave(behaviour: Behaviour | null): void;
  /** Called with each request before its body is read; a paused message stays unread. */
  onRequestHead(look: ((message: IncomingMessage) => void) | null): void;
  /** Takes WebSocket handshakes; without it they are answered like any request. */
  onUpgrade(take: (request: IncomingMessage, socket: Duplex, head: Buffer) => void): void;
  /** As `AIVAULT_DEV_RESOLVE` wants it. */
  resolve(...names: string[]): string;
  forget(): void;
  close(): Promise<void>;
}

export interface FakeUpstreamOptions {
  readonly names?: readonly string[];
  readonly authority?: Authority;
  /** Demand a client certificate of this authority. */
  readonly clientAuthority?: Authority;
}

/** Echoes what arrived, so that a test can see it from the caller's side too. */
export const echo: Behaviour = (request, response) => {
  const body = JSON.stringify({
    method: request.method,
    target: request.target,
    headers: request.headers,
    body: request.body.toString('utf8'),
  });
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) });
  response.end(body);
};

export async function startFakeUpstream(options: FakeUpstreamOptions = {}): Promise<FakeUpstream> {
  const authority = options.authority ?? createAuthority();
  const { cert, key } = authority.issue(options.names ?? ['up.test', '*.up.test', 'other.test']);
  const requests: Seen[] = [];
  const raw: Buffer[][] = [];
  const sockets = new Set<TLSSocket>();
  const numberOf = new WeakMap<object, number>();
  let behaviour: Behaviour = echo;
  let brokenOff = 0;
  let onHead: ((message: IncomingMessage) => void) | null = null;

  const http = createHttpServer({ keepAliveTimeout: 30_000, insecureHTTPParser: false }, (message, response) => {
    const chunks: Buffer[] = [];
    message.on('data', (chunk: Buffer) => chunks.push(chunk));
    message.on('error', () => {});
    onHead?.(message);
    response.on('close', () => {
      if (!response.writableFinished) brokenOff += 1;
    });
    message.on('end', () => {
      const seen = describe(message, Buffer.concat(chunks), numberOf.get(message.socket) ?? 0);
      requests.push(seen);
      void Promise.resolve(behaviour(seen, response, message)).catch((error: unknown) =>
        response.destroy(error as Error),
      );
    });
  });
  http.on('clientError', (_error, socket) => socket.destroy());

  const server = createTlsServer(
    {
      cert,
      key,
      ...(options.clientAuthority === undefined
        ? {}
        : { requestCert: true, rejectUnauthorized: true, ca: options.clientAuthority.cert }),
    },
    (socket) => {
      const bytes: Buffer[] = [];
      raw.push(bytes);
      numberOf.set(socket, raw.length);
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket));
      socket.on('error', () => {});
      http.emit('connection', socket);
      // After the parser has taken hold: a listener makes it let go of the raw handle and read events instead.
      socket.on('data', (chunk: Buffer) => bytes.push(Buffer.from(chunk)));
    },
  );
  server.on('tlsClientError', () => {});
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;

  return {
    port,
    authority,
    requests,
    get raw() {
      return raw.map((bytes) => Buffer.concat(bytes));
    },
    get brokenOff() {
      return brokenOff;
    },
    onRequestHead(look) {
      onHead = look;
    },
    onUpgrade(take) {
      http.removeAllListeners('upgrade').on('upgrade', take);
    },
    behave(next) {
      behaviour = next ?? echo;
    },
    resolve: (...names) =>
      (names.length === 0 ? ['up.test'] : names).map((name) => `${name}=127.0.0.1:${port}`).join(','),
    forget() {
      requests.length = 0;
      for (const bytes of raw) bytes.length = 0;
      brokenOff = 0;
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      const closed = once(server, 'close');
      server.close();
      await closed;
      if (options.authority === undefined) authority.close();
    },
  };
}

function describe(message: IncomingMessage, body: Buffer, connection: number): Seen {
  const headers: [string, string][] = [];
  for (let i = 0; i < message.rawHeaders.length; i += 2)
    headers.push([message.rawHeaders[i]!, message.rawHeaders[i + 1]!]);
  return {
    method: message.method ?? '',
    target: message.url ?? '',
    headers,
    body,
    connection,
    header: (name) => headers.filter(([each]) => each.toLowerCase() === name).map(([, value]) => value),
  };
}
