import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { type Fixture, startFixture } from './fixture.ts';
import { testToken } from './memory-ports.ts';

describe('envelopes', () => {
  let f: Fixture;
  before(async () => {
    f = await startFixture();
  });
  after(() => f.close());
  beforeEach(() => f.upstream.forget());

  const base = { method: 'GET', path: '/v1/users' };
  async function refused(text: string, code = 'invalid_request'): Promise<void> {
    const answer = await f.send(text);
    assert.equal(answer.refusal?.error, code, text);
    assert.deepEqual(answer.headers[0], ['aivault-error', code]);
    assert.equal(f.upstream.requests.length, 0);
  }
  const wrap = (request: string, more = '') => `{"capability":"p1/users","request":${request}${more}}`;

  it('E01 E02 refuses unknown keys on every level', async () => {
    await refused(wrap('{"path":"/v1/users"}', ',"extra":1'));
    await refused(wrap('{"path":"/v1/users","extra":1}'));
    await refused(wrap('{"path":"/v1/users","headers":[{"name":"a","value":"b","extra":1}]}'));
    await refused(wrap('{"path":"/v1/users","multipartFiles":[{"field":"a","path":"b","extra":1}]}'));
    await refused(wrap('{"path":"/v1/users","__proto__":{"method":"POST"}}'));
    await refused(wrap('{"path":"/v1/users"}', ',"constructor":1'));
  });
  it('E04 refuses duplicate keys, however they are spelled', async () => {
    await refused(wrap('{"path":"/v1/users","path":"/v1/users/2"}'));
    await refused(wrap('{"path":"/v1/users","p\\u0061th":"/v1/users/2"}'));
    await refused(wrap('{"path":"/v1/users"}', ',"capability":"p1/other"'));
    await refused(wrap('{"path":"/v1/users","headers":[{"name":"a","value":"b","name":"c"}]}'));
    const answer = await f.send(wrap('{"path":"/v1/users","method":"POST","body":"{\\"a\\":1,\\"a\\":2}"}'));
    assert.equal(answer.status, 200, 'what is inside the body is the upstream’s business');
  });
  it('E05 refuses a url, allows a null one', async () => {
    await refused(wrap('{"path":"/v1/users","url":"https://evil.test/"}'), 'policy_violation');
    await refused(wrap('{"path":"/v1/users","url":""}'), 'policy_violation');
    assert.equal((await f.send({ ...base, url: null })).status, 200);
  });
  it('E07 refuses a body that is not text, arrays for objects, and what is no JSON', async () => {
    await refused(wrap('{"path":"/v1/users","body":{"a":1}}'));
    await refused(wrap('{"path":"/v1/users","body":7}'));
    await refused(wrap('["GET","/v1/users"]'));
    await refused('["p1/users",{}]');
    await refused('not json');
    await refused('');
    await refused('{"capability":"p1/users"}');
    const bytes = Buffer.from(wrap('{"path":"/v1/users","body":"x"}')).map((byte) => (byte === 0x78 ? 0xff : byte));
    const answer = await f.pass({
      door: 'envelope',
      caller: { kind: 'bearer' },
      method: 'POST',
      target: '/aivault/proxy',
      headers: [
        ['authorization', 'Bearer avp_test-token-0000000000000000000000000000000'],
        ['content-type', 'application/json'],
      ],
      body: bytes,
    });
    assert.equal(answer.refusal?.error, 'invalid_request', 'not UTF-8');
  });
  it('A2 wants application/json', async () => {
    const answer = await f.pass({
      door: 'envelope',
      caller: { kind: 'bearer' },
      method: 'POST',
      target: '/aivault/proxy',
      headers: [
        ['authorization', 'Bearer avp_test-token-0000000000000000000000000000000'],
        ['content-type', 'text/plain'],
      ],
      body: Buffer.from(wrap('{"path":"/v1/users"}')),
    });
    assert.equal(answer.refusal?.error, 'invalid_request');
  });
  it('E08 allows one body only', async () => {
    await refused(wrap('{"path":"/v1/users","body":"x","multipart":{"a":"b"}}'), 'policy_violation');
    await refused(wrap('{"path":"/v1/users","body":"x","multipart":{}}'), 'policy_violation');
    await refused(wrap('{"path":"/v1/users","body":"x","bodyFilePath":"/etc/passwd"}'), 'policy_violation');
  });
  it('S26 never opens a file a caller names, and says what to do instead', async () => {
    for (const file of [
      '{"bodyFilePath":"/etc/passwd"}',
      '{"bodyFilePath":"/proc/self/fd/3"}',
      '{"multipartFiles":[{"field":"f","path":"/etc/passwd"}]}',
    ]) {
      const answer = await f.send(
        JSON.stringify({ capability: 'p1/users', request: { ...base, method: 'POST', ...JSON.parse(file) } }),
      );
      assert.equal(answer.refusal?.error, 'policy_violation');
      assert.match(answer.refusal?.hint ?? '', /multipart\/form-data/);
    }
    assert.equal(f.upstream.requests.length, 0);
    assert.equal((await f.send({ ...base, multipartFiles: [] })).status, 200, 'an empty list names no file');
  });
  it('E13 writes the boundary it really uses, whatever content-type the caller gave', async () => {
    await f.send({
      method: 'POST',
      path: '/v1/users',
      headers: [{ name: 'content-type', value: 'application/json' }],
      multipart: { a: '1', 'q"\r\nx: y': 'two\r\n' },
    });
    const seen = f.upstream.requests[0]!;
    const [type] = seen.header('content-type');
    const boundary = /^multipart\/form-data; boundary=(.+)$/.exec(type ?? '')?.[1];
    assert.ok(boundary !== undefined);
    assert.equal(seen.header('content-type').length, 1);
    const form = await new Response(new Uint8Array(seen.body), { headers: { 'content-type': type! } }).formData();
    assert.equal(form.get('a'), '1');
    assert.equal([...form.keys()].length, 2, 'a name cannot start a header');
  });
  it('E16 E17 holds the size limit of the capability', async () => {
    const policy = {
      rateLimitPerMinute: null,
      maxRequestBodyBytes: 3,
      maxResponseBodyBytes: null,
      responseBodyBlocklist: [],
      askOperator: false,
    };
    f.ports.addCapability({ id: 'p1/small', paths: ['/v1/small'], policy });
    f.ports.addToken('avp_small-token-0000000000000000', { capabilities: new Set(['p1/small']) });
    const send = (request: object) =>
      f.send(
        { method: 'POST', path: '/v1/small', ...request },
        { capability: 'p1/small', token: 'avp_small-token-0000000000000000' },
      );
    assert.equal((await send({ body: 'abc' })).status, 200);
    f.upstream.forget();
    assert.equal((await send({ body: 'abcd' })).status, 413);
    assert.equal((await send({ multipart: { a: '1234' } })).refusal?.error, 'too_large');
    assert.equal(f.upstream.requests.length, 0);
  });
  it('fills in the method and path that are left out', async () => {
    const send = (id: string, request: object) =>
      f.send(request, { capability: id, token: 'avp_defaults-token-000000000000000' });
    f.ports.addCapability({ id: 'd/post', provider: 'p1', methods: ['POST'], paths: ['/v1/post'] });
    f.ports.addCapability({
      id: 'd/both',
      provider: 'p1',
      methods: ['GET', 'POST', 'PUT'],
      paths: ['/v1/both/**', '/v1/both-of/{id}'],
    });
    f.ports.addCapability({ id: 'd/many', provider: 'p1', methods: ['GET'], paths: ['/v1/m1', '/v1/m2'] });
    f.ports.addToken('avp_defaults-token-000000000000000', { capabilities: new Set(['d/post', 'd/both', 'd/many']) });
    const last = () => `${f.upstream.requests.at(-1)!.method} ${f.upstream.requests.at(-1)!.target}`;
    await send('d/post', {});
    assert.equal(last(), 'POST /v1/post');
    await send('d/both', {});
    assert.equal(last(), 'GET /v1/both');
    await send('d/both', { body: 'x' });
    assert.equal(last(), 'POST /v1/both');
    const answer = await send('d/many', {});
    assert.equal(answer.refusal?.error, 'invalid_request');
    assert.match(answer.refusal?.hint ?? '', /\/v1\/m1, \/v1\/m2/);
  });
  it('finds an unknown capability before anything else that is wrong, and says what may be meant', async () => {
    const answer = await f.send({ path: 'no slash' }, { capability: 'p1/user' });
    assert.equal(answer.status, 404);
    assert.equal(answer.refusal?.error, 'capability_not_found');
    assert.match(answer.refusal?.hint ?? '', /p1\/users/);
  });
  it('adds no content-type of its own, E15', async () => {
    await f.send({ method: 'POST', path: '/v1/users', body: '{"a":1}' });
    assert.deepEqual(f.upstream.requests[0]?.header('content-type'), []);
    assert.equal(f.upstream.requests[0]?.body.toString(), '{"a":1}');
  });
  it('takes an envelope beside the body from an operator, never from a bearer', async () => {
    const incoming = {
      door: 'envelope',
      method: 'POST',
      target: '/invoke',
      headers: [],
      envelope: { capability: 'p1/users', request: { method: 'POST', path: '/v1/users' } },
      body: Buffer.from([0, 255, 10]),
    } as const;
    assert.equal((await f.pass({ ...incoming, caller: { kind: 'operator', via: 'cli' } })).status, 200);
    assert.deepEqual([...f.upstream.requests[0]!.body], [0, 255, 10]);
    assert.equal((await f.pass({ ...incoming, caller: { kind: 'bearer' } })).refusal?.error, 'operator_required');
  });
});

describe('an envelope as the first part of a form', () => {
  let f: Fixture;
  before(async () => {
    f = await startFixture();
  });
  after(() => f.close());
  beforeEach(() => f.upstream.forget());

  const boundary = 'XXboundaryXX';
  const part = (name: string, value: string, more = '') =>
    `--${boundary}\r\ncontent-disposition: form-data; name="${name}"${more}\r\n\r\n${value}\r\n`;
  const envelope = JSON.stringify({ capability: 'p1/users', request: { method: 'POST', path: '/v1/users/upload' } });
  async function* pieces(text: string, size: number) {
    const bytes = Buffer.from(text, 'latin1');
    for (let i = 0; i < bytes.length; i += size) yield bytes.subarray(i, i + size);
  }
  const form = (body: AsyncIterable<Uint8Array> | Uint8Array) =>
    f.pass({
      door: 'envelope',
      caller: { kind: 'bearer' },
      method: 'POST',
      target: '/aivault/proxy',
      headers: [
        ['authorization', `Bearer ${testToken}`],
        ['content-type', `multipart/form-data; boundary=${boundary}`],
      ],
      body,
    });

  it('passes the other parts on byte for byte, however they arrive', async () => {
    const rest = `${part('purpose', 'test')}${part('file', '\x00\x01binary\r\n--not the boundary', '; filename="a.bin"\r\ncontent-type: application/octet-stream')}--${boundary}--\r\n`;
    for (const size of [1, 7, 64, 10_000]) {
      f.upstream.forget();
      const answer = await form(pieces(part('envelope', envelope, '\r\ncontent-type: application/json') + rest, size));
      assert.equal(answer.status, 200, JSON.stringify(answer.refusal));
      const seen = f.upstream.requests[0]!;
      assert.equal(seen.body.toString('latin1'), rest);
      assert.deepEqual(seen.header('content-type'), [`multipart/form-data; boundary=${boundary}`]);
    }
    assert.equal((await form(Buffer.from(part('envelope', envelope) + rest))).status, 200, 'and whole');
  });
  it('takes a form that is an envelope and nothing else', async () => {
    assert.equal((await form(Buffer.from(`${part('envelope', envelope)}--${boundary}--`))).status, 200);
    assert.equal(f.upstream.requests[0]?.body.length, 0);
  });
  it('refuses another first part, a torn form, and a second body', async () => {
    const withBody = JSON.stringify({
      capability: 'p1/users',
      request: { method: 'POST', path: '/v1/users', body: 'x' },
    });
    for (const [text, code] of [
      [part('file', 'x') + part('envelope', envelope), 'invalid_request'],
      [part('envelope', 'no json') + part('file', 'x'), 'invalid_request'],
      [part('envelope', envelope).slice(0, -2), 'invalid_request'],
      ['', 'invalid_request'],
      [`${part('envelope', 'x'.repeat(300_000))}`, 'invalid_request'],
      [part('envelope', withBody) + part('file', 'x'), 'policy_violation'],
    ] as const) {
      assert.equal((await form(pieces(text, 1000))).refusal?.error, code);
    }
    assert.equal(f.upstream.requests.length, 0);
  });
});
