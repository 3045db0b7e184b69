import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { after, before, beforeEach, describe, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { type FakeUpstream, type Seen, startFakeUpstream } from '../fake-upstream.ts';
import { missing } from '../needs.ts';
import { startTestHost, type TestHost } from '../test-host.ts';

// How access to an account ends: its secret is deleted, the vault is locked, a sign-in is given up. What is cached or
// still under way ends with it, in a real host, with a token endpoint and an API behind TLS.

const skip = missing('openssl');
const names = ['id.test', 'api.test', 'oauth2.googleapis.com', 'gmail.googleapis.com'];

/** One way an account can be set up; its API is called through the capability. */
interface Way {
  readonly secret: string;
  readonly capability: string;
  readonly path: string;
  /** What the operator adds once the secret is there. */
  setUp(host: TestHost, secretId: string): Promise<unknown>;
}

const own: Way = {
  secret: 'ACCOUNT',
  capability: 'acme/all',
  path: '/things',
  async setUp(host, secretId) {
    await host.call('credentials.create', {
      id: 'account',
      provider: 'acme',
      secretRef: `vault:secret:${secretId}`,
      auth: { kind: 'oauth2', grant: 'refresh_token', tokenEndpoint: 'https://id.test/token' },
      hosts: ['api.test', 'id.test'],
    });
    const { capabilities } = await host.call('capabilities.list', {});
    if (capabilities.some(({ id }) => id === own.capability)) return;
    await host.call('capabilities.create', {
      id: own.capability,
      credential: 'account',
      methods: ['GET'],
      paths: ['/**'],
      hosts: ['api.test'],
    });
  },
};
const registry: Way = {
  secret: 'GOOGLE_GMAIL_OAUTH',
  capability: 'google-gmail/labels',
  path: '/gmail/v1/users/me/labels',
  setUp: async () => undefined,
};

describe('how access to an account ends', () => {
  let upstream: FakeUpstream;
  let host: TestHost;
  /** While true, token requests wait for their answers. */
  let held: { readonly request: Seen; readonly answer: () => Promise<void> }[] | null = null;
  let issued = 0;

  const isTokenRequest = ({ method, target }: Seen) => method === 'POST' && /\/token$/.test(target);
  const tokenRequests = () =>
    upstream.requests.filter(isTokenRequest).map(({ body }) => new URLSearchParams(String(body)));
  const bearers = () =>
    upstream.requests.filter((seen) => !isTokenRequest(seen)).map((seen) => seen.header('authorization')[0]);
  const tokens = (response: ServerResponse) => {
    issued += 1;
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(
      JSON.stringify({ access_token: `CANARY-access-${issued}`, expires_in: 3600, refresh_token: 'CANARY-renewed' }),
    );
  };

  before(async () => {
    if (skip !== false) return;
    upstream = await startFakeUpstream({ names });
    upstream.behave((request, response) => {
      if (!isTokenRequest(request)) return void response.end('{}');
      if (held === null) return tokens(response);
      const answer = async () => {
        tokens(response);
        await once(response, 'close');
      };
      held.push({ request, answer });
    });
    host = await startTestHost({
      environment: {
        AIVAULT_DEV_RESOLVE: upstream.resolve(...names),
        AIVAULT_DEV_CA_CERT_PATH: upstream.authority.certPath,
      },
    });
  });
  after(async () => {
    await host?.close();
    await upstream?.close();
  });
  beforeEach(async () => {
    if (skip !== false) return;
    held = null;
    upstream.forget();
    const { secrets } = await host.call('secrets.list', {});
    for (const { secretId } of secrets) await host.call('secrets.delete', { secretId });
  });

  async function create(way: Way, refreshToken: string): Promise<string> {
    const value = JSON.stringify({ clientId: 'app', clientSecret: 'cs-0123456789', refreshToken });
    const { secret } = await host.call('secrets.create', { name: way.secret, value });
    await way.setUp(host, secret.secretId);
    return secret.secretId;
  }
  const mint = async (way: Way) => (await host.call('tokens.mint', { capabilities: [way.capability] })).token;
  async function use({ capability, path }: Way, token: string): Promise<{ status: number; code: string | null }> {
    const answer = await fetch(`${host.baseUrl}/aivault/proxy`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ capability, request: { method: 'GET', path } }),
    });
    assert.ok(!(await answer.text()).includes('CANARY'));
    return { status: answer.status, code: answer.headers.get('aivault-error') };
  }
  const firstHeld = async () => {
    for (let tries = 0; held?.length === 0 && tries < 500; tries += 1) await setTimeout(10);
    const [first] = held ?? [];
    assert.ok(first, 'a token request arrives');
    held = null;
    return first;
  };

  for (const [kind, way] of [
    ['a credential of one’s own', own],
    ['a registry provider', registry],
  ] as const) {
    test(`deleting the secret takes the cached access token with it (${kind})`, { skip }, async () => {
      const secretId = await create(way, 'CANARY-refresh-1');
      const token = await mint(way);
      assert.deepEqual(await use(way, token), { status: 200, code: null });
      assert.deepEqual(await use(way, token), { status: 200, code: null });
      const [first, again] = bearers();
      assert.match(first!, /^Bearer CANARY-access-\d+$/);
      assert.equal(again, first, 'it was cached');
      assert.equal(tokenRequests().length, 1);

      upstream.forget();
      await host.call('secrets.delete', { secretId });
      const { code } = await use(way, token);
      assert.equal(code, 'credential_not_found');
      assert.equal(upstream.requests.length, 0, 'nothing was sent, not even for a token');

      await create(way, 'CANARY-refresh-2');
      assert.deepEqual(await use(way, await mint(way)), { status: 200, code: null });
      assert.deepEqual(
        tokenRequests().map((form) => form.get('refresh_token')),
        ['CANARY-refresh-2'],
      );
      assert.equal(bearers().length, 1);
      assert.notEqual(bearers()[0], first);
    });

    test(`deleting the secret wins against a token request that is under way (${kind})`, { skip }, async () => {
      const secretId = await create(way, 'CANARY-refresh-1');
      const token = await mint(way);
      held = [];
      const call = use(way, token);
      const { answer } = await firstHeld();
      await host.call('secrets.delete', { secretId });
      await answer();
      const { status, code } = await call;
      assert.ok(status >= 400 && code !== null, `${status} ${code}`);
      assert.deepEqual(bearers(), [], 'the token that came back was not used');
      assert.deepEqual((await host.call('secrets.list', {})).secrets, []);

      upstream.forget();
      await create(way, 'CANARY-refresh-2');
      assert.deepEqual(await use(way, await mint(way)), { status: 200, code: null });
      assert.deepEqual(
        tokenRequests().map((form) => form.get('refresh_token')),
        ['CANARY-refresh-2'],
      );
    });
  }

  async function begin() {
    const { connection, consentUrl, redirectUri } = await host.call('oauth.begin', {
      provider: 'google-gmail',
      clientId: 'app.example',
    });
    const state = new URL(consentUrl).searchParams.get('state')!;
    return { connection, back: `${redirectUri}?${new URLSearchParams({ state, code: 'CANARY-code' })}` };
  }

  test('locking ends a sign-in that waits: the way back closes, and unlocking does not open it again', {
    skip,
  }, async () => {
    const { connection, back } = await begin();
    await host.call('vault.lock', {});
    await assert.rejects(fetch(back));
    await assert.rejects(host.call('oauth.status', { connection }), { code: 'vault_locked' });
    await assert.rejects(host.call('oauth.cancel', { connection }), { code: 'vault_locked' });
    await host.call('vault.unlock', {});
    await assert.rejects(host.call('oauth.status', { connection }), { code: 'not_found' });
    assert.equal(upstream.requests.length, 0);
  });

  for (const how of ['locked', 'cancelled'] as const) {
    test(`tokens that arrive after a sign-in was ${how} are not stored`, { skip }, async () => {
      const { connection, back } = await begin();
      held = [];
      assert.equal((await fetch(back)).status, 200);
      const { answer } = await firstHeld();
      if (how === 'cancelled') await host.call('oauth.cancel', { connection });
      else await host.call('vault.lock', {});
      await host.call('vault.unlock', {});
      await answer();
      await setTimeout(200);
      assert.deepEqual((await host.call('secrets.list', {})).secrets, []);
      await assert.rejects(host.call('oauth.status', { connection }), { code: 'not_found' });
    });
  }
});
