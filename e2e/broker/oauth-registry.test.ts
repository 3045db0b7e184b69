import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type FakeUpstream, startFakeUpstream } from '../fake-upstream.ts';
import { missing } from '../needs.ts';
import { startTestHost, type TestHost } from '../test-host.ts';

// A provider of the registry whose accounts are connected: its endpoints come from the build and from nowhere else.

const skip = missing('openssl');
const hosts = ['oauth2.googleapis.com', 'gmail.googleapis.com', 'auth.openai.com', 'chatgpt.com', 'evil.test'];
const refreshToken = 'CANARY-refresh-1//0gZk3vQ9x0Lq7TmWc2Rb8';
let google: FakeUpstream;
let host: TestHost;
let evilCalls = 0;

describe('accounts of registry providers', () => {
  before(async () => {
    if (skip !== false) return;
    google = await startFakeUpstream({ names: hosts });
    google.behave((request, response) => {
      if (request.header('host')[0] === 'evil.test') evilCalls += 1;
      response.writeHead(200, { 'content-type': 'application/json' });
      const form = new URLSearchParams(String(request.body));
      const tokens = { access_token: `ya29.${form.get('grant_type')}`, expires_in: 3599, refresh_token: refreshToken };
      response.end(
        JSON.stringify(/\/token$/.test(request.target) ? tokens : { seen: request.header('authorization')[0] }),
      );
    });
    host = await startTestHost({
      environment: {
        AIVAULT_DEV_RESOLVE: google.resolve(...hosts),
        AIVAULT_DEV_CA_CERT_PATH: google.authority.certPath,
      },
    });
  });

  after(async () => {
    await host?.close();
    await google?.close();
  });

  async function connect(): Promise<string> {
    const begun = await host.call('oauth.begin', {
      provider: 'google-gmail',
      clientId: 'app.example',
      clientSecret: 'cs-0123456789',
    });
    const asked = new URL(begun.consentUrl);
    assert.equal(asked.origin + asked.pathname, 'https://accounts.google.com/o/oauth2/v2/auth');
    assert.equal(asked.searchParams.get('access_type'), 'offline');
    const back = new URL(begun.redirectUri);
    back.search = new URLSearchParams({ state: asked.searchParams.get('state')!, code: 'CANARY-code' }).toString();
    assert.equal((await fetch(back)).status, 200);
    for (;;) {
      const now = await host.call('oauth.status', { connection: begun.connection });
      if (now.state === 'failed') throw new Error(now.error?.message);
      if (now.state === 'connected') return now.secret!.secretId;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  test('connecting makes the provider’s secret, pinned, and its credential at once', { skip }, async () => {
    const secretId = await connect();
    const { secrets } = await host.call('secrets.list', {});
    assert.deepEqual(
      secrets.map(({ secretId: id, pinnedProvider }) => [id, pinnedProvider]),
      [[secretId, 'google-gmail']],
    );
    const [exchange] = google.requests;
    const form = new URLSearchParams(String(exchange!.body));
    assert.equal(form.get('grant_type'), 'authorization_code');
    assert.match(form.get('code_verifier') ?? '', /^[A-Za-z0-9_-]{43}$/);
    assert.equal(form.get('client_secret'), 'cs-0123456789');

    const { token } = await host.call('tokens.mint', { capabilities: ['google-gmail/labels'] });
    const answer = await fetch(`${host.baseUrl}/v/google-gmail/gmail/v1/users/me/labels`, {
      headers: { authorization: `Bearer ${token}` },
    });
    assert.equal(answer.status, 200);
    assert.deepEqual(await answer.json(), { seen: 'Bearer [REDACTED]' });
  });

  test('connecting again renews the same secret', { skip }, async () => {
    const { secrets: before } = await host.call('secrets.list', {});
    await connect();
    const { secrets } = await host.call('secrets.list', {});
    assert.equal(secrets.length, 1);
    assert.equal(secrets[0]!.secretId, before[0]!.secretId);
    assert.ok(secrets[0]!.valueVersion > before[0]!.valueVersion);
  });

  test('a credential that would send the account’s refresh token elsewhere cannot be made (S20, G1)', {
    skip,
  }, async () => {
    const { secrets } = await host.call('secrets.list', {});
    const secretRef = `vault:secret:${secrets[0]!.secretId}`;
    const auth = { kind: 'oauth2', grant: 'refresh_token', tokenEndpoint: 'https://evil.test/token' } as const;
    for (const [id, provider] of [
      ['google-gmail', 'google-gmail'],
      ['mine', 'google-gmail'],
      ['mine', 'mine'],
    ] as const) {
      const made = host.call('credentials.create', {
        id,
        provider,
        secretRef,
        auth,
        hosts: ['evil.test', 'gmail.googleapis.com'],
      });
      await made.then(
        () => assert.fail(`${id} of ${provider} was made`),
        (error: { code: string }) =>
          assert.ok(['policy_violation', 'invalid_request', 'already_exists'].includes(error.code), error.code),
      );
    }
    assert.equal(evilCalls, 0);
  });

  test('a state that was never given, and an id nobody knows, lead nowhere', { skip }, async () => {
    const begun = await host.call('oauth.begin', { provider: 'google-gmail' });
    const calls = google.requests.length;
    assert.equal((await fetch(`${begun.redirectUri}?state=guess&code=x`)).status, 400);
    assert.equal((await host.call('oauth.status', { connection: begun.connection })).state, 'waiting');
    await host.call('oauth.cancel', { connection: begun.connection });
    await assert.rejects(fetch(`${begun.redirectUri}?state=guess&code=x`));
    await assert.rejects(host.call('oauth.status', { connection: begun.connection }), { code: 'not_found' });
    assert.equal(google.requests.length, calls);
  });

  test('a person who says no is told so, and nothing is stored', { skip }, async () => {
    const begun = await host.call('oauth.begin', { provider: 'google-gmail' });
    const state = new URL(begun.consentUrl).searchParams.get('state')!;
    await fetch(
      `${begun.redirectUri}?${new URLSearchParams({ state, error: 'access_denied', error_description: 'CANARY' })}`,
    );
    const now = await host.call('oauth.status', { connection: begun.connection });
    assert.equal(now.state, 'failed');
    assert.equal(now.error?.error, 'auth_failed');
    assert.ok(!JSON.stringify(now).includes('CANARY'));
  });

  test('what has no accounts or no client id says what is missing', { skip }, async () => {
    await assert.rejects(host.call('oauth.begin', { provider: 'stripe' }), { code: 'invalid_request' });
    await assert.rejects(host.call('oauth.begin', { provider: 'spotify' }), { code: 'invalid_request' });
    await assert.rejects(host.call('oauth.begin', { provider: 'nobody' }), { code: 'not_found' });
    await assert.rejects(host.call('oauth.begin', {}), { code: 'invalid_request' });
  });

  test('a Codex sign-in in its own spelling serves both of its ways in, with one refresh between them', {
    skip,
  }, async () => {
    google.forget();
    const stored = {
      access_token: 'old-0123456789',
      refresh_token: refreshToken,
      expires: Date.now() - 1000,
      account_id: 'acct-1',
      email: 'ada@example.com',
    };
    await host.call('secrets.create', { name: 'CODEX_OAUTH_JSON', value: JSON.stringify(stored) });
    const capabilities = ['openai/codex-responses', 'openai/codex-usage'];
    const { token } = await host.call('tokens.mint', { capabilities });
    const ask = (capability: string) =>
      fetch(`${host.baseUrl}/aivault/proxy`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ capability, request: {} }),
      });
    const answers = await Promise.all(capabilities.map(ask));
    assert.deepEqual(
      answers.map(({ status }) => status),
      [200, 200],
    );
    const refreshes = google.requests.filter((request) => request.header('host')[0] === 'auth.openai.com');
    assert.equal(refreshes.length, 1);
    const calls = google.requests.filter((request) => request.header('host')[0] === 'chatgpt.com');
    assert.deepEqual(
      calls.map((request) => [request.target.split('/')[1], request.header('chatgpt-account-id')[0]]),
      [
        ['backend-api', 'acct-1'],
        ['backend-api', 'acct-1'],
      ],
    );
  });

  test('a sign-in that is no JSON breaks its own calls and nobody else’s (G15)', { skip }, async () => {
    const { secrets } = await host.call('secrets.list', {});
    const codex = secrets.find(({ name }) => name === 'CODEX_OAUTH_JSON')!;
    await host.call('secrets.rotate', { secretId: codex.secretId, value: 'CANARY is no JSON' });
    const { token } = await host.call('tokens.mint', { capabilities: ['openai/codex-usage', 'google-gmail/labels'] });
    const authorization = `Bearer ${token}`;
    const broken = await fetch(`${host.baseUrl}/aivault/proxy`, {
      method: 'POST',
      headers: { authorization, 'content-type': 'application/json' },
      body: JSON.stringify({ capability: 'openai/codex-usage', request: {} }),
    });
    assert.equal(broken.headers.get('aivault-error'), 'auth_failed');
    assert.ok(!(await broken.text()).includes('CANARY'));
    const fine = await fetch(`${host.baseUrl}/v/google-gmail/gmail/v1/users/me/labels`, { headers: { authorization } });
    assert.equal(fine.status, 200);
    assert.ok((await host.call('credentials.list', {})).credentials.length > 1);
  });
});
