import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { type Fixture, secret, startFixture } from './fixture.ts';
import { passThroughIncoming, testToken } from './memory-ports.ts';

describe('headers, methods and queries on their way up', () => {
  let f: Fixture;
  before(async () => {
    f = await startFixture();
    f.ports.addCapability({ id: 'q1/users', provider: 'q1' });
    f.ports.addCredential(
      { id: 'q1', provider: 'q1', auth: { kind: 'query', name: 'key', template: '{{secret}}' } },
      { secret },
    );
    f.ports.addCapability({ id: 'mq/users', provider: 'mq' });
    f.ports.addCredential(
      {
        id: 'mq',
        provider: 'mq',
        auth: {
          kind: 'multi-query',
          params: [
            { name: 'key', template: '{{key}}' },
            { name: 'token', template: '{{token}}' },
          ],
        },
      },
      { key: 'mq-key-000000', token: 'mq-token-000000' },
    );
    f.ports.addCapability({ id: 'hk/users', provider: 'hk' });
    f.ports.addCredential(
      { id: 'hk', provider: 'hk', auth: { kind: 'header', name: 'x-key', template: '{{secret}}' } },
      { secret },
    );
    f.ports.addToken(testToken, { capabilities: new Set(['p1/users', 'q1/users', 'mq/users', 'hk/users']) });
  });
  after(() => f.close());
  beforeEach(() => f.upstream.forget());

  const get = (headers: Record<string, string> | { name: string; value: string }[], capability = 'p1/users') =>
    f.send(
      {
        method: 'GET',
        path: '/v1/users',
        headers: Array.isArray(headers) ? headers : Object.entries(headers).map(([name, value]) => ({ name, value })),
      },
      { capability },
    );
  const seen = () => f.upstream.requests.at(-1)!;

  it('H01 refuses auth headers in every spelling', async () => {
    for (const name of [
      'Authorization',
      ' AUTHORIZATION ',
      'Proxy-Authorization',
      '\u00a0authorization',
      'authorization\u00a0',
      'Cookie',
      'X-Api-Key',
    ]) {
      assert.equal((await get({ [name]: 'Bearer mine' })).refusal?.error, 'policy_violation', name);
    }
    assert.equal(f.upstream.requests.length, 0);
  });
  it('H02 refuses the header the strategy manages, in any case', async () => {
    for (const name of ['x-key', 'X-KEY', 'x_key'])
      assert.equal((await get({ [name]: 'mine' }, 'hk/users')).refusal?.error, 'policy_violation');
    assert.equal((await get({ 'x-key': 'mine' })).status, 200, 'elsewhere it is only an unknown header');
    assert.deepEqual(seen().header('x-key'), []);
  });
  it('H04 drops hop-by-hop and framing headers, duplicates too', async () => {
    const names = [
      'Host',
      'Connection',
      'Keep-Alive',
      'TE',
      'Trailer',
      'Transfer-Encoding',
      'Upgrade',
      'Content-Length',
      'Sec-WebSocket-Key',
      'Expect',
      'Proxy-Connection',
    ];
    const pairs = names.flatMap((name) => [
      { name, value: 'evil' },
      { name, value: 'evil2' },
    ]);
    assert.equal((await get(pairs)).status, 200);
    assert.deepEqual(seen().header('host'), ['up.test']);
    assert.ok(!f.upstream.raw.at(-1)!.toString('latin1').includes('evil'));
  });
  it('H05 drops override and forwarding headers', async () => {
    const names = [
      'x-http-method-override',
      'x-http-method',
      'x-method-override',
      'x-original-url',
      'x-rewrite-url',
      'x-forwarded-for',
      'x-forwarded-host',
      'forwarded',
      'via',
      'x-real-ip',
      'sec-fetch-mode',
      'origin',
      'referer',
    ];
    assert.equal((await get(Object.fromEntries(names.map((name) => [name, 'DELETE'])))).status, 200);
    for (const name of names) assert.deepEqual(seen().header(name), [], name);
    for (const q of [
      '_method=DELETE',
      '%5fmethod=DELETE',
      '.method=DELETE',
      '%255fmethod=DELETE',
      'X-HTTP-Method-Override=PUT',
    ]) {
      assert.equal((await f.send({ method: 'GET', path: `/v1/users?${q}` })).refusal?.error, 'policy_violation', q);
    }
  });
  it('H05 H08 nor their look-alikes, where a credential lets a whole family of names through', async () => {
    f.ports.addCapability({ id: 'wide/users', provider: 'wide' });
    f.ports.addCredential(
      { id: 'wide', provider: 'wide', requestHeaders: ['x-http-*', 'x-forwarded-*', 'x-original-*', 'content-*'] },
      { secret },
    );
    f.ports.addToken('avp_wide-token-00000000000000000', { capabilities: new Set(['wide/users']) });
    const names = [
      'x-http-method_override',
      'x-http-method-override_',
      'x-original_url',
      'x-original-url-',
      'content-length_',
    ];
    const headers = [...names, 'x-http-other'].map((name) => ({ name, value: 'DELETE' }));
    const options = { capability: 'wide/users', token: 'avp_wide-token-00000000000000000' };
    assert.equal((await f.send({ method: 'GET', path: '/v1/users', headers }, options)).status, 200);
    for (const name of names) assert.deepEqual(seen().header(name), [], name);
    assert.deepEqual(seen().header('x-http-other'), ['DELETE'], 'the list counts otherwise');
  });
  it('C6 refuses forms that would override the method, and sends nothing', async () => {
    const before = f.upstream.requests.length;
    const headers = [{ name: 'content-type', value: 'application/x-www-form-urlencoded' }];
    for (const request of [
      { multipart: { _method: 'DELETE' } },
      { headers, body: 'a=1&_method=DELETE' },
      { headers, body: '%5fmethod=PUT' },
      { headers: [{ name: 'content-type', value: 'application/json' }], body: '{"_method":"DELETE"}' },
    ]) {
      const answer = await f.send({ method: 'POST', path: '/v1/users', ...request });
      assert.equal(answer.refusal?.error, 'policy_violation', JSON.stringify(request));
    }
    assert.equal(f.upstream.requests.length, before);
    assert.equal((await f.send({ method: 'POST', path: '/v1/users', headers, body: 'a=_method' })).status, 200);
  });
  it('H07 refuses CR, LF and NUL in a value', async () => {
    for (const value of ['a\r\nx: y', 'a\nb', 'a\0b', 'a\rb', 'naïve \u2603']) {
      assert.equal((await get({ accept: value })).refusal?.error, 'invalid_request');
    }
    assert.equal((await get({ 'bad name': 'x' })).refusal?.error, 'invalid_request');
    assert.equal(f.upstream.requests.length, 0);
  });
  it('H08 refuses look-alikes, so the real header stays the broker’s', async () => {
    for (const name of ['authorization_', 'authorization-', '_authorization', 'proxy_authorization', 'x_api_key']) {
      assert.equal((await get({ [name]: 'mine' })).refusal?.error, 'policy_violation', name);
    }
    await get({ accept: 'text/plain' });
    assert.deepEqual(seen().header('authorization'), [`Bearer ${secret}`]);
  });
  it('forwards what is listed, drops what is not, refuses a listed one twice', async () => {
    await get({ Accept: 'application/json', 'X-Unknown': '1', 'Idempotency-Key': 'k1', 'User-Agent': 'sdk/1' });
    assert.deepEqual(seen().header('accept'), ['application/json']);
    assert.deepEqual(seen().header('idempotency-key'), ['k1']);
    assert.deepEqual(seen().header('user-agent'), ['sdk/1']);
    assert.deepEqual(seen().header('x-unknown'), []);
    await get({});
    assert.deepEqual(seen().header('user-agent'), ['aivault'], 'GitHub answers 403 to a request without one');
    assert.equal(
      (
        await get([
          { name: 'accept', value: 'a' },
          { name: 'Accept', value: 'b' },
        ])
      ).refusal?.error,
      'policy_violation',
    );
  });
  it('D3 drops headers that Connection names, and never lets it take ours', async () => {
    await get([
      { name: 'connection', value: 'authorization, accept' },
      { name: 'accept', value: 'x/y' },
    ]);
    assert.deepEqual(seen().header('accept'), []);
    assert.deepEqual(seen().header('authorization'), [`Bearer ${secret}`]);
  });
  it('limits accept-encoding to what it can unpack', async () => {
    await get({ 'accept-encoding': 'gzip, compress, br;q=0.5, zstd, dcb, *' });
    assert.deepEqual(seen().header('accept-encoding'), ['gzip, br;q=0.5, zstd']);
    await get({ 'accept-encoding': 'gzip', range: 'bytes=0-9' });
    assert.deepEqual(seen().header('accept-encoding'), [], 'a range of packed bytes cannot be unpacked');
  });

  it('H10 refuses the broker’s query parameter in every spelling', async () => {
    for (const q of [
      'key=1',
      'k%65y=1',
      '+key=1',
      'KEY=1',
      'key',
      'key[]=1',
      'key[0]=1',
      'a=1;key=2',
      '%20key%20=1',
      'a=1&&kEy',
      'key%00=1',
      'k%2565y=1',
    ]) {
      assert.equal(
        (await f.send({ method: 'GET', path: `/v1/users?${q}` }, { capability: 'q1/users' })).refusal?.error,
        'policy_violation',
        q,
      );
    }
    assert.equal(f.upstream.requests.length, 0);
    assert.equal((await f.send({ method: 'GET', path: '/v1/users?monkey=1' }, { capability: 'q1/users' })).status, 200);
    assert.equal(seen().target, `/v1/users?monkey=1&key=${secret}`);
  });
  it('H11 refuses any one of several managed parameters', async () => {
    for (const q of ['key=1', 'token=1']) {
      assert.equal(
        (await f.send({ method: 'GET', path: `/v1/users?${q}` }, { capability: 'mq/users' })).refusal?.error,
        'policy_violation',
      );
    }
  });
  it('H16 normalises the method, H17 refuses the rest', async () => {
    for (const method of ['get', ' GET ']) assert.equal((await f.send({ method, path: '/v1/users' })).status, 200);
    for (const method of ['DELETE', 'CONNECT', 'TRACE', 'PURGE']) {
      assert.equal((await f.send({ method, path: '/v1/users' })).refusal?.error, 'policy_violation', method);
    }
    assert.equal((await f.send({ method: 'GET\r\nX', path: '/v1/users' })).refusal?.error, 'invalid_request');
  });
});

describe('the token, in whatever slot an SDK uses', () => {
  let f: Fixture;
  before(async () => {
    f = await startFixture();
    f.ports.addCapability({ id: 'tg/get-me', provider: 'tg', paths: ['/getMe'] });
    f.ports.addCredential(
      { id: 'tg', provider: 'tg', auth: { kind: 'path', prefix: '/bot{{secret}}' } },
      { secret: '123:ABC-secret' },
    );
    f.ports.addToken(testToken, { capabilities: new Set(['p1/users', 'tg/get-me']) });
    f.ports.addToken('avp_another-token-00000000000000', {});
  });
  after(() => f.close());
  beforeEach(() => f.upstream.forget());

  const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;
  const through = (headers: [string, string][], target = '/v/c1/v1/users') =>
    f.pass(passThroughIncoming('GET', target, headers));

  it('takes it from every slot and strips it everywhere', async () => {
    const slots: [string, string][][] = [
      [['Authorization', `Bearer ${testToken}`]],
      [['authorization', `Bot ${testToken}`]],
      [['authorization', `Token token="${testToken}"`]],
      [['authorization', testToken]],
      [['authorization', basic(`${testToken}:`)]],
      [['authorization', basic(`AC123:${testToken}`)]],
      [
        [
          'authorization',
          `AWS4-HMAC-SHA256 Credential=${testToken}/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=00`,
        ],
      ],
      [['x-api-key', testToken]],
      [['X-Goog-Api-Key', testToken]],
      [
        ['x-api-key', testToken],
        ['authorization', `Bearer ${testToken}`],
      ],
    ];
    for (const headers of slots) {
      f.upstream.forget();
      assert.equal((await through(headers)).status, 200, headers[0]![1]);
      assert.ok(!f.upstream.raw.some((bytes) => bytes.includes('avp_')), 'the token does not travel');
      assert.deepEqual(f.upstream.requests[0]?.header('authorization'), [`Bearer ${secret}`]);
    }
    assert.equal((await through([], `/v/c1/v1/users?a=1&key=${testToken}`)).status, 200);
    assert.equal(f.upstream.requests.at(-1)?.target, '/v1/users?a=1');
    assert.equal((await through([], `/v/tg/bot${testToken}/getMe`)).status, 200);
    assert.equal(f.upstream.requests.at(-1)?.target, '/bot123:ABC-secret/getMe');
    assert.ok(!JSON.stringify(f.ports.written).includes('avp_'), 'nor is it written down');
  });
  it('refuses none, a dead one, two, or one beside another auth value', async () => {
    assert.equal((await through([])).status, 401);
    assert.equal((await through([['authorization', 'Bearer sk-live-something']])).refusal?.error, 'token_invalid');
    assert.equal(
      (await through([['authorization', 'Bearer avp_unknown-0000000000000000000']])).refusal?.error,
      'token_invalid',
    );
    const mine: [string, string] = ['authorization', `Bearer ${testToken}`];
    assert.equal(
      (await through([mine, ['x-api-key', 'avp_another-token-00000000000000']])).refusal?.error,
      'policy_violation',
    );
    assert.equal((await through([mine, ['x-api-key', 'sk-live']])).refusal?.error, 'policy_violation');
    assert.equal((await through([mine, ['cookie', 'session=1']])).refusal?.error, 'policy_violation');
    assert.equal((await through([mine, ['user-agent', `x ${testToken}`]])).refusal?.error, 'policy_violation');
    assert.equal(f.upstream.requests.length, 0);
  });
  it('S53 wants it in the authorization header of an envelope, nowhere else', async () => {
    const bare = {
      door: 'envelope',
      caller: { kind: 'bearer' },
      method: 'POST',
      target: `/aivault/proxy?token=${testToken}`,
      headers: [
        ['content-type', 'application/json'],
        ['x-api-key', testToken],
      ],
      body: Buffer.from('{}'),
    } as const;
    assert.equal((await f.pass(bare)).refusal?.error, 'token_invalid');
  });
  it('S37 S38 only narrows: another credential or capability than the token’s is refused', async () => {
    f.ports.addCredential({ id: 'c2' }, { secret: 'another-secret' });
    f.ports.addCapability({ id: 'p1/other', paths: ['/v1/other'] });
    f.ports.addToken('avp_pinned-token-0000000000000000', { credential: 'c1' });
    const pinned = { token: 'avp_pinned-token-0000000000000000' };
    const request = { method: 'GET', path: '/v1/users' };
    assert.equal((await f.send(request, { ...pinned, more: { credential: 'c2' } })).refusal?.error, 'policy_violation');
    assert.equal((await f.send(request, { ...pinned, more: { credential: 'c1' } })).status, 200);
    assert.equal((await f.send(request, pinned)).status, 200);
    assert.equal((await f.send(request)).refusal?.error, 'credential_ambiguous', 'C08');
    assert.equal(
      (await f.send({ method: 'GET', path: '/v1/other' }, { capability: 'p1/other' })).refusal?.error,
      'policy_violation',
    );
    assert.equal((await f.pass(passThroughIncoming('GET', '/v/p1/v1/other'))).refusal?.error, 'policy_violation');
    f.ports.credentials.delete('c2');
  });
});
