import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import type { Input } from '#contract/call.ts';
import { type FakeUpstream, startFakeUpstream } from '../fake-upstream.ts';
import { missing } from '../needs.ts';
import { startTestHost, type TestHost } from '../test-host.ts';

// Conformance rows of requests, bodies, policy and revocation through the endpoint of a real host. Through the CLI most
// of them are scripts (e2e/cli); the few that are not go through both doors here, as those of auth do in auth-doors.

const skip = missing('openssl');
const key = 'CANARY-0a9b8c7d6e5f4a3b2c1d';
const bearer = { kind: 'header', name: 'authorization', template: 'Bearer {{secret}}' } as const;
const names = ['up.test', 'api.trello.com', 'api.twilio.com', 'api.openai.com', 'chatgpt.com', 'gmail.googleapis.com'];

interface Said {
  readonly status: number;
  readonly code: string | null;
  readonly text: string;
}
type Door = (capability: string, request: object) => Promise<Said>;

describe('rows by both doors', { skip }, () => {
  let upstream: FakeUpstream;
  let host: TestHost;
  let secretRef: string;
  let count = 0;

  before(async () => {
    upstream = await startFakeUpstream({ names });
    host = await startTestHost({
      environment: {
        AIVAULT_DEV_RESOLVE: upstream.resolve(...names),
        AIVAULT_DEV_CA_CERT_PATH: upstream.authority.certPath,
      },
    });
    secretRef = `vault:secret:${await store('K', key)}`;
  });
  after(async () => {
    await host?.close();
    await upstream?.close();
  });
  beforeEach(() => {
    upstream.forget();
    upstream.behave(null);
  });

  const store = async (name: string, value: string) =>
    (await host.call('secrets.create', { name, value })).secret.secretId;

  /** A provider of its own for one row, so that no row meets another's policy or rate. */
  async function fresh(more: Partial<Input<'capabilities.create'>> = {}, auth?: Input<'credentials.create'>['auth']) {
    count += 1;
    const provider = `row-${count}`;
    await host.call('credentials.create', {
      id: provider,
      provider,
      secretRef,
      hosts: ['up.test'],
      auth: auth ?? { kind: 'header', name: 'x-key', template: '{{secret}}' },
    });
    const id = `${provider}/users`;
    const plain = { id, credential: provider, methods: ['GET', 'POST'], paths: ['/v1/users', '/v1/users/**'] };
    await host.call('capabilities.create', { ...plain, ...more } as Input<'capabilities.create'>);
    return id;
  }

  const tokens = new Map<string, string>();
  async function tokenFor(capability: string): Promise<string> {
    const known = tokens.get(capability);
    const token = known ?? (await host.call('tokens.mint', { capabilities: [capability] })).token;
    tokens.set(capability, token);
    return token;
  }
  const endpoint: Door = async (capability, request) => {
    const answer = await fetch(`${host.baseUrl}/aivault/proxy`, {
      method: 'POST',
      headers: { authorization: `Bearer ${await tokenFor(capability)}`, 'content-type': 'application/json' },
      body: JSON.stringify({ capability, request }),
    });
    return { status: answer.status, code: answer.headers.get('aivault-error'), text: await answer.text() };
  };
  const program = new URL('../../main/cli/aivault.ts', import.meta.url).pathname;
  const start = (...words: string[]) =>
    spawn(process.execPath, [program, ...words], {
      env: { PATH: process.env.PATH, HOME: host.folder, AIVAULT_DIR: host.folder },
    });
  const cli: Door = async (capability, request) => {
    const child = start('invoke', capability, '--request', JSON.stringify(request));
    const said = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const) child[name].on('data', (chunk) => (said[name] += String(chunk)));
    await once(child, 'close');
    const status = Number(/^status: (\d{3})/m.exec(said.stderr)?.[1] ?? 200);
    return { status, code: /^error: (\w+):/m.exec(said.stderr)?.[1] ?? null, text: said.stdout };
  };
  const get = (path = '/v1/users', more: object = {}) => ({ method: 'GET', path, ...more });
  const seen = () => upstream.requests.at(-1)!;

  const bothDoors = { endpoint, cli };
  const theEndpoint = { endpoint };
  function row(doors: Record<string, Door>, title: string, check: (door: Door, name: string) => Promise<void>): void {
    for (const [name, door] of Object.entries(doors)) it(`${name}: ${title}`, () => check(door, name));
  }

  row(theEndpoint, 'S22 S23 a provider of two secrets is gone with either of them', async (door) => {
    for (const kept of ['TRELLO_API_KEY', 'TRELLO_TOKEN', null]) {
      const ids = {
        TRELLO_API_KEY: await store('TRELLO_API_KEY', 'a'.repeat(32)),
        TRELLO_TOKEN: await store('TRELLO_TOKEN', 'b'.repeat(64)),
      };
      upstream.forget();
      assert.equal((await door('trello/boards', get('/1/boards/x'))).status, 200);
      for (const [secret, secretId] of Object.entries(ids)) {
        if (secret !== kept) await host.call('secrets.delete', { secretId });
      }
      assert.equal((await door('trello/boards', get('/1/boards/x'))).code, 'credential_not_found', String(kept));
      assert.equal(upstream.requests.length, 1);
      if (kept !== null) await host.call('secrets.delete', { secretId: ids[kept as keyof typeof ids] });
    }
  });

  row(theEndpoint, 'S25 a disabled and a deleted registry capability is not there', async (door) => {
    const secretId = await store('OPENAI_API_KEY', `sk-${'k'.repeat(24)}`);
    const ask = () => door('openai/models', {});
    assert.equal((await ask()).status, 200);
    await host.call('capabilities.setEnabled', { id: 'openai/models', enabled: false });
    assert.equal((await ask()).code, 'capability_not_found');
    await host.call('capabilities.setEnabled', { id: 'openai/models', enabled: true });
    assert.equal((await ask()).status, 200);
    await host.call('capabilities.delete', { id: 'openai/models' });
    assert.equal((await ask()).code, 'capability_not_found');
    assert.equal(upstream.requests.length, 2);
    await host.call('capabilities.setEnabled', { id: 'openai/models', enabled: true });
    await host.call('secrets.delete', { secretId });
  });

  row(theEndpoint, 'S32 P05 a hidden field stays hidden whatever encoding or range is asked for', async (door) => {
    const id = await fresh();
    await host.call('policies.set', { capability: id, responseBodyBlocklist: ['$.email'] });
    upstream.behave((request, response) => {
      assert.deepEqual(request.header('range'), []);
      response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' });
      response.end(gzipSync('{"email":"a@b.c","name":"n"}'));
    });
    const headers = [
      { name: 'accept-encoding', value: 'gzip' },
      { name: 'range', value: 'bytes=0-9' },
    ];
    const { text } = await door(id, get('/v1/users', { headers }));
    assert.deepEqual(JSON.parse(text), { email: '[REDACTED]', name: 'n' });
  });

  row(bothDoors, 'S44 modifying messages does not send them', async (door) => {
    const tokens = { clientId: 'c', refreshToken: 'r', accessToken: 'ya29.0123456789', accessTokenExpiresAtMs: 9e12 };
    const secretId = await store('GOOGLE_GMAIL_OAUTH', JSON.stringify(tokens));
    const modify = (end: string) =>
      door('google-gmail/messages-modify', { method: 'POST', path: `/gmail/v1/users/me/messages/${end}`, body: '{}' });
    for (const end of ['send', 'send/', 'Send', 'send;x', '%73end'])
      assert.equal((await modify(end)).code, 'policy_violation', end);
    assert.equal(upstream.requests.length, 0);
    assert.equal((await modify('42/trash')).status, 200);
    await host.call('secrets.delete', { secretId });
  });

  row(theEndpoint, 'S46 an answer over its limit costs one request', async (door) => {
    const id = await fresh();
    await host.call('policies.set', { capability: id, maxResponseBodyBytes: 10 });
    assert.equal((await door(id, get())).code, 'response_refused');
    assert.equal(upstream.requests.length, 1);
  });

  row(theEndpoint, 'H08 look-alikes do not stand in for the real header', async (door) => {
    const id = await fresh();
    for (const like of ['x_key', 'x-key-', 'authorization_', 'authorization-']) {
      upstream.forget();
      await door(id, get('/v1/users', { headers: [{ name: like, value: 'mine' }] }));
      for (const request of upstream.requests) assert.deepEqual(request.header('x-key'), [key], like);
      assert.ok(
        upstream.raw.every((bytes) => !bytes.includes('mine')),
        like,
      );
    }
  });

  row(
    theEndpoint,
    'H11 one of several managed parameters is refused; H14 order and repetition of others stay',
    async (door) => {
      const params = [
        { name: 'key', template: '{{secret}}' },
        { name: 'token', template: '{{secret}}' },
      ];
      const id = await fresh({}, { kind: 'multi-query', params });
      for (const query of ['key=1', 'token=1', 'TOKEN=1'])
        assert.equal((await door(id, get(`/v1/users?${query}`))).code, 'policy_violation', query);
      assert.equal(upstream.requests.length, 0);
      await door(id, get('/v1/users?a=1&a=2&b'));
      assert.equal(seen().target, `/v1/users?a=1&a=2&b&key=${key}&token=${key}`);
    },
  );

  row(theEndpoint, 'E13 a form has the boundary its header names', async (door) => {
    const headers = [{ name: 'content-type', value: 'application/json' }];
    await door(await fresh(), { method: 'POST', path: '/v1/users', headers, multipart: { a: '1' } });
    const [type, ...more] = seen().header('content-type');
    assert.deepEqual(more, []);
    const form = await new Response(new Uint8Array(seen().body), { headers: { 'content-type': type! } }).formData();
    assert.equal(form.get('a'), '1');
  });

  row(theEndpoint, 'E16 E17 three bytes are three bytes, a form counts too', async (door) => {
    const id = await fresh();
    await host.call('policies.set', { capability: id, maxRequestBodyBytes: 3 });
    const post = (more: object) => door(id, { method: 'POST', path: '/v1/users', ...more });
    assert.equal((await post({ body: 'abc' })).code, null);
    assert.equal((await post({ body: 'abcd' })).code, 'too_large');
    assert.equal((await post({ multipart: { a: '1234' } })).code, 'too_large');
    assert.equal(upstream.requests.length, 1);
  });

  row(theEndpoint, 'E19 E22 O01 an empty 204 and a streamed 401 come through', async (door, name) => {
    const id = await fresh();
    upstream.behave((_request, response) => void response.writeHead(204).end());
    assert.deepEqual(await door(id, get()), { status: name === 'cli' ? 200 : 204, code: null, text: '' });
    upstream.behave((_request, response) => {
      response.writeHead(401, { 'content-type': 'text/event-stream' });
      response.write('data: no\n\n');
      setTimeout(() => response.end('data: still no\n\n'), 20);
    });
    upstream.forget();
    assert.deepEqual(await door(id, get()), { status: 401, code: null, text: 'data: no\n\ndata: still no\n\n' });
    assert.equal(upstream.requests.length, 1, 'without OAuth nothing is tried again');
  });

  row(theEndpoint, 'A01 a template may hold the secret twice', async (door) => {
    const auth = { kind: 'header', name: 'x-key', template: '{{secret}}:{{ secret }}' } as const;
    const { text } = await door(await fresh({}, auth), get());
    assert.deepEqual(seen().header('x-key'), [`${key}:${key}`]);
    assert.ok(!text.includes(key));
  });

  row(theEndpoint, 'P01 the third call of two a minute is refused', async (door) => {
    const id = await fresh();
    await host.call('policies.set', { capability: id, rateLimitPerMinute: 2 });
    const codes = [await door(id, get()), await door(id, get()), await door(id, get())].map(({ code }) => code);
    assert.deepEqual(codes, [null, null, 'rate_limited']);
    assert.equal(upstream.requests.length, 2);
  });

  row(bothDoors, 'P11 a call uses the one secret it needs', async (door, name) => {
    const other = await store(`OTHER_${name}`, 'another-value-0123456789');
    await door(await fresh(), get());
    const { secrets } = await host.call('secrets.list', {});
    const used = (id: string) => secrets.find(({ secretId }) => secretId === id)?.lastUsedAtMs ?? null;
    assert.notEqual(used(secretRef.slice('vault:secret:'.length)), null);
    assert.equal(used(other), null);
  });

  row(bothDoors, 'S52 deleting wins over calls under way, every time', async (door, name) => {
    const ask = () => door('openai/models', {});
    for (let round = 0; round < (name === 'cli' ? 4 : 200); round += 1) {
      const secretId = await store('OPENAI_API_KEY', `sk-${'k'.repeat(24)}`);
      let going = true;
      let answered = 0;
      const callers = Array.from({ length: 2 }, async () => {
        while (going) if ((await ask()).status === 200) answered += 1;
      });
      for (let tries = 0; answered === 0 && tries < 2_000; tries += 1) await new Promise((next) => setTimeout(next, 2));
      await host.call('secrets.delete', { secretId });
      const sent = upstream.requests.length;
      going = false;
      await Promise.all(callers);
      assert.ok(answered > 0);
      assert.equal((await ask()).code, 'credential_not_found');
      // What left before the answer to the deletion may still be on its way in.
      assert.ok(upstream.requests.length - sent <= callers.length);
      const { secrets } = await host.call('secrets.list', {});
      assert.ok(!secrets.some((each) => each.secretId === secretId));
      upstream.forget();
    }
  });

  row(bothDoors, 'what cannot be searched is refused where the credential says so', async (door, name) => {
    await host.call('credentials.create', {
      id: `strict-${name}`,
      provider: `strict-${name}`,
      secretRef,
      hosts: ['up.test'],
      auth: bearer,
      refuseUnscannable: true,
    });
    const id = `strict-${name}/all`;
    await host.call('capabilities.create', { id, credential: `strict-${name}`, methods: ['GET'], paths: ['/v1'] });
    upstream.behave((_request, response) => void response.writeHead(200, { 'content-encoding': 'dcb' }).end('opaque'));
    assert.equal((await door(id, get('/v1'))).code, 'response_refused');
    assert.equal((await door(await fresh(), get())).text, 'opaque');
  });

  it('endpoint: S37 a token tied to one credential serves no other', async () => {
    const [provider] = (await fresh()).split('/') as [string];
    const id = `${provider}/any`;
    const paths = ['/v1/users'];
    await host.call('capabilities.create', { id, provider, hosts: ['up.test'], methods: ['GET'], paths });
    await host.call('credentials.create', { id: 'second', provider, secretRef, hosts: ['up.test'], auth: bearer });
    const { token } = await host.call('tokens.mint', { capabilities: [id], credential: provider });
    const send = async (credential: string) => {
      const answer = await fetch(`${host.baseUrl}/aivault/proxy`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ capability: id, credential, request: get() }),
      });
      return answer.headers.get('aivault-error');
    };
    assert.equal(await send('second'), 'policy_violation');
    assert.equal(upstream.requests.length, 0);
    assert.equal(await send(provider), null);
  });

  it('endpoint: S41 pass-through by an alternative’s credential reaches what it opens', async () => {
    const codex = { access_token: 'codex-access-0123', refresh_token: 'r'.repeat(20), account_id: 'a', expires: 9e12 };
    await store('OPENAI_API_KEY', `sk-${'k'.repeat(24)}`);
    await store('CODEX_OAUTH_JSON', JSON.stringify(codex));
    const { token } = await host.call('tokens.mint', { capabilities: ['openai/models', 'openai/codex-responses'] });
    const pass = async (method: string, target: string) => {
      const headers = { authorization: `Bearer ${token}` };
      return (await fetch(host.baseUrl + target, { method, headers })).headers.get('aivault-error');
    };
    assert.match((await pass('GET', '/v/openai.codex-oauth/v1/models'))!, /^(policy_violation|capability_not_found)$/);
    assert.equal(upstream.requests.length, 0);
    assert.equal(await pass('POST', '/v/openai.codex-oauth/responses'), null);
    assert.equal(seen().header('host')[0], 'chatgpt.com');
  });

  it('cli: --stream prints each event when it comes', async () => {
    const id = await fresh();
    let next: () => void = () => {};
    upstream.behave(async (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write('data: one\n\n');
      await new Promise<void>((resolve) => (next = resolve));
      response.end('data: two\n\n');
    });
    const child = start('invoke', id, '--method', 'GET', '--path', '/v1/users', '--stream');
    const [first] = await once(child.stdout, 'data');
    assert.equal(String(first), 'data: one\n\n', 'before the second is sent');
    next();
    const [second] = await once(child.stdout, 'data');
    assert.equal(String(second), 'data: two\n\n');
    assert.deepEqual(await once(child, 'close'), [0, null]);
  });

  it('cli: a body from a file streams up, and the host never learns its name', async () => {
    const id = await fresh();
    const folder = mkdtempSync(join(tmpdir(), 'aivault-upload-'));
    const file = join(folder, 'upload.bin');
    writeFileSync(file, Buffer.alloc(300_000, 'z'));
    const child = start('invoke', id, '--method', 'POST', '--path', '/v1/users', '--multipart-file', `f=${file}`);
    child.stdout.resume();
    await once(child, 'close');
    rmSync(folder, { recursive: true });
    assert.ok(seen().body.length > 300_000);
    assert.ok(!seen().body.includes(folder) && seen().body.includes('upload.bin'), 'only the last part of its name');
  });
});
