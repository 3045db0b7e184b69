import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { WebSocket, WebSocketServer } from 'ws';
import { lockVault } from '#host/lock.ts';
import { type FakeUpstream, startFakeUpstream } from '../fake-upstream.ts';
import { missing } from '../needs.ts';
import { startTestHost, type TestHost } from '../test-host.ts';

// A WebSocket is no request that ends on its own: whoever holds one open, or is about to, must not hold the host.

const sleep = (ms: number) => new Promise((next) => setTimeout(next, ms));

describe('WebSockets that stay open', { skip: missing('openssl') }, () => {
  let upstream: FakeUpstream;
  let sockets: WebSocketServer;
  /** Takes connections and says nothing, not even TLS. */
  let silent: Server;
  before(async () => {
    upstream = await startFakeUpstream();
    sockets = new WebSocketServer({ noServer: true });
    upstream.onUpgrade((request, socket, head) => sockets.handleUpgrade(request, socket, head, () => {}));
    silent = createServer((socket) => void socket.on('error', () => {}).resume());
    silent.listen(0, '127.0.0.1');
    await once(silent, 'listening');
  });
  after(async () => {
    silent.close();
    sockets.close();
    await upstream.close();
  });

  async function start(name: string): Promise<{ host: TestHost; open: (path: string) => WebSocket }> {
    const { port } = silent.address() as AddressInfo;
    const host = await startTestHost({
      environment: {
        AIVAULT_DEV_RESOLVE: `${upstream.resolve('up.test')},silent.test=127.0.0.1:${port}`,
        AIVAULT_DEV_CA_CERT_PATH: upstream.authority.certPath,
      },
    });
    const { secret } = await host.call('secrets.create', { name: 'K', value: 'S3CRET-value-01' });
    await host.call('credentials.create', {
      id: 'c1',
      provider: 'p1',
      secretRef: `vault:secret:${secret.secretId}`,
      auth: { kind: 'header', name: 'authorization', template: 'Bearer {{secret}}' },
      hosts: [name],
    });
    await host.call('capabilities.create', { id: 'p1/all', provider: 'p1', methods: ['GET'], paths: ['/**'] });
    const { token } = await host.call('tokens.mint', { capabilities: ['p1/all'] });
    const open = (path: string): WebSocket => {
      const url = `${host.baseUrl.replace('http:', 'ws:')}${path}`;
      const socket = new WebSocket(url, { headers: { authorization: `Bearer ${token}` } });
      socket.on('error', () => {});
      return socket;
    };
    return { host, open };
  }

  const standing = (): Promise<number> =>
    new Promise((settle, reject) =>
      silent.getConnections((error, count) => (error === null ? settle(count) : reject(error))),
    );

  /** Milliseconds until the host has closed its vault, looked at for 8 s. */
  async function closesIn(host: TestHost): Promise<number> {
    const started = performance.now();
    process.kill(host.pid, 'SIGTERM');
    while (performance.now() - started < 8_000) {
      try {
        lockVault(join(host.folder, 'host.lock')).release();
        break;
      } catch {
        await sleep(50);
      }
    }
    return performance.now() - started;
  }

  for (const [what, name, path, stands] of [
    ['one that stands and says nothing', 'up.test', '/v/p1/x', true],
    ['one that waits for its first message', 'up.test', '/aivault/ws', true],
    ['one whose upstream is still being reached', 'silent.test', '/v/p1/x', false],
  ] as const) {
    it(`T-A7 ${what} does not keep the host from ending`, async () => {
      const { host, open } = await start(name);
      const socket = open(path);
      try {
        if (stands) await once(socket, 'open');
        else await sleep(300);
        assert.ok((await closesIn(host)) < 5_000);
      } finally {
        socket.terminate();
        await host.close();
      }
    });
  }

  it('H6 a caller that leaves before its upstream is reached ends its call at once', async () => {
    const { host, open } = await start('silent.test');
    try {
      const socket = open('/v/p1/x');
      await sleep(300);
      assert.equal(await standing(), 1);
      socket.terminate();
      await sleep(500);
      const { entries } = await host.call('audit.list', { limit: 20 });
      const calls = entries.filter(({ kind }) => kind === 'invoke');
      assert.deepEqual(
        calls.map(({ outcome, code }) => [outcome, code]),
        [['failed', 'upstream_unreachable']],
      );
      // What is not counted any more must not stay open: a caller could come and go faster than connections time out.
      assert.equal(await standing(), 0);
    } finally {
      await host.close();
    }
  });
});
