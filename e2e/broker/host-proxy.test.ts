import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createSecureServer, type Http2SecureServer } from 'node:http2';
import { type AddressInfo, connect } from 'node:net';
import { after, before, beforeEach, describe, it } from 'node:test';
import { WebSocket, WebSocketServer } from 'ws';
import type { Input } from '#contract/call.ts';
import { type Authority, createAuthority } from '../authority.ts';
import { CanarySweep } from '../canary.ts';
import { type ConnectProxy, startConnectProxy } from '../connect-proxy.ts';
import { type FakeUpstream, startFakeUpstream } from '../fake-upstream.ts';
import { missing } from '../needs.ts';
import { startTestHost, type TestHost, type TestHostOptions } from '../test-host.ts';

// A real host that reaches its upstreams through a real proxy, which writes down every byte it carries.

const skip = missing('openssl');
const key = 'CANARY-proxied-7d1f0b9c3e5a4826';
const clientSecret = 'CANARY-client-proxied-52c8e1d7a6f0';
const passphrase = 'correct horse battery';
const bearer = { kind: 'header', name: 'authorization', template: 'Bearer {{secret}}' } as const;

describe('a host behind a proxy', { skip }, () => {
  let authority: Authority;
  let clients: Authority;
  let api: FakeUpstream;
  let guarded: FakeUpstream;
  let identity: FakeUpstream;
  let second: Http2SecureServer;
  let sockets: WebSocketServer;
  let proxy: ConnectProxy;
  let host: TestHost;
  const tokens = new Map<string, string>();

  /** Hosts with development hooks for all upstreams, and one credential and token for each way to authenticate. */
  async function start(environment: Record<string, string> = {}, more: TestHostOptions = {}): Promise<TestHost> {
    const { port } = second.address() as AddressInfo;
    return startTestHost({
      ...more,
      environment: {
        AIVAULT_DEV_RESOLVE: [
          api.resolve('api.test', 'straight.test'),
          guarded.resolve('guarded.test'),
          identity.resolve('id.test'),
          `second.test=127.0.0.1:${port}`,
        ].join(),
        AIVAULT_DEV_CA_CERT_PATH: authority.certPath,
        ...environment,
      },
    });
  }
  async function open(
    at: TestHost,
    id: string,
    names: string[],
    auth: Input<'credentials.create'>['auth'],
    value: unknown,
  ) {
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    const { secret } = await at.call('secrets.create', { name: id, value: text });
    const secretRef = `vault:secret:${secret.secretId}`;
    await at.call('credentials.create', {
      id,
      provider: id,
      secretRef,
      hosts: names,
      ...(auth === undefined ? {} : { auth }),
    });
    await at.call('capabilities.create', {
      id: `${id}/all`,
      credential: id,
      hosts: names.slice(0, 1),
      methods: ['GET'],
      paths: ['/**'],
    });
    tokens.set(id, (await at.call('tokens.mint', { capabilities: [`${id}/all`] })).token);
  }
  const call = (at: TestHost, id: string, path = '/x') =>
    fetch(`${at.baseUrl}/v/${id}${path}`, { headers: { authorization: `Bearer ${tokens.get(id)}` } });
  const proven = { passphrase };
  const route = (at: TestHost, upstreamProxy: string) => at.call('settings.setProxy', { upstreamProxy }, proven);

  before(async () => {
    authority = createAuthority();
    clients = createAuthority('clients');
    api = await startFakeUpstream({ authority, names: ['api.test', 'straight.test'] });
    guarded = await startFakeUpstream({ authority, names: ['guarded.test'], clientAuthority: clients });
    identity = await startFakeUpstream({ authority, names: ['id.test'] });
    identity.behave((_seen, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ access_token: `${key}-token`, expires_in: 3600, token_type: 'Bearer' }));
    });
    second = createSecureServer({ ...authority.issue(['second.test']), allowHTTP1: false });
    second.on('stream', (stream, headers) => {
      stream.respond({ ':status': 200, 'content-type': 'text/plain' });
      stream.end(`over two, ${headers.authorization === `Bearer ${key}`}`);
    });
    second.listen(0, '127.0.0.1');
    await once(second, 'listening');
    sockets = new WebSocketServer({ noServer: true });
    api.onUpgrade((request, socket, head) =>
      sockets.handleUpgrade(request, socket, head, (opened) =>
        opened.on('message', (data) => opened.send(`heard ${data} from ${request.headers.authorization}`)),
      ),
    );
    proxy = await startConnectProxy();
    host = await start();
    await host.call('vault.init', { choice: { provider: 'passphrase', passphrase } });
    await open(host, 'plain', ['api.test'], bearer, key);
    const own = clients.issue(['client.test'], 'clientAuth');
    await open(host, 'card', ['guarded.test'], { kind: 'mtls' }, { certPem: own.cert, keyPem: own.key });
    const grant = { kind: 'oauth2', grant: 'client_credentials', tokenEndpoint: 'https://id.test/token' } as const;
    await open(host, 'account', ['api.test', 'id.test'], grant, { clientId: 'c', clientSecret });
    await open(host, 'two', ['second.test'], bearer, key);
  });
  after(async () => {
    await host?.close();
    await proxy?.close();
    sockets?.close();
    second?.close();
    for (const upstream of [api, guarded, identity]) await upstream?.close();
    for (const each of [authority, clients]) each?.close();
  });
  beforeEach(() => {
    proxy.forget();
    proxy.refuse(null);
    for (const upstream of [api, guarded, identity]) upstream.forget();
    api.behave(null);
  });

  it('changes its way out for a person only, and writes down which', async () => {
    const to = { upstreamProxy: proxy.url };
    for (const presence of [undefined, { passphrase: 'wrong' }, { confirmed: true } as const])
      await assert.rejects(host.call('settings.setProxy', to, presence), { code: 'presence_required' });
    await assert.rejects(host.call('settings.set', to as never), { code: 'invalid_request' });
    assert.equal((await host.call('settings.show', {})).upstreamProxy, 'none');
    assert.equal((await route(host, proxy.url)).upstreamProxy, proxy.url);
    const { entries } = await host.call('audit.list', { limit: 10 });
    const written = entries.find(({ kind, outcome }) => kind === 'settings.setProxy' && outcome === 'done');
    assert.equal(written?.note, proxy.url);
    assert.equal(written?.presence, 'passphrase');
  });

  it('refuses a proxy with a password and repeats it nowhere', async () => {
    for (const url of [`http://me:${key}@127.0.0.1:1`, `https://${key}@proxy:1`, `http://${key}@proxy`])
      await assert.rejects(route(host, url), (error: Error & { code?: string }) => {
        assert.equal(error.code, 'invalid_request');
        assert.match(error.message, /password is not supported/);
        assert.ok(!JSON.stringify(error).includes(key));
        return true;
      });
    const sweep = new CanarySweep([key]);
    sweep.bytes('audit', JSON.stringify(await host.call('audit.list', { limit: 200 })));
    sweep.bytes('settings', JSON.stringify(await host.call('settings.show', {})));
    sweep.bytes('output', `-${host.output()}`);
    sweep.folder('files', host.folder);
    assert.deepEqual(sweep.hits, []);
    assert.equal((await host.call('settings.show', {})).upstreamProxy, proxy.url);
  });

  it('carries every kind of connection there, by address, and the proxy reads none of it', async () => {
    const expected: string[] = [];
    const via = (port: number): void => void expected.push(`127.0.0.1:${port}`);
    assert.equal((await call(host, 'plain')).status, 200);
    via(api.port);
    assert.deepEqual(api.requests[0]?.header('authorization'), [`Bearer ${key}`]);

    assert.equal((await call(host, 'card')).status, 200);
    via(guarded.port);

    assert.equal((await call(host, 'account')).status, 200);
    via(identity.port);
    via(api.port);
    assert.deepEqual(api.requests[1]?.header('authorization'), [`Bearer ${key}-token`]);

    assert.equal(await (await call(host, 'two')).text(), 'over two, true');
    via((second.address() as AddressInfo).port);

    const socket = new WebSocket(`${host.baseUrl.replace('http:', 'ws:')}/v/plain/ws`, {
      headers: { authorization: `Bearer ${tokens.get('plain')}` },
    });
    await once(socket, 'open');
    via(api.port);
    socket.send('you');
    const [said] = await once(socket, 'message');
    assert.match(String(said), /^heard you from Bearer /);
    assert.ok(!String(said).includes(key));
    socket.close();
    await once(socket, 'close');

    assert.deepEqual(proxy.targets, expected);
    const sweep = new CanarySweep([key, clientSecret, tokens.get('plain')!]);
    sweep.bytes('the proxy', proxy.seen());
    assert.ok(proxy.seen().length > 10_000, 'certificates and answers passed through it');
    assert.deepEqual(sweep.hits, []);
    assert.ok(!proxy.heads.join().includes('.test'), 'names are not told');
  });

  it('streams through it, and takes the upstream along when the caller leaves', async () => {
    api.behave((_seen, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write('data: 1\n\n');
    });
    const caller = new AbortController();
    const answer = await fetch(`${host.baseUrl}/v/plain/x`, {
      headers: { authorization: `Bearer ${tokens.get('plain')}` },
      signal: caller.signal,
    });
    const reader = answer.body!.getReader();
    assert.equal(Buffer.from((await reader.read()).value!).toString(), 'data: 1\n\n');
    caller.abort();
    await reader.read().catch(() => {});
    for (let tries = 0; api.brokenOff === 0 && tries < 200; tries += 1)
      await new Promise((next) => setTimeout(next, 5));
    assert.equal(api.brokenOff, 1);
  });

  it('I10 B6 sends no key after a lock or a revocation, to a call or a WebSocket that still waits for its way', async () => {
    const late: (() => void)[] = [];
    proxy.refuse((client, target) => {
      late.push(() => {
        client.write('HTTP/1.1 200 ok\r\n\r\n');
        const to = connect(Number(target.split(':').at(-1)), '127.0.0.1');
        to.on('error', () => client.destroy());
        client.pipe(to).pipe(client);
      });
    });
    /** Begins both, ends what they rest on, lets them through, and gives what each is told. */
    const told = async (token: string, end: () => Promise<unknown>): Promise<unknown[]> => {
      await route(host, proxy.url);
      const headers = { authorization: `Bearer ${token}` };
      const answer = fetch(`${host.baseUrl}/v/plain/x`, { headers });
      const socket = new WebSocket(`${host.baseUrl.replace('http:', 'ws:')}/v/plain/ws`, { headers });
      socket.on('error', () => {});
      const refusal = once(socket, 'unexpected-response');
      socket.once('open', () => socket.emit('unexpected-response', null, { headers: { 'aivault-error': 'opened' } }));
      for (let tries = 0; late.length < 2 && tries < 400; tries += 1) await new Promise((next) => setTimeout(next, 5));
      await end();
      for (const go of late.splice(0)) go();
      const [, refused] = await refusal;
      socket.terminate();
      return [(await answer).headers.get('aivault-error'), refused.headers['aivault-error']];
    };
    const { token, id } = await host.call('tokens.mint', { capabilities: ['plain/all'] });
    const revoked = await told(token, () => host.call('tokens.revoke', { id }));
    const locked = await told(tokens.get('plain')!, () => host.call('vault.lock', {}));
    await host.call('vault.unlock', { passphrase });
    assert.deepEqual(revoked, ['token_invalid', 'token_invalid']);
    assert.deepEqual(locked, ['vault_locked', 'vault_locked']);
    assert.equal(api.requests.length, 0);
  });

  it('uses no connection of the old way after a change, and lets a stream end on its own', async () => {
    const connection = async (): Promise<number> => {
      await (await call(host, 'plain')).text();
      return api.requests.at(-1)!.connection;
    };
    const first = await connection();
    assert.equal(await connection(), first, 'kept open between calls');
    let go = (): void => {};
    api.behave((_seen, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write('data: 1\n\n');
      go = () => response.end('data: 2\n\n');
    });
    const streaming = await call(host, 'plain');
    api.behave(null);

    proxy.forget();
    await route(host, 'none');
    const straight = await connection();
    assert.notEqual(straight, first);
    assert.deepEqual(proxy.targets, []);

    await route(host, proxy.url);
    const again = await connection();
    assert.ok(again !== first && again !== straight);
    assert.deepEqual(proxy.targets, [`127.0.0.1:${api.port}`]);
    go();
    assert.equal(await streaming.text(), 'data: 1\n\ndata: 2\n\n');
  });

  it('is told of a proxy that refuses in the answer, the log and by doctor', async () => {
    await route(host, 'none');
    await route(host, proxy.url);
    proxy.refuse((socket) => void socket.end('HTTP/1.1 407 who\r\n\r\n'));
    const answer = await call(host, 'plain');
    assert.equal(answer.status, 502);
    assert.match(await answer.text(), /upstream_unreachable.*The proxy refuses the connection \(407\)/s);
    const check = async () => (await host.call('host.doctor', {})).checks.find(({ id }) => id === 'proxy')!;
    assert.equal((await check()).state, 'ok', 'it is there');
    await route(host, 'http://127.0.0.1:9');
    const gone = await check();
    assert.equal(gone.state, 'broken');
    assert.match(gone.text, /127\.0\.0\.1:9, takes no connections/);
  });

  it('D08 serves again after a restart, and keeps its way', async () => {
    await route(host, proxy.url);
    await host.close({ keep: true });
    host = await start({}, { folder: host.folder });
    await host.call('vault.unlock', { passphrase });
    await (await call(host, 'plain')).text();
    assert.deepEqual(proxy.targets, [`127.0.0.1:${api.port}`]);
  });

  it('follows the environment only where it is told to, and NO_PROXY with it', async () => {
    const other = await start({ HTTPS_PROXY: proxy.url, NO_PROXY: 'straight.test', NODE_USE_ENV_PROXY: '1' });
    try {
      await open(other, 'by', ['api.test'], bearer, key);
      await open(other, 'past', ['straight.test'], bearer, key);
      const check = async () => (await other.call('host.doctor', {})).checks.find(({ id }) => id === 'proxy')!;
      assert.equal((await call(other, 'by')).status, 200);
      assert.deepEqual(proxy.targets, [], 'set in the environment and not in the settings');
      assert.match((await check()).text, /HTTPS_PROXY is set and not used/);

      await route(other, 'environment');
      assert.equal((await call(other, 'by')).status, 200);
      assert.equal((await call(other, 'past')).status, 200);
      assert.deepEqual(proxy.targets, [`127.0.0.1:${api.port}`], 'NO_PROXY is reached straight');
      assert.match((await check()).text, /HTTPS_PROXY names, 127\.0\.0\.1:\d+/);
    } finally {
      await other.close();
    }
  });

  it('is closed where the environment names a proxy with a password, which is shown nowhere', async () => {
    const password = 'CANARY-proxy-password-99';
    const other = await start({ https_proxy: `http://me:${password}@127.0.0.1:${proxy.port}` });
    try {
      await open(other, 'by', ['api.test'], bearer, key);
      await route(other, 'environment');
      const answer = await call(other, 'by');
      const { checks } = await other.call('host.doctor', {});
      const check = checks.find(({ id }) => id === 'proxy')!;
      assert.equal(answer.status, 502);
      assert.equal(check.state, 'broken');
      assert.match(check.text, /https_proxy names cannot be used: .*password/);
      const sweep = new CanarySweep([password]);
      sweep.bytes('answer', await answer.text());
      sweep.bytes('doctor', JSON.stringify(checks));
      sweep.bytes('audit', JSON.stringify(await other.call('audit.list', { limit: 200 })));
      sweep.bytes('settings', JSON.stringify(await other.call('settings.show', {})));
      sweep.bytes('output', `-${other.output()}`);
      sweep.folder('files', other.folder);
      assert.deepEqual(sweep.hits, []);
      assert.equal(proxy.seen().length + api.requests.length, 0);
    } finally {
      await other.close();
    }
  });

  it('says so where the environment is to be followed and names nothing', async () => {
    const other = await start();
    try {
      await open(other, 'by', ['api.test'], bearer, key);
      await route(other, 'environment');
      const { checks } = await other.call('host.doctor', {});
      assert.equal(checks.find(({ id }) => id === 'proxy')?.state, 'attention');
      assert.equal((await call(other, 'by')).status, 200);
    } finally {
      await other.close();
    }
  });
});
