import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';
import { WebSocket } from 'ws';
import { type Authority, createAuthority } from '../authority.ts';
import { type FakeUpstream, startFakeUpstream } from '../fake-upstream.ts';
import { missing } from '../needs.ts';
import { startTestHost, type TestHost } from '../test-host.ts';
import { type HostFixture, startHostFixture } from './host-fixture.ts';

// The way out of a real host whose surroundings lie: a resolver that answers with private addresses, an environment full
// of proxies and certificates. And its other end: a caller that hangs up.

const skip = missing('openssl');

/** A credential and a capability for one host name, and a token for it. */
async function open(host: TestHost, id: string, name: string, oauth = false): Promise<string> {
  const value = oauth ? JSON.stringify({ clientId: 'c', clientSecret: 'client-secret-0123' }) : 'S3CRET-value-01';
  const { secret } = await host.call('secrets.create', { name: id, value });
  await host.call('credentials.create', {
    id,
    provider: id,
    secretRef: `vault:secret:${secret.secretId}`,
    hosts: [name],
    auth: oauth
      ? { kind: 'oauth2', grant: 'client_credentials', tokenEndpoint: `https://${name}/token` }
      : { kind: 'header', name: 'authorization', template: 'Bearer {{secret}}' },
  });
  await host.call('capabilities.create', { id: `${id}/all`, credential: id, methods: ['GET'], paths: ['/**'] });
  return (await host.call('tokens.mint', { capabilities: [`${id}/all`] })).token;
}

async function endpoint(host: TestHost, token: string, id: string): Promise<string | null> {
  const answer = await fetch(`${host.baseUrl}/v/${id}/x`, { headers: { authorization: `Bearer ${token}` } });
  await answer.text();
  return answer.headers.get('aivault-error');
}

async function webSocket(host: TestHost, token: string, id: string): Promise<string | undefined> {
  const url = `${host.baseUrl.replace('http:', 'ws:')}/v/${id}/x`;
  const socket = new WebSocket(url, { headers: { authorization: `Bearer ${token}` } });
  socket.on('error', () => {});
  const [, response] = await once(socket, 'unexpected-response');
  response.resume();
  return response.headers['aivault-error'] as string | undefined;
}

function start(host: TestHost, capability: string, path: string) {
  const program = new URL('../../main/cli/aivault.ts', import.meta.url).pathname;
  return spawn(process.execPath, [program, 'invoke', capability, '--method', 'GET', '--path', path], {
    env: { PATH: process.env.PATH, HOME: host.folder, AIVAULT_DIR: host.folder },
  });
}

async function cli(host: TestHost, capability: string): Promise<string | undefined> {
  const child = start(host, capability, '/x');
  let said = '';
  child.stderr.on('data', (chunk) => (said += String(chunk)));
  child.stdout.resume();
  await once(child, 'close');
  return /^error: (\w+):/m.exec(said)?.[1];
}

describe('S35 C7 a name that resolves to this machine', { skip }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'aivault-resolver-'));
  let connections = 0;
  let trap: Server;
  let host: TestHost;
  before(async () => {
    trap = createServer((socket) => {
      connections += 1;
      socket.destroy();
    });
    // Every name on port 443 of this machine would end here, if anything were dialled.
    trap.on('error', () => {});
    trap.listen(443, '127.0.0.1');
    const resolver = join(folder, 'resolver.mjs');
    writeFileSync(
      resolver,
      `import dns from 'node:dns';
       import { syncBuiltinESMExports } from 'node:module';
       const addresses = ['127.0.0.1', '10.0.0.1', '::ffff:127.0.0.1', '169.254.169.254', '64:ff9b::7f00:1'];
       let asked = 0;
       dns.promises.lookup = async () => {
         const address = addresses[asked++ % addresses.length];
         return [{ address, family: address.includes(':') ? 6 : 4 }];
       };
       syncBuiltinESMExports();`,
    );
    host = await startTestHost({ environment: { NODE_OPTIONS: `--import=${pathToFileURL(resolver)}` } });
  });
  after(async () => {
    await host?.close();
    trap.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('is not connected to, by the endpoint, a WebSocket, the CLI or for a token', async () => {
    const token = await open(host, 'plain', 'rebind.example.com');
    const oauth = await open(host, 'account', 'login.example.com', true);
    for (let round = 0; round < 5; round++) assert.equal(await endpoint(host, token, 'plain'), 'policy_violation');
    assert.equal(await webSocket(host, token, 'plain'), 'policy_violation');
    assert.equal(await cli(host, 'plain/all'), 'policy_violation');
    assert.equal(await endpoint(host, oauth, 'account'), 'policy_violation');
    assert.equal(connections, 0);
  });
});

describe('D4 an environment that wants to listen in', { skip }, () => {
  let rogue: Authority;
  let upstream: FakeUpstream;
  let proxy: Server;
  let proxied = 0;
  let host: TestHost;
  const folder = mkdtempSync(join(tmpdir(), 'aivault-hostile-'));
  before(async () => {
    rogue = createAuthority('rogue');
    upstream = await startFakeUpstream({ authority: rogue, names: ['up.test', 'id.test'] });
    proxy = createServer((socket) => {
      proxied += 1;
      socket.destroy();
    });
    proxy.listen(0, '127.0.0.1');
    await once(proxy, 'listening');
    const address = `http://127.0.0.1:${(proxy.address() as { port: number }).port}`;
    host = await startTestHost({
      environment: {
        AIVAULT_DEV_RESOLVE: upstream.resolve('up.test', 'id.test'),
        NODE_TLS_REJECT_UNAUTHORIZED: '0',
        NODE_EXTRA_CA_CERTS: rogue.certPath,
        SSL_CERT_FILE: rogue.certPath,
        SSLKEYLOGFILE: join(folder, 'keys.log'),
        NODE_USE_ENV_PROXY: '1',
        HTTPS_PROXY: address,
        https_proxy: address,
        ALL_PROXY: address,
      },
    });
  });
  after(async () => {
    await host?.close();
    proxy?.close();
    await upstream?.close();
    rogue?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('a rogue certificate stays rogue and no proxy is asked, by calls, WebSockets and token requests', async () => {
    const token = await open(host, 'plain', 'up.test');
    const oauth = await open(host, 'account', 'id.test', true);
    assert.equal(await endpoint(host, token, 'plain'), 'upstream_unreachable');
    assert.equal(await webSocket(host, token, 'plain'), 'upstream_unreachable');
    assert.equal(await endpoint(host, oauth, 'account'), 'upstream_unreachable');
    assert.equal(upstream.requests.length, 0);
    assert.equal(proxied, 0);
    assert.ok(!existsSync(join(folder, 'keys.log')));
  });
});

describe('a caller that hangs up', { skip }, () => {
  let f: HostFixture;
  before(async () => {
    f = await startHostFixture();
    await (await f.ask('/v/c1/v1/users')).text();
  });
  after(() => f.close());
  beforeEach(() => f.upstream.forget());

  async function brokenOffWithin(milliseconds: number): Promise<void> {
    const started = performance.now();
    while (f.upstream.brokenOff === 0 && performance.now() - started < 5_000)
      await new Promise((resolve) => setTimeout(resolve, 2));
    const took = performance.now() - started;
    assert.ok(f.upstream.brokenOff === 1 && took < milliseconds, `${took.toFixed(0)} ms`);
  }

  it('takes its upstream along within 100 ms, before the answer and within it', async () => {
    for (const streaming of [false, true]) {
      f.upstream.forget();
      f.upstream.behave((_seen, response) => {
        if (streaming) response.write('data: 1\n\n');
      });
      const caller = new AbortController();
      const asking = f.ask('/v/c1/v1/users', { signal: caller.signal });
      if (streaming) await (await asking).body!.getReader().read();
      else while (f.upstream.requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 2));
      asking.catch(() => {});
      caller.abort();
      await brokenOffWithin(100);
    }
  });

  it('does so when the command line is interrupted', async () => {
    f.upstream.forget();
    f.upstream.behave((_seen, response) => void response.write('data: 1\n\n'));
    const child = start(f.host, 'p1/users', '/v1/users');
    child.stderr.resume();
    await once(child.stdout, 'data');
    child.kill('SIGINT');
    await brokenOffWithin(100);
    assert.equal((await once(child, 'close'))[0], 130);
  });

  it('does so over a WebSocket', async () => {
    const ended = new Promise<number>((resolve) => {
      f.upstream.onUpgrade((_request, socket) => {
        socket.on('error', () => {});
        socket.on('close', () => resolve(performance.now()));
        socket.resume();
        socket.write('HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\n');
        const key = (_request.headers['sec-websocket-key'] ?? '') as string;
        socket.write(`sec-websocket-accept: ${acceptOf(key)}\r\n\r\n`);
      });
    });
    const socket = new WebSocket(`${f.host.baseUrl.replace('http:', 'ws:')}/v/c1/v1/users`, {
      headers: { authorization: `Bearer ${f.token}` },
    });
    await once(socket, 'open');
    const started = performance.now();
    socket.terminate();
    assert.ok((await ended) - started < 100);
  });
});

function acceptOf(key: string): string {
  return createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
}
