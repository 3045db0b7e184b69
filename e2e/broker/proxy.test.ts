import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { after, before, beforeEach, describe, it } from 'node:test';
import type { ProxyAddress } from '#contract/proxy-address.ts';
import type { Address } from '#core/broker/upstream/resolve.ts';
import { type ConnectProxy, type Refusal, startConnectProxy } from '../connect-proxy.ts';
import { type Fixture, secret, startFixture } from './fixture.ts';
import { passThroughIncoming, textOf } from './memory-ports.ts';

// The way through a proxy that is not what it should be, and what is never asked of one. Its good days are in
// host-proxy.test.ts.

const get = { method: 'GET', path: '/v1/users' };
const signal = () => new AbortController().signal;
const silent: Refusal = () => {};
const says =
  (text: string): Refusal =>
  (socket) =>
    void socket.write(text);

describe('a proxy that misbehaves', () => {
  let proxy: ConnectProxy;
  let f: Fixture;
  let address: ProxyAddress;
  before(async () => {
    proxy = await startConnectProxy();
    address = { host: '127.0.0.1', port: proxy.port };
    f = await startFixture({ pipeline: { connectWithinMs: 300 }, proxyFor: () => address });
  });
  after(async () => {
    await f.close();
    await proxy.close();
  });
  beforeEach(() => {
    proxy.forget();
    proxy.refuse(null);
    f.upstream.forget();
    address = { host: '127.0.0.1', port: proxy.port };
  });

  /** The refusal of a call and of a WebSocket, which have to be the same. */
  async function refusal(): Promise<{ error: string; message: string }> {
    // A connection of its own: what was opened before would be used again.
    f.invoke.rerouted();
    const started = performance.now();
    const call = (await f.send(get)).refusal;
    const connection = await f.invoke.connect(passThroughIncoming('GET', '/v/c1/v1/users'), signal());
    const socket = connection.kind === 'answered' ? connection.answer.refusal : undefined;
    assert.ok(performance.now() - started < 4_000);
    assert.deepEqual({ ...socket, planned: null }, { ...call, planned: null });
    assert.equal(f.upstream.requests.length, 0);
    assert.ok(!proxy.seen().includes(secret));
    return call!;
  }

  for (const [what, answer, message] of [
    ['wants a password', 'HTTP/1.1 407 Proxy Authentication Required\r\n\r\n', /proxy refuses .*407/],
    ['forbids it', 'HTTP/1.1 403 Forbidden\r\ncontent-length: 2\r\n\r\n', /proxy refuses .*403/],
    ['takes names only', 'HTTP/1.0 400 Bad Request\r\n\r\n', /proxy refuses .*400/],
    ['cannot get there', 'HTTP/1.1 502 Bad Gateway\r\n\r\n', /proxy refuses .*502/],
    ['sends elsewhere', 'HTTP/1.1 302 Found\r\nlocation: http://evil.test\r\n\r\n', /proxy refuses .*302/],
    ['speaks something else', 'SSH-2.0-OpenSSH_9.6\r\n\r\n', /does not answer as one/],
    ['answers with a made-up status', 'HTTP/1.1 99999 x\r\n\r\n', /does not answer as one/],
    ['answers with a never-ending head', `HTTP/1.1 200 ok\r\n${'x-a: y\r\n'.repeat(5_000)}`, /does not answer as one/],
    ['speaks before TLS does', 'HTTP/1.1 200 ok\r\n\r\nhello', /does not answer as one/],
  ] as const) {
    it(`that ${what} is upstream_unreachable, and named`, async () => {
      proxy.refuse(says(answer));
      const { error, message: said } = await refusal();
      assert.equal(error, 'upstream_unreachable');
      assert.match(said, message);
    });
  }

  it('that hangs up is upstream_unreachable', async () => {
    proxy.refuse((socket) => socket.destroy());
    assert.match((await refusal()).message, /proxy does not answer as one/);
  });
  it('that says nothing is upstream_timeout', async () => {
    proxy.refuse(silent);
    const { error, message } = await refusal();
    assert.equal(error, 'upstream_timeout');
    assert.match(message, /proxy/);
  });
  it('that lets its head drip is upstream_timeout', async () => {
    proxy.refuse((socket) => {
      const timer = setInterval(() => socket.write('H'), 20);
      socket.on('close', () => clearInterval(timer));
    });
    assert.equal((await refusal()).error, 'upstream_timeout');
  });
  it('that opens the tunnel and then says nothing is upstream_timeout', async () => {
    proxy.refuse(says('HTTP/1.1 200 ok\r\n\r\n'));
    assert.equal((await refusal()).error, 'upstream_timeout');
  });
  it('that answers as the upstream itself cannot prove who it is', async () => {
    const other = await startFixture();
    proxy.refuse((socket) => {
      socket.write('HTTP/1.1 200 ok\r\n\r\n');
      const to = connect(other.upstream.port, '127.0.0.1');
      to.on('error', () => socket.destroy());
      socket.pipe(to).pipe(socket);
    });
    assert.match((await refusal()).message, /cannot prove who it is/);
    assert.equal(other.upstream.requests.length, 0);
    await other.close();
  });
  it('that is not there is upstream_unreachable', async () => {
    const gone = createServer().listen(0, '127.0.0.1');
    await once(gone, 'listening');
    address = { host: '127.0.0.1', port: (gone.address() as { port: number }).port };
    gone.close();
    const { error, message } = await refusal();
    assert.equal(error, 'upstream_unreachable');
    assert.match(message, /proxy cannot be reached/);
  });
  it('that has no address is upstream_unreachable', async () => {
    address = { host: 'proxy.invalid', port: 3128 };
    assert.match((await refusal()).message, /proxy cannot be reached/);
  });
  it('leaves no connection behind when it is given up', async () => {
    proxy.refuse(silent);
    await refusal();
    for (let tries = 0; proxy.open() > 0 && tries < 200; tries += 1) await new Promise((next) => setTimeout(next, 5));
    assert.equal(proxy.open(), 0);
  });
});

describe('a proxy that takes its time', () => {
  let proxy: ConnectProxy;
  let f: Fixture;
  before(async () => {
    proxy = await startConnectProxy();
    f = await startFixture({ proxyFor: () => ({ host: '127.0.0.1', port: proxy.port }) });
  });
  after(async () => {
    await f.close();
    await proxy.close();
  });

  it('is left at once by a WebSocket whose caller leaves', async () => {
    proxy.refuse(silent);
    const caller = new AbortController();
    const connecting = f.invoke.connect(passThroughIncoming('GET', '/v/c1/v1/users'), caller.signal);
    for (let tries = 0; proxy.targets.length === 0 && tries < 400; tries += 1)
      await new Promise((next) => setTimeout(next, 5));
    assert.equal(proxy.open(), 1);
    caller.abort();
    assert.equal((await connecting).kind, 'answered');
    for (let tries = 0; proxy.open() > 0 && tries < 200; tries += 1) await new Promise((next) => setTimeout(next, 5));
    assert.equal(proxy.open(), 0);
    proxy.forget();
  });
  it('may say its head byte by byte, and carries megabytes both ways', async () => {
    proxy.refuse(async (socket) => {
      for (const byte of Buffer.from('HTTP/1.0 200 \r\nVia: 1.1 slow\r\n\r\n')) {
        socket.write(Buffer.of(byte));
        await new Promise((next) => setTimeout(next, 1));
      }
      const to = connect(f.upstream.port, '127.0.0.1');
      to.on('error', () => socket.destroy());
      socket.pipe(to).pipe(socket);
    });
    const body = 'x'.repeat(8 * 1024 * 1024);
    const answer = await f.send({ method: 'POST', path: '/v1/users', body });
    assert.equal(answer.status, 200, JSON.stringify(answer.refusal));
    assert.equal((JSON.parse(await textOf(answer)) as { body: string }).body, body);
    assert.equal(proxy.targets.length, 1);
  });
});

describe('what a proxy is asked', () => {
  let proxy: ConnectProxy;
  let addresses: readonly Address[] = [];
  let f: Fixture;
  before(async () => {
    proxy = await startConnectProxy();
    const lookup = async (): Promise<readonly Address[]> => addresses;
    const proxyFor = () => ({ host: '127.0.0.1', port: proxy.port });
    f = await startFixture({ names: [], pipeline: { lookup }, proxyFor });
  });
  after(async () => {
    await f.close();
    await proxy.close();
  });
  beforeEach(() => {
    proxy.forget();
    proxy.refuse(says('HTTP/1.1 503 no way there\r\n\r\n'));
    f.invoke.rerouted();
  });

  for (const address of ['127.0.0.1', '10.0.0.1', '169.254.169.254', '::1', '::ffff:10.0.0.1', '64:ff9b::7f00:1']) {
    it(`C7 nothing, where a name resolves to ${address}`, async () => {
      const family = address.includes(':') ? 6 : 4;
      // One bad address among good ones is enough.
      addresses = [
        { address: '93.184.216.34', family: 4 },
        { address, family },
      ];
      assert.equal((await f.send(get)).refusal?.error, 'policy_violation');
      const connection = await f.invoke.connect(passThroughIncoming('GET', '/v/c1/v1/users'), signal());
      assert.equal(connection.kind === 'answered' && connection.answer.refusal?.error, 'policy_violation');
      assert.deepEqual(proxy.targets, []);
    });
  }
  it('C7 checked addresses and never the name, one after the other, IPv4 first, four at most', async () => {
    addresses = [
      { address: '2606:4700::1111', family: 6 },
      { address: '93.184.216.34', family: 4 },
    ];
    assert.match((await f.send(get)).refusal?.message ?? '', /proxy refuses .*503/);
    assert.deepEqual(proxy.targets, ['93.184.216.34:443', '[2606:4700::1111]:443']);
    for (const head of proxy.heads) assert.match(head, /^CONNECT (\S+) HTTP\/1\.1\r\nHost: \1\r\n\r\n$/);

    proxy.forget();
    addresses = Array.from({ length: 9 }, (_, last) => ({ address: `93.184.216.${last}`, family: 4 }));
    await f.send(get);
    assert.equal(proxy.targets.length, 4);
  });
  it('no other address where it wants a password', async () => {
    addresses = ['93.184.216.34', '93.184.216.35'].map((address) => ({ address, family: 4 }));
    proxy.refuse(says('HTTP/1.1 407 who are you\r\n\r\n'));
    await f.send(get);
    assert.equal(proxy.targets.length, 1);
  });
  it('nothing for a local service, which is reached straight', async () => {
    addresses = [{ address: '127.0.0.1', family: 4 }];
    f.ports.addCredential({ id: 'c1', hosts: [`up.test:${f.upstream.port}`], allowLocal: true }, { secret });
    try {
      assert.equal((await f.send(get)).status, 200);
      assert.deepEqual(proxy.targets, []);
    } finally {
      f.ports.addCredential({ id: 'c1' }, { secret });
    }
  });
  it('and it is no upstream itself', async () => {
    addresses = [{ address: '127.0.0.1', family: 4 }];
    f.ports.addCapability({ id: 'p1/users', hosts: [`up.test:${proxy.port}`] });
    f.ports.addCredential({ id: 'c1', hosts: [`up.test:${proxy.port}`] }, { secret });
    assert.equal((await f.send(get)).refusal?.error, 'policy_violation');
    assert.equal(proxy.seen().length, 0);
  });
});
