import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { after, before, beforeEach, describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { WebSocket, WebSocketServer } from 'ws';
import type { Input } from '#contract/call.ts';
import { type Authority, createAuthority } from '../authority.ts';
import { type FakeUpstream, startFakeUpstream } from '../fake-upstream.ts';
import { missing } from '../needs.ts';
import { startTestHost, type TestHost } from '../test-host.ts';

// The conformance rows of the auth strategies that talk to somebody, each through the endpoint and through the CLI.

const skip = missing('openssl');
const refreshToken = 'CANARY-refresh-8f7e6d5c4b3a29180716';

interface Said {
  readonly status: number;
  readonly text: string;
  /** Ours, where the refusal is ours. */
  readonly code: string | null;
}
type Door = (id: string) => Promise<Said>;

describe('auth rows by both doors', { skip }, () => {
  let authority: Authority;
  let clients: Authority;
  let api: FakeUpstream;
  let identity: FakeUpstream;
  let guarded: FakeUpstream;
  let host: TestHost;
  let count = 0;

  before(async () => {
    authority = createAuthority();
    clients = createAuthority('clients');
    api = await startFakeUpstream({ authority, names: ['api.test'] });
    identity = await startFakeUpstream({ authority, names: ['id.test'] });
    guarded = await startFakeUpstream({ authority, names: ['guarded.test'], clientAuthority: clients });
    host = await startTestHost({
      environment: {
        AIVAULT_DEV_RESOLVE: [
          api.resolve('api.test'),
          identity.resolve('id.test'),
          guarded.resolve('guarded.test'),
        ].join(),
        AIVAULT_DEV_CA_CERT_PATH: authority.certPath,
      },
    });
  });
  after(async () => {
    await host.close();
    for (const upstream of [api, identity, guarded]) await upstream.close();
    clients.close();
    authority.close();
  });
  beforeEach(() => {
    for (const upstream of [api, identity, guarded]) upstream.forget();
    api.behave(null);
    answerTokens(200, (call) => ({ access_token: `at-${call}-0123456789`, expires_in: 3600, token_type: 'Bearer' }));
  });

  function answerTokens(status: number, body: (call: number) => unknown, type = 'application/json'): void {
    identity.behave((_request, response) => {
      const said = body(identity.requests.length);
      response.writeHead(status, { 'content-type': type });
      response.end(typeof said === 'string' ? said : JSON.stringify(said));
    });
  }

  /** A credential of its own for one row, with one capability. */
  async function make(auth: Input<'credentials.create'>['auth'], stored: unknown, name = 'api.test'): Promise<string> {
    count += 1;
    const id = `row-${count}`;
    const value = typeof stored === 'string' ? stored : JSON.stringify(stored);
    const { secret } = await host.call('secrets.create', { name: `row ${count}`, value });
    await host.call('credentials.create', {
      id,
      provider: id,
      secretRef: `vault:secret:${secret.secretId}`,
      hosts: auth?.kind === 'oauth2' ? [name, 'id.test'] : [name],
      ...(auth === undefined ? {} : { auth }),
    });
    await host.call('capabilities.create', {
      id: `${id}/all`,
      provider: id,
      hosts: [name],
      methods: ['GET', 'POST'],
      paths: ['/x'],
    });
    return id;
  }

  const oauth = (): Input<'credentials.create'>['auth'] => ({
    kind: 'oauth2',
    grant: 'refresh_token',
    tokenEndpoint: 'https://id.test/token',
    scopes: ['a.read', 'b'],
  });

  const tokens = new Map<string, string>();
  const endpoint: Door = async (id) => {
    const known = tokens.get(id);
    const token = known ?? (await host.call('tokens.mint', { capabilities: [`${id}/all`] })).token;
    tokens.set(id, token);
    const answer = await fetch(`${host.baseUrl}/aivault/proxy`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ capability: `${id}/all`, request: {} }),
    });
    return { status: answer.status, text: await answer.text(), code: answer.headers.get('aivault-error') };
  };

  const cli: Door = async (id) => {
    const program = new URL('../../main/cli/aivault.ts', import.meta.url).pathname;
    const child = spawn(process.execPath, [program, 'invoke', `${id}/all`], {
      env: { PATH: process.env.PATH, HOME: host.folder, AIVAULT_DIR: host.folder },
    });
    const said = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const) child[name].on('data', (chunk) => (said[name] += String(chunk)));
    await once(child, 'close');
    const status = Number(/\b([1-5]\d\d)\b/.exec(said.stderr)?.[1] ?? 200);
    return { status, text: said.stdout + said.stderr, code: /^error: (\w+):/m.exec(said.stderr)?.[1] ?? null };
  };

  it('endpoint: A13 a 401 costs a second call only where the body is still at hand', async () => {
    api.behave((_request, response) => void response.writeHead(401).end());
    const id = await make(oauth(), { clientId: 'app', refreshToken });
    const { token } = await host.call('tokens.mint', { capabilities: [`${id}/all`] });
    const post = async (body: Uint8Array | ReadableStream): Promise<number> => {
      api.forget();
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/octet-stream' };
      const answer = await fetch(`${host.baseUrl}/v/${id}/x`, {
        method: 'POST',
        headers,
        body: body as BodyInit,
        duplex: 'half',
      } as RequestInit);
      await answer.text();
      assert.equal(answer.status, 401);
      return api.requests.length;
    };
    const large = new Uint8Array(3 * 1024 * 1024).fill(120);
    assert.equal(await post(Buffer.from('small')), 2);
    assert.equal(await post(new Blob([large]).stream()), 1);
    assert.equal(api.requests[0]?.body.length, large.length, 'whole, and once');
    assert.equal(identity.requests.length, 2, 'for the first use, and for the one second call');
  });

  it('endpoint: A13 a WebSocket that is answered 401 is asked for once more, with a fresh token', async () => {
    const sockets = new WebSocketServer({ noServer: true });
    const bearers: (string | undefined)[] = [];
    let knows = (bearer: string | undefined): boolean => bearer === 'Bearer at-2-0123456789';
    api.onUpgrade((request, socket, head) => {
      bearers.push(request.headers.authorization);
      if (!knows(request.headers.authorization)) return void socket.end('HTTP/1.1 401 No\r\ncontent-length: 0\r\n\r\n');
      sockets.handleUpgrade(request, socket, head, (opened) => {
        // Both tokens are looked for in what it says.
        opened.on('message', () => opened.send(bearers.join()));
      });
    });
    try {
      const id = await make(oauth(), { clientId: 'app', refreshToken });
      const { token } = await host.call('tokens.mint', { capabilities: [`${id}/all`] });
      const open = () =>
        new WebSocket(`${host.baseUrl.replace('http:', 'ws:')}/v/${id}/x`, {
          headers: { authorization: `Bearer ${token}` },
        });
      const socket = open();
      await once(socket, 'open');
      assert.deepEqual(bearers, ['Bearer at-1-0123456789', 'Bearer at-2-0123456789']);
      socket.send('say');
      const [said] = await once(socket, 'message');
      assert.doesNotMatch(String(said), /at-\d-0123456789/);
      socket.close();
      await once(socket, 'close');

      knows = () => false;
      const refused = open();
      refused.on('error', () => {});
      const [, response] = await once(refused, 'unexpected-response');
      response.resume();
      assert.equal(response.statusCode, 401);
      assert.deepEqual(bearers.slice(2), ['Bearer at-2-0123456789', 'Bearer at-3-0123456789'], 'twice and no more');
    } finally {
      sockets.close();
      api.onUpgrade((_request, socket) => void socket.destroy());
    }
  });

  it('a token endpoint that redirects, answers without end or packs its answer is no token endpoint', async () => {
    const token = JSON.stringify({ access_token: 'at-9-0123456789', expires_in: 3600, token_type: 'Bearer' });
    for (const [what, answer] of [
      ['redirects', (response) => void response.writeHead(307, { location: 'https://api.test/x' }).end(token)],
      ['redirects to itself', (response) => void response.writeHead(302, { location: '/token' }).end(token)],
      ['is too large', (response) => void response.writeHead(200).end(`${token}${' '.repeat(70_000)}`)],
      [
        'never ends',
        (response) => {
          const timer = setInterval(() => response.write(' '.repeat(20_000)), 5);
          response.on('close', () => clearInterval(timer));
        },
      ],
      ['is packed', (response) => void response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(token))],
    ] as [string, (response: ServerResponse) => void][]) {
      identity.forget();
      identity.behave((_request, response) => answer(response));
      const id = await make(oauth(), { clientId: 'app', clientSecret: 'cs', refreshToken });
      const { code, text } = await endpoint(id);
      assert.equal(code, 'auth_failed', what);
      assert.ok(!text.includes('CANARY'), what);
      assert.equal(identity.requests.length, 1, what);
    }
    assert.equal(api.requests.length, 0);
  });

  for (const [name, door] of Object.entries({ endpoint, cli })) {
    it(`${name}: A07 an expired token costs one call with Basic and joined scopes, the next use none`, async () => {
      const id = await make(oauth(), { clientId: 'app', clientSecret: 's3cret-of-the-app', refreshToken });
      assert.equal((await door(id)).status, 200);
      assert.equal((await door(id)).status, 200);
      assert.equal(identity.requests.length, 1);
      const [asked] = identity.requests;
      assert.equal(
        asked!.header('authorization')[0],
        `Basic ${Buffer.from('app:s3cret-of-the-app').toString('base64')}`,
      );
      const form = new URLSearchParams(String(asked!.body));
      assert.deepEqual(Object.fromEntries(form), {
        grant_type: 'refresh_token',
        refresh_token: refreshToken,
        scope: 'a.read b',
      });
      assert.deepEqual(
        api.requests.map((request) => request.header('authorization')[0]),
        Array(2).fill('Bearer at-1-0123456789'),
      );
    });

    it(`${name}: A08 a public client sends no Authorization to the token endpoint`, async () => {
      const id = await make(oauth(), { clientId: 'public', refreshToken });
      assert.equal((await door(id)).status, 200);
      assert.deepEqual(identity.requests[0]!.header('authorization'), []);
    });

    it(`${name}: A11 S31 token answers that are none: an error, no upstream call, no word of the body`, async () => {
      for (const [status, body, type] of [
        [200, { expires_in: 3600, note: refreshToken }, 'application/json'],
        [200, { access_token: refreshToken }, 'application/json'],
        [200, `<p>${refreshToken}</p>`, 'text/html'],
        [500, `boom ${refreshToken}`, 'text/plain'],
        [400, { error: 'invalid_grant', error_description: `${refreshToken} is spent` }, 'application/json'],
      ] as const) {
        answerTokens(status, () => body, type);
        const id = await make(oauth(), { clientId: 'app', clientSecret: 'cs', refreshToken });
        const { code, text } = await door(id);
        assert.equal(code, 'auth_failed');
        assert.ok(!text.includes('CANARY') && !text.includes('boom'));
      }
      assert.equal(api.requests.length, 0);
    });

    it(`${name}: A13 an upstream that always says 401 is asked exactly twice, and its 401 returned`, async () => {
      api.behave((_request, response) => void response.writeHead(401, { 'content-type': 'text/plain' }).end('no'));
      const id = await make(oauth(), { clientId: 'app', clientSecret: 'cs', refreshToken });
      const { status, code } = await door(id);
      assert.deepEqual([status, code], [401, null]);
      assert.equal(api.requests.length, 2);
    });

    it(`${name}: A14 a token that ends in a minute is refreshed ahead`, async () => {
      const ends = (ms: number) => ({
        clientId: 'app',
        refreshToken,
        accessToken: 'stored-0123456789',
        accessTokenExpiresAtMs: Date.now() + ms,
      });
      await door(await make(oauth(), ends(60_000)));
      await door(await make(oauth(), ends(600_000)));
      const used = api.requests.map((request) => request.header('authorization')[0]);
      assert.deepEqual(used, ['Bearer at-1-0123456789', 'Bearer stored-0123456789']);
    });

    it(`${name}: A16 ten parallel uses of an expired token make one token call`, async () => {
      const id = await make(oauth(), { clientId: 'app', refreshToken });
      const answers = await Promise.all(Array.from({ length: name === 'cli' ? 4 : 10 }, () => door(id)));
      assert.ok(answers.every(({ status }) => status === 200));
      assert.equal(identity.requests.length, 1);
    });

    it(`${name}: P02 a refresh does not count against a limit of one call a minute`, async () => {
      const id = await make(oauth(), { clientId: 'app', refreshToken });
      await host.call('policies.set', { capability: `${id}/all`, rateLimitPerMinute: 1 });
      assert.equal((await door(id)).status, 200);
      assert.equal((await door(id)).code, 'rate_limited');
      assert.equal(api.requests.length, 1);
    });

    it(`${name}: A19 hmac: a real MAC over method, path and query, the key in no header`, async () => {
      const id = await make(
        { kind: 'hmac', algorithm: 'sha512', name: 'x-mac', template: 'v1={{signature}}' },
        'CANARY-hmac-key',
      );
      const { text } = await door(id);
      const mac = createHmac('sha512', 'CANARY-hmac-key').update('GET\n/x\n').digest('hex');
      assert.deepEqual(api.requests[0]!.header('x-mac'), [`v1=${mac}`]);
      assert.ok(!Buffer.concat(api.raw).includes('CANARY') && !text.includes(mac));
    });

    it(`${name}: A20 mtls: the handshake succeeds where a client certificate is demanded`, async () => {
      const { cert, key } = clients.issue(['client.test'], 'clientAuth');
      const id = await make({ kind: 'mtls' }, { certPem: cert, keyPem: key }, 'guarded.test');
      assert.equal((await door(id)).status, 200);
      assert.equal(guarded.requests.length, 1);
    });
  }
});
