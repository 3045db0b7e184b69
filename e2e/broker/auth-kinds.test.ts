import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { after, before, beforeEach, describe, test } from 'node:test';
import type { Input } from '#contract/call.ts';
import { type Authority, createAuthority } from '../authority.ts';
import { type FakeUpstream, startFakeUpstream } from '../fake-upstream.ts';
import { missing } from '../needs.ts';
import { startTestHost, type TestHost } from '../test-host.ts';

// Each auth kind through a real host and real TLS: what the upstream got, and what the caller could see of it.

const skip = missing('openssl');
const key = 'CANARY-9f8e7d6c5b4a39281706';
let clients: Authority;
let api: FakeUpstream;
let guarded: FakeUpstream;
let host: TestHost;

describe('every auth kind through a host', () => {
  before(async () => {
    if (skip !== false) return;
    clients = createAuthority('clients only');
    api = await startFakeUpstream({ names: ['api.test'] });
    guarded = await startFakeUpstream({ authority: api.authority, names: ['guarded.test'], clientAuthority: clients });
    host = await startTestHost({
      environment: {
        AIVAULT_DEV_RESOLVE: `api.test=127.0.0.1:${api.port},guarded.test=127.0.0.1:${guarded.port}`,
        AIVAULT_DEV_CA_CERT_PATH: api.authority.certPath,
      },
    });
  });

  after(async () => {
    await host?.close();
    await guarded?.close();
    await api?.close();
    clients?.close();
  });

  beforeEach(() => {
    api?.forget();
    guarded?.forget();
  });

  /** A credential of this kind with a capability for everything on its host, and a token for it. */
  async function tokenFor(id: string, auth: Input<'credentials.create'>['auth'], value: string, upstream = 'api.test') {
    const { secret } = await host.call('secrets.create', { name: `${id}-secret`, value });
    await host.call('credentials.create', {
      id,
      provider: id,
      secretRef: `vault:secret:${secret.secretId}`,
      hosts: [upstream],
      ...(auth === undefined ? {} : { auth }),
    });
    await host.call('capabilities.create', {
      id: `${id}/all`,
      credential: id,
      methods: ['GET', 'POST'],
      paths: ['/**'],
    });
    return (await host.call('tokens.mint', { capabilities: [`${id}/all`] })).token;
  }

  async function envelope(
    token: string,
    capability: string,
    request: object,
  ): Promise<{ status: number; text: string }> {
    const answer = await fetch(`${host.baseUrl}/aivault/proxy`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ capability, request }),
    });
    return { status: answer.status, text: `${await answer.text()}${JSON.stringify([...answer.headers])}` };
  }

  test('query: the key is appended, shown to nobody, and no spelling of its name is the caller’s (H10, A22)', {
    skip,
  }, async () => {
    const token = await tokenFor('in-query', { kind: 'query', name: 'key', template: '{{secret}}' }, `${key}/+&é`);
    const { status, text } = await envelope(token, 'in-query/all', { method: 'GET', path: '/find?q=a%20b' });
    assert.equal(status, 200);
    assert.equal(api.requests[0]!.target, `/find?q=a%20b&key=${key}%2F%2B%26%C3%A9`);
    assert.ok(!text.includes(key));
    for (const spelling of ['key=1', 'KEY=1', 'k%65y=1', '%6bey', '+key=1']) {
      const refused = await envelope(token, 'in-query/all', { method: 'GET', path: `/find?${spelling}` });
      assert.equal(refused.status, 403, spelling);
    }
    assert.equal(api.requests.length, 1);
  });

  test('path: the key stands before the caller’s path, and a path cannot bring its own (S14, S16)', {
    skip,
  }, async () => {
    const token = await tokenFor('in-path', { kind: 'path', prefix: '/bot{{secret}}' }, `12345:${key}`);
    const { text } = await envelope(token, 'in-path/all', { method: 'GET', path: '/getMe' });
    assert.equal(api.requests[0]!.target, `/bot12345:${key}/getMe`);
    assert.ok(!text.includes(key));
    for (const path of ['/bot123/getMe', '/BOT123/getMe', '/getMe\\..\\setWebhook', '/../getMe']) {
      assert.equal((await envelope(token, 'in-path/all', { method: 'GET', path })).status, 403, path);
    }
    assert.equal(api.requests.length, 1);
  });

  test('path: a value that would leave its segment is refused without being shown (S17)', { skip }, async () => {
    const token = await tokenFor('bad-path', { kind: 'path', prefix: '/bot{{secret}}' }, `${key}/../admin`);
    const { status, text } = await envelope(token, 'bad-path/all', { method: 'GET', path: '/getMe' });
    assert.equal(status, 502);
    assert.match(text, /auth_failed/);
    assert.ok(!text.includes(key));
    assert.equal(api.requests.length, 0);
  });

  test('multi-header: fields of one JSON secret, nested ones too (A02, H02)', { skip }, async () => {
    const headers = [
      { name: 'x-app-id', template: '{{app}}' },
      { name: 'x-app-key', template: 'Key {{n.b}}' },
    ];
    const token = await tokenFor(
      'two-headers',
      { kind: 'multi-header', headers },
      JSON.stringify({ app: 'app-00000001', n: { b: key } }),
    );
    const { text } = await envelope(token, 'two-headers/all', { method: 'GET', path: '/' });
    assert.deepEqual(api.requests[0]!.header('x-app-id'), ['app-00000001']);
    assert.deepEqual(api.requests[0]!.header('x-app-key'), [`Key ${key}`]);
    assert.ok(!text.includes(key) && !text.includes('app-00000001'));
    const own = { method: 'GET', path: '/', headers: [{ name: 'X-App-Key', value: 'mine' }] };
    assert.equal((await envelope(token, 'two-headers/all', own)).status, 403);
  });

  test('basic: user and password of a JSON secret, unreadable in every echo (A05)', { skip }, async () => {
    const token = await tokenFor(
      'pair',
      { kind: 'basic', username: '{{username}}', password: '{{password}}' },
      JSON.stringify({ username: 'ada', password: key }),
    );
    const { text } = await envelope(token, 'pair/all', { method: 'GET', path: '/' });
    const sent = `Basic ${Buffer.from(`ada:${key}`).toString('base64')}`;
    assert.deepEqual(api.requests[0]!.header('authorization'), [sent]);
    assert.ok(!text.includes(sent.slice(6)) && !text.includes(key));
  });

  test('hmac: the upstream can compute the same signature; the key is never on the wire (A19)', { skip }, async () => {
    const token = await tokenFor(
      'signed',
      { kind: 'hmac', algorithm: 'sha256', name: 'x-signature', template: 'sha256={{signature}}' },
      key,
    );
    const { status, text } = await envelope(token, 'signed/all', {
      method: 'POST',
      path: '/orders?b=2&a=%C3%A9',
      body: 'x',
    });
    assert.equal(status, 200);
    const expected = createHmac('sha256', key).update('POST\n/orders\na=é&b=2').digest('hex');
    assert.deepEqual(api.requests[0]!.header('x-signature'), [`sha256=${expected}`]);
    assert.ok(!Buffer.concat(api.raw).includes(key));
    assert.ok(!text.includes(expected));
    const { signedInput } = await host.call('capabilities.describe', { id: 'signed/all' });
    assert.match(signedInput ?? '', /METHOD.*path.*query/s);
  });

  test('mtls: a server that demands a client certificate is reached with it, and only with it (A20)', {
    skip,
  }, async () => {
    const auth = { kind: 'mtls' } as const;
    const own = clients.issue(['client.test'], 'clientAuth');
    const token = await tokenFor('card', auth, JSON.stringify({ certPem: own.cert, keyPem: own.key }), 'guarded.test');
    const { status } = await envelope(token, 'card/all', { method: 'GET', path: '/inside' });
    assert.equal(status, 200);
    assert.equal(guarded.requests[0]!.target, '/inside');

    const stranger = api.authority.issue(['stranger.test'], 'clientAuth');
    const other = await tokenFor(
      'stranger',
      auth,
      JSON.stringify({ certPem: stranger.cert, keyPem: stranger.key }),
      'guarded.test',
    );
    const refused = await envelope(other, 'stranger/all', { method: 'GET', path: '/inside' });
    assert.equal(refused.status, 502);
    assert.match(refused.text, /upstream_unreachable/);

    const mixed = await tokenFor(
      'mixed',
      auth,
      JSON.stringify({ certPem: own.cert, keyPem: stranger.key }),
      'guarded.test',
    );
    const broken = await envelope(mixed, 'mixed/all', { method: 'GET', path: '/inside' });
    assert.match(broken.text, /auth_failed/);
    assert.ok(!broken.text.includes('PRIVATE'));
    assert.equal(guarded.requests.length, 1);
  });

  test('a connection opened with one client certificate never carries another credential’s request (D5)', {
    skip,
  }, async () => {
    const first = clients.issue(['one.test'], 'clientAuth');
    const second = clients.issue(['two.test'], 'clientAuth');
    const auth = { kind: 'mtls' } as const;
    const one = await tokenFor('one', auth, JSON.stringify({ certPem: first.cert, keyPem: first.key }), 'guarded.test');
    const two = await tokenFor(
      'two',
      auth,
      JSON.stringify({ certPem: second.cert, keyPem: second.key }),
      'guarded.test',
    );
    await envelope(one, 'one/all', { method: 'GET', path: '/1' });
    await envelope(two, 'two/all', { method: 'GET', path: '/2' });
    await envelope(one, 'one/all', { method: 'GET', path: '/3' });
    const [a, b, c] = guarded.requests.map(({ connection }) => connection);
    assert.notEqual(a, b);
    assert.equal(a, c);
  });

  test('a name that cannot be resolved does not show the query or path key (A22)', { skip }, async () => {
    const token = await tokenFor(
      'nowhere',
      { kind: 'query', name: 'key', template: '{{secret}}' },
      key,
      'nowhere.invalid',
    );
    const { status, text } = await envelope(token, 'nowhere/all', { method: 'GET', path: '/x' });
    assert.equal(status, 502);
    assert.ok(!text.includes(key));
  });
});
