import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { after, before, beforeEach, describe, test } from 'node:test';
import { chromium } from 'playwright';
import { type Authority, createAuthority } from '../authority.ts';
import { type FakeUpstream, startFakeUpstream } from '../fake-upstream.ts';
import { missing } from '../needs.ts';
import { startTestHost, type TestHost } from '../test-host.ts';
import { consent, type IdentityProvider, issuer, startIdentityProvider } from './identity-provider.ts';

// OAuth against a real authorization server, through a real host: connect an account, use it, outlive its tokens.

const skip = missing('openssl');
const lifetimeSeconds = 4;
const wait = (seconds: number) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));
/** Past half of its life a short-lived token is refreshed ahead. */
const untilRefreshed = lifetimeSeconds / 2 + 0.2;
let authority: Authority;
let identity: IdentityProvider;
let api: FakeUpstream;
let host: TestHost;
let token: string;

const bearerOf = (request: { header(name: string): readonly string[] }) => request.header('authorization')[0]!.slice(7);

describe('OAuth against a real authorization server', () => {
  before(async () => {
    if (skip !== false) return;
    authority = createAuthority();
    identity = await startIdentityProvider(authority, lifetimeSeconds);
    api = await startFakeUpstream({ authority, names: ['api.test'] });
    host = await startTestHost({
      environment: {
        AIVAULT_DEV_RESOLVE: `api.test=127.0.0.1:${api.port},id.test=127.0.0.1:${identity.port}`,
        AIVAULT_DEV_CA_CERT_PATH: authority.certPath,
      },
    });
    await account(
      'public',
      { clientId: 'public-app', note: 'kept' },
      { grant: 'refresh_token', scopes: ['openid', 'offline_access'] },
    );
    await account(
      'machine',
      { clientId: 'secret-app', clientSecret: 'CANARY-client-secret-0123456789abcdef' },
      { grant: 'client_credentials' },
    );
    await account(
      'confidential',
      { clientId: 'secret-app', clientSecret: 'CANARY-client-secret-0123456789abcdef' },
      { grant: 'refresh_token', scopes: ['openid', 'offline_access'] },
    );
    const capabilities = ['public-api/all', 'machine-api/all', 'confidential-api/all'];
    ({ token } = await host.call('tokens.mint', { capabilities }));
  });

  after(async () => {
    await host?.close();
    await api?.close();
    await identity?.close();
    authority?.close();
  });

  beforeEach(() => {
    if (skip !== false) return;
    api.forget();
    identity.tokenCalls.length = 0;
    // A resource server as they are: a token it does not know is 401.
    api.behave(async (request, response) => {
      const good = await identity.knows(bearerOf(request));
      response.writeHead(good ? 200 : 401, { 'content-type': 'application/json', 'x-request-id': bearerOf(request) });
      response.end(JSON.stringify({ good, authorization: request.header('authorization') }));
    });
  });

  async function account(
    name: string,
    stored: object,
    auth: { grant: 'refresh_token' | 'client_credentials'; scopes?: string[] },
  ) {
    const { secret } = await host.call('secrets.create', { name: `${name}-account`, value: JSON.stringify(stored) });
    await host.call('credentials.create', {
      id: name,
      provider: `${name}-api`,
      secretRef: `vault:secret:${secret.secretId}`,
      auth: {
        kind: 'oauth2',
        tokenEndpoint: `${issuer}/token`,
        authorizationEndpoint: `${issuer}/auth`,
        authorizationParameters: { prompt: 'consent' },
        ...auth,
      },
      hosts: ['api.test', 'id.test'],
    });
    await host.call('capabilities.create', {
      id: `${name}-api/all`,
      provider: `${name}-api`,
      hosts: ['api.test'],
      methods: ['GET', 'POST'],
      paths: ['/**'],
    });
  }

  async function use(
    name: string,
    init: RequestInit & { duplex?: 'half' } = {},
  ): Promise<{ status: number; text: string; code: string | null }> {
    const answer = await fetch(`${host.baseUrl}/v/${name}/things`, {
      ...init,
      headers: { authorization: `Bearer ${token}`, ...init.headers },
    });
    const text = await answer.text();
    return {
      status: answer.status,
      text: text + JSON.stringify([...answer.headers]),
      code: answer.headers.get('aivault-error'),
    };
  }

  async function connected(connection: string): Promise<void> {
    for (let tries = 0; tries < 100; tries += 1) {
      const now = await host.call('oauth.status', { connection });
      if (now.state === 'connected') return;
      if (now.state === 'failed') throw new Error(now.error?.message);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    throw new Error('not connected in time');
  }

  test('before an account is connected its use is refused, and nothing is sent', { skip }, async () => {
    const { status, code } = await use('public');
    assert.equal(status, 502);
    assert.equal(code, 'auth_failed');
    assert.equal(api.requests.length, 0);
  });

  test('an account is connected by PKCE, state and a one-time loopback redirect; its token works', {
    skip,
  }, async () => {
    const { connection, consentUrl, redirectUri } = await host.call('oauth.begin', { credential: 'public' });
    const asked = new URL(consentUrl).searchParams;
    assert.equal(asked.get('code_challenge_method'), 'S256');
    assert.match(redirectUri, /^http:\/\/127\.0\.0\.1:\d+\/callback$/);
    assert.equal((await host.call('oauth.status', { connection })).state, 'waiting');
    const back = await consent(identity, authority, consentUrl);
    assert.ok(back.startsWith(`${redirectUri}?`));

    const forged = new URL(back);
    forged.searchParams.set('state', 'A'.repeat(43));
    assert.equal((await fetch(forged)).status, 400);
    assert.equal((await fetch(back)).status, 200);
    await assert.rejects(fetch(back), 'the port is gone after one answer');
    await connected(connection);
    assert.deepEqual(identity.tokenCalls, [{ grant: 'authorization_code', status: 200, basic: false }]);

    const { status, text } = await use('public');
    assert.equal(status, 200);
    assert.ok(!text.includes(bearerOf(api.requests[0]!)), 'the token is redacted from body and headers');
    const calls = identity.tokenCalls.length;
    assert.equal((await use('public')).status, 200);
    assert.equal(identity.tokenCalls.length, calls, 'the next use asks for no token');
  });

  test('ten uses at once after the token has run out make one refresh, with the rotated refresh token each time', {
    skip,
  }, async () => {
    for (const round of [1, 2]) {
      await wait(untilRefreshed);
      identity.tokenCalls.length = 0;
      api.forget();
      const answers = await Promise.all(Array.from({ length: 10 }, () => use('public')));
      assert.deepEqual(
        answers.map(({ status }) => status),
        Array.from({ length: 10 }, () => 200),
        `round ${round}`,
      );
      assert.deepEqual(identity.tokenCalls, [{ grant: 'refresh_token', status: 200, basic: false }]);
      assert.equal(new Set(api.requests.map(bearerOf)).size, 1);
    }
  });

  test('a token the upstream no longer knows is refreshed once and the request sent again', { skip }, async () => {
    await use('public');
    await identity.revoke(bearerOf(api.requests[0]!));
    api.forget();
    const { status, text } = await use('public', { method: 'POST', body: 'twice if it must be' });
    assert.equal(status, 200);
    assert.equal(api.requests.length, 2);
    assert.deepEqual(
      api.requests.map(({ body }) => body.toString()),
      ['twice if it must be', 'twice if it must be'],
    );
    for (const request of api.requests) assert.ok(!text.includes(bearerOf(request)), 'both tokens are redacted');
  });

  test('an upstream that always answers 401 is asked twice and its 401 returned (A13)', { skip }, async () => {
    api.behave((_request, response) => {
      response.writeHead(401, { 'content-type': 'text/plain' });
      response.end('never');
    });
    const { status, code } = await use('public');
    assert.equal(status, 401);
    assert.equal(code, null);
    assert.equal(api.requests.length, 2);
  });

  test('a body that cannot be sent again means one upstream call, whatever it answers (A13)', { skip }, async () => {
    api.behave((_request, response) => {
      response.writeHead(401);
      response.end();
    });
    const body = new ReadableStream({
      async start(controller) {
        for (let part = 0; part < 40; part += 1) {
          controller.enqueue(new Uint8Array(64 * 1024));
          await new Promise((resolve) => setTimeout(resolve, 1));
        }
        controller.close();
      },
    });
    const { status } = await use('public', { method: 'POST', body, duplex: 'half' });
    assert.equal(status, 401);
    assert.equal(api.requests.length, 1);
  });

  test('the CLI and a real browser connect an account as a person would', {
    skip: skip || missing('chromium'),
  }, async () => {
    const program = new URL('../../main/cli/aivault.ts', import.meta.url).pathname;
    const child = spawn(process.execPath, [program, 'oauth', 'connect', '--credential', 'public', '--no-open'], {
      env: { PATH: process.env.PATH, HOME: host.folder, AIVAULT_DIR: host.folder },
    });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said += String(chunk)));
    const ended = once(child, 'exit');
    while (!/https:\S+/.test(said)) await wait(0.05);
    const browser = await chromium.launch({
      executablePath: '/usr/bin/chromium',
      args: [
        `--host-resolver-rules=MAP id.test 127.0.0.1:${identity.port}`,
        '--ignore-certificate-errors',
        '--no-sandbox',
      ],
    });
    try {
      const page = await browser.newPage({ ignoreHTTPSErrors: true });
      await page.goto(/https:\S+/.exec(said)![0]);
      await page.fill('input[name=login]', 'ada');
      await page.fill('input[name=password]', 'x');
      await page.click('button[type=submit]');
      await page.click('button[type=submit]');
      await page.waitForURL(/127\.0\.0\.1:\d+\/callback/);
      assert.match(await page.innerText('body'), /You can close this window/);
    } finally {
      await browser.close();
    }
    const [code] = (await ended) as [number];
    assert.equal(code, 0, said);
    assert.match(said, /Account connected/);
    assert.equal((await use('public')).status, 200);
  });

  test('client_credentials uses Basic and is asked once for many uses', { skip }, async () => {
    const answers = await Promise.all([use('machine'), use('machine'), use('machine')]);
    assert.deepEqual(
      answers.map(({ status }) => status),
      [200, 200, 200],
    );
    assert.deepEqual(identity.tokenCalls, [{ grant: 'client_credentials', status: 200, basic: true }]);
  });

  test('a confidential client is connected, refreshed with Basic, and its rotated refresh token used the next time', {
    skip,
  }, async () => {
    const { connection, consentUrl } = await host.call('oauth.begin', { credential: 'confidential' });
    assert.equal((await fetch(await consent(identity, authority, consentUrl))).status, 200);
    await connected(connection);
    for (let round = 0; round < 2; round += 1) {
      await wait(untilRefreshed);
      const { status, text } = await use('confidential');
      assert.equal(status, 200);
      assert.ok(!text.includes('CANARY'));
    }
    const refreshed = { grant: 'refresh_token', status: 200, basic: true };
    assert.deepEqual(identity.tokenCalls, [{ ...refreshed, grant: 'authorization_code' }, refreshed, refreshed]);
  });

  test('tokens outlive a killed host: what was rotated is what is used next', { skip }, async () => {
    await use('public');
    await host.kill9();
    const environment = {
      AIVAULT_DEV_RESOLVE: `api.test=127.0.0.1:${api.port},id.test=127.0.0.1:${identity.port}`,
      AIVAULT_DEV_CA_CERT_PATH: authority.certPath,
    };
    host = await startTestHost({ folder: host.folder, environment });
    await wait(untilRefreshed);
    assert.equal((await use('public')).status, 200);
  });

  test('a grant that was revoked says so in our words and calls no upstream (A11, S31)', { skip }, async () => {
    await identity.revokeGrants();
    await wait(lifetimeSeconds + 0.2);
    const { status, code, text } = await use('public');
    assert.equal(status, 502);
    assert.equal(code, 'auth_failed');
    assert.match(text, /invalid_grant/);
    assert.equal(api.requests.length, 0);
  });
});
