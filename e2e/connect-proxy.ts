import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

// A forward proxy as companies run them: takes CONNECT, opens the connection, and carries bytes. It writes down each one
// in both directions, so that a test can say what a proxy gets to see.

/** Answers instead of leading anywhere; `leave` hangs up. */
export type Refusal = (socket: Socket, target: string) => void;

export interface ConnectProxy {
  readonly port: number;
  /** `http://127.0.0.1:port`. */
  readonly url: string;
  /** What it was asked to reach, oldest first. */
  readonly targets: readonly string[];
  /** Heads of CONNECT as they came. */
  readonly heads: readonly string[];
  /** Every byte that passed, both ways, heads included. */
  seen(): Buffer;
  /** Connections from clients that stand. */
  open(): number;
  /** From now on; null leads where it is asked to. */
  refuse(refusal: Refusal | null): void;
  forget(): void;
  close(): Promise<void>;
}

export async function startConnectProxy(): Promise<ConnectProxy> {
  const targets: string[] = [];
  const heads: string[] = [];
  const passed: Buffer[] = [];
  const sockets = new Set<Socket>();
  let refusal: Refusal | null = null;

  const carry = (from: Socket, to: Socket): void => {
    from.on('data', (chunk: Buffer) => {
      passed.push(Buffer.from(chunk));
      if (!to.write(chunk)) from.pause();
    });
    to.on('drain', () => from.resume());
    from.on('end', () => to.end());
    from.on('error', () => to.destroy());
    from.on('close', () => to.destroy());
  };

  const lead = (client: Socket, target: string): void => {
    const [, host, port] = /^\[?([0-9a-z.:-]+?)\]?:(\d+)$/i.exec(target) ?? [];
    const upstream = connect({ host: host ?? 'nowhere.invalid', port: Number(port ?? 1) });
    upstream.once('error', () => client.end('HTTP/1.1 502 Bad Gateway\r\n\r\n'));
    upstream.once('connect', () => {
      // Heads of real proxies have headers, and some of them a reason that says more than OK.
      client.write('HTTP/1.1 200 Connection established\r\nProxy-Agent: test\r\n\r\n');
      carry(client, upstream);
      carry(upstream, client);
    });
  };

  const server = createServer((client) => {
    sockets.add(client);
    client.on('error', () => {});
    client.on('close', () => sockets.delete(client));
    let head = '';
    const read = (chunk: Buffer): void => {
      passed.push(Buffer.from(chunk));
      head += chunk.toString('latin1');
      if (!head.includes('\r\n\r\n')) return;
      client.off('data', read);
      const target = /^CONNECT (\S+) HTTP\/1\.1\r\n/.exec(head)?.[1] ?? head;
      heads.push(head);
      targets.push(target);
      (refusal ?? lead)(client, target);
    };
    client.on('data', read);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    targets,
    heads,
    seen: () => Buffer.concat(passed),
    open: () => sockets.size,
    refuse(next) {
      refusal = next;
    },
    forget() {
      targets.length = 0;
      heads.length = 0;
      passed.length = 0;
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      const closed = once(server, 'close');
      server.close();
      await closed;
    },
  };
}
