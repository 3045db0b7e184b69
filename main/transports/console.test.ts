import assert from 'node:assert/strict';
import http from 'node:http';
import { afterEach, beforeEach, describe, test } from 'node:test';
import type { Asker } from '#contract/call.ts';
import { collect } from './body-bytes.ts';
import { type Console, openConsole } from './console.ts';

describe('the browser console', () => {
  let opened: Console;
  let state: string;
  let clock: number;
  let issued = 0;
  const asked: { name: string; asker: Asker }[] = [];

  beforeEach(async () => {
    state = 'unlocked';
    clock = 1_000;
    asked.length = 0;
    opened = await openConsole({
      dispatch: async (name, _input, asker) => {
        if (name === 'vault.status') return { ok: true, value: { state } };
        asked.push({ name, asker });
        return { ok: true, value: {} };
      },
      onEvent: () => () => {},
      pages: async (pathname) => ({
        status: pathname === '/' ? 200 : 404,
        headers: { 'content-type': 'text/html' },
        body: Buffer.from('page'),
      }),
      now: () => clock,
      randomToken: () => `token-${++issued}`,
      lookEveryMs: 10,
    });
  });
  afterEach(() => opened.close());

  interface Sent {
    readonly status: number;
    readonly headers: http.IncomingHttpHeaders;
    readonly text: string;
  }
  function send(
    method: string,
    path: string,
    headers: Record<string, string | string[]>,
    body?: unknown,
  ): Promise<Sent> {
    return new Promise((resolve, reject) => {
      const { port, host } = new URL(opened.baseUrl);
      const request = http.request(
        { agent: false, host: '127.0.0.1', port, method, path, headers: { host, ...headers } },
        async (response) =>
          resolve({
            status: response.statusCode!,
            headers: response.headers,
            text: Buffer.from(await collect(response)).toString(),
          }),
      );
      request.once('error', reject).end(body === undefined ? undefined : JSON.stringify(body));
    });
  }
  const own = () => ({ origin: opened.baseUrl, 'content-type': 'application/json', 'sec-fetch-site': 'same-origin' });
  const ask = (session: string, name = 'secrets.list', presence?: unknown) =>
    send(
      'POST',
      `/call/${name}`,
      { ...own(), 'aivault-session': session },
      presence === undefined ? { input: {} } : { input: {}, presence },
    );
  async function login(): Promise<string> {
    const answer = await send('POST', '/session', own(), { code: opened.mintCode() });
    return JSON.parse(answer.text).session;
  }

  test('a one-time code buys a session, once', async () => {
    const code = opened.mintCode();
    const first = await send('POST', '/session', own(), { code });
    const { session } = JSON.parse(first.text);
    assert.equal((await ask(session)).status, 200);
    assert.deepEqual(asked[0], { name: 'secrets.list', asker: { actor: { kind: 'operator', via: 'console' } } });
    assert.equal((await send('POST', '/session', own(), { code })).status, 401);
    assert.equal(first.headers['set-cookie'], undefined);
  });

  test('a code that is two minutes old buys nothing', async () => {
    const code = opened.mintCode();
    clock += 2 * 60_000 + 1;
    assert.equal((await send('POST', '/session', own(), { code })).status, 401);
  });

  test('without a session, or with a dead one, nothing is asked', async () => {
    assert.equal((await ask('token-0')).status, 401);
    assert.equal((await send('POST', '/call/secrets.list', own(), { input: {} })).status, 401);
    assert.equal((await send('GET', '/events', {})).status, 401);
    assert.equal(asked.length, 0);
  });

  test('A1, A2: another Host, another page or a form is refused even with a session', async () => {
    const session = await login();
    const question = { input: {} };
    const refusals: [number, Record<string, string>][] = [
      [421, { ...own(), host: 'rebind.test' }],
      [421, { ...own(), host: `localhost:${new URL(opened.baseUrl).port}` }],
      [403, { ...own(), origin: 'https://evil.test' }],
      [403, { ...own(), origin: 'null' }],
      [403, { ...own(), origin: 'http://127.0.0.1:1' }],
      [403, { ...own(), 'sec-fetch-site': 'cross-site' }],
      [403, { ...own(), 'sec-fetch-site': 'same-site' }],
    ];
    for (const [status, headers] of refusals) {
      const answer = await send('POST', '/call/secrets.list', { ...headers, 'aivault-session': session }, question);
      assert.equal(answer.status, status, JSON.stringify(headers));
      assert.equal(answer.text, '');
    }
    const { origin: _, ...noOrigin } = own();
    assert.equal(
      (await send('POST', '/call/secrets.list', { ...noOrigin, 'aivault-session': session }, question)).status,
      403,
    );
    const form = await send(
      'POST',
      '/call/secrets.list',
      { ...own(), 'content-type': 'text/plain', 'aivault-session': session },
      question,
    );
    assert.match(form.text, /invalid_request/);
    assert.equal(asked.length, 0);
  });

  test('a page of another origin can lead here but cannot embed or fetch anything', async () => {
    const navigate = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };
    assert.equal((await send('GET', '/', navigate)).status, 200);
    assert.equal((await send('GET', '/', { ...navigate, 'sec-fetch-dest': 'iframe' })).status, 403);
    assert.equal(
      (
        await send('GET', '/', {
          'sec-fetch-site': 'cross-site',
          'sec-fetch-mode': 'no-cors',
          'sec-fetch-dest': 'script',
        })
      ).status,
      403,
    );
  });

  test('locked, a session may ask for the unlock screen and nothing else', async () => {
    const session = await login();
    for (const closed of ['locked', 'missing', 'rolled_back']) {
      state = closed;
      for (const name of ['secrets.list', 'backup.restore', 'host.shutdown', 'console.open', 'providers.list']) {
        assert.match((await ask(session, name)).text, /vault_locked/, `${closed}: ${name}`);
      }
      assert.match((await ask(session, 'vault.unlock')).text, /"ok":true/);
    }
    state = 'unlocked';
    assert.match((await ask(session)).text, /"ok":true/);
  });

  test('H2: only a passphrase counts as presence', async () => {
    const session = await login();
    await ask(session, 'secrets.list', { confirmed: true, passphrase: 'p' });
    assert.deepEqual(asked.at(-1)!.asker.presence, { passphrase: 'p' });
  });

  test('what does not read is invalid_request and the console goes on', async () => {
    const session = await login();
    const headers = { ...own(), 'aivault-session': session };
    assert.match((await send('POST', '/call/secrets.list', headers, 'x')).text, /invalid_request/);
    assert.equal((await send('POST', '/session', own(), [])).status, 401);
    assert.equal((await ask(session)).status, 200);
  });

  test('I6: who has no session is not listened to for long, and cannot fill the memory', async () => {
    const { port, host } = new URL(opened.baseUrl);
    const request = http.request({ agent: false, host: '127.0.0.1', port, method: 'POST', path: '/session' });
    const ended = new Promise<string>((resolve) => {
      request.once('response', () => resolve('answered')).once('error', () => resolve('hung up on'));
      setTimeout(() => resolve('listened to'), 1_000).unref();
    });
    for (const [name, value] of Object.entries({ ...own(), host })) request.setHeader(name, value);
    request.write(Buffer.alloc(256 * 1024, ' '));
    assert.notEqual(await ended, 'listened to');
    request.destroy();
  });

  test('it ends when nobody has used it for 15 minutes, and not a millisecond before', async () => {
    const session = await login();
    const aWhile = () => new Promise((resolve) => setTimeout(resolve, 60));
    for (const _ of [1, 2]) {
      clock += 15 * 60_000 - 1;
      await aWhile();
      assert.equal((await ask(session)).status, 200, 'a question begins the time anew');
    }
    clock += 15 * 60_000;
    await opened.ended;
    await assert.rejects(ask(session), { code: 'ECONNREFUSED' });
  });
});
