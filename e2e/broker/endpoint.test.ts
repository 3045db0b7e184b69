import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { type HostFixture, hostSecret, startHostFixture } from './host-fixture.ts';
import { exchangeRaw } from './raw-http.ts';

// Conformance rows through the endpoint of a real host: HTTP in, TLS upstream out.

interface Row {
  readonly id: string;
  /** The request half of an envelope, or the whole envelope as text. */
  readonly request: object | string;
  /** The codes it may be refused with; null: it is answered. */
  readonly refused: readonly string[] | null;
  readonly status?: number;
}

const policy = ['policy_violation'];
const invalid = ['invalid_request'];
const either = [...policy, ...invalid];
const get = (path: string, more: object = {}) => ({ method: 'GET', path, ...more });
const header = (name: string, value = 'x') => get('/v1/users', { headers: [{ name, value }] });
const envelope = (request: string, more = '') => `{"capability":"p1/users","request":${request}${more}}`;

const rows: Row[] = [
  ...['/v1/users/..\\..\\..\\admin'].map((path) => ({ id: 'S01', request: get(path), refused: policy })),
  { id: 'S02', request: get('/v1/users/.\t./.\t./admin'), refused: policy },
  ...['/v1/users/%2e%2e/admin', '/v1/users/%2E./admin', '/v1/users/.%2e/admin'].map((path) => ({
    id: 'S04',
    request: get(path),
    refused: policy,
  })),
  ...['/v1/users/../admin', '/v1/users/./x', '/v1/users/..'].map((path) => ({
    id: 'S05',
    request: get(path),
    refused: policy,
  })),
  ...['/v1/users/%2f..%2fadmin', '/v1/users/..%5c..%5cadmin'].map((path) => ({
    id: 'S07',
    request: get(path),
    refused: policy,
  })),
  ...['/v1/users;/../x', '/v1/users#f/../..'].map((path) => ({ id: 'S08', request: get(path), refused: policy })),
  ...['/v1/users-admin', '/v1/usersX', '/v1/users%2fadmin'].map((path) => ({
    id: 'S10',
    request: get(path),
    refused: policy,
  })),
  ...['/v1/users', '/v1/users/', '/v1/users/42', '/v1/users?x=1'].map((path) => ({
    id: 'S11',
    request: get(path),
    refused: null,
  })),
  ...['/v1/users/\0', '/v1/users/%00', '/v1/users/\u2028', '/v1/users/%c0%ae'].map((path) => ({
    id: 'S13',
    request: get(path),
    refused: either,
  })),
  { id: 'S26', request: get('/v1/users', { method: 'POST', bodyFilePath: '/etc/passwd' }), refused: policy },
  { id: 'S38', request: '{"capability":"p1/other","request":{"path":"/v1/other"}}', refused: policy },
  ...['Authorization', ' AUTHORIZATION ', 'Proxy-Authorization', '\u00a0authorization'].map((name) => ({
    id: 'H01',
    request: header(name),
    refused: policy,
  })),
  ...['Host', 'Connection', 'Transfer-Encoding', 'Sec-WebSocket-Key', 'Content-Length', 'TE'].map((name) => ({
    id: 'H04',
    request: header(name),
    refused: null,
  })),
  ...['x-http-method-override', 'x-original-url', 'x-rewrite-url', 'x-method-override'].map((name) => ({
    id: 'H05',
    request: header(name, 'DELETE'),
    refused: null,
  })),
  ...['a\r\nb: c', 'a\nb', 'a\0b'].map((value) => ({ id: 'H07', request: header('accept', value), refused: invalid })),
  ...['q=%zz', 'q=%', 'q=%ff'].map((query) => ({ id: 'H13', request: get(`/v1/users?${query}`), refused: invalid })),
  ...['get', ' GET '].map((method) => ({ id: 'H16', request: { method, path: '/v1/users' }, refused: null })),
  ...['DELETE', 'CONNECT', 'TRACE', 'GET\r\nX'].map((method) => ({
    id: 'H17',
    request: { method, path: '/v1/users' },
    refused: either,
  })),
  { id: 'E01', request: envelope('{"path":"/v1/users"}', ',"x":1'), refused: invalid },
  { id: 'E01', request: envelope('{"path":"/v1/users","x":1}'), refused: invalid },
  { id: 'E02', request: envelope('{"path":"/v1/users","headers":[{"name":"a","value":"b","x":1}]}'), refused: invalid },
  { id: 'E04', request: envelope('{"path":"/v1/users","path":"/v1/users/1"}'), refused: invalid },
  { id: 'E05', request: get('/v1/users', { url: 'https://evil.test/' }), refused: policy },
  { id: 'E05', request: get('/v1/users', { url: null }), refused: null },
  { id: 'E07', request: get('/v1/users', { body: { a: 1 } }), refused: invalid },
  { id: 'E07', request: get('/v1/users', { body: 1 }), refused: invalid },
  { id: 'E08', request: get('/v1/users', { body: 'x', multipart: {} }), refused: policy },
  { id: 'E08', request: get('/v1/users', { body: 'x', multipart: { a: 'b' } }), refused: policy },
];

describe('conformance through the endpoint', () => {
  let f: HostFixture;
  before(async () => {
    f = await startHostFixture();
    await f.host.call('capabilities.create', {
      id: 'p1/other',
      provider: 'p1',
      methods: ['GET'],
      paths: ['/v1/other'],
    });
  });
  after(() => f.close());
  beforeEach(() => f.upstream.forget());

  for (const { id, request, refused } of rows) {
    it(`${id} ${typeof request === 'string' ? request : JSON.stringify(request)}`, async () => {
      const answer =
        typeof request === 'string'
          ? await f.ask('/aivault/proxy', {
              method: 'POST',
              headers: { 'content-type': 'application/json' },
              body: request,
            })
          : await f.send(request);
      const text = await answer.text();
      assert.ok(!text.includes(hostSecret) && !JSON.stringify([...answer.headers]).includes(hostSecret));
      if (refused === null) {
        assert.equal(answer.status, 200, text);
        assert.equal(f.upstream.requests.length, 1);
        assert.deepEqual(f.upstream.requests[0]?.header('authorization'), [`Bearer ${hostSecret}`]);
        assert.deepEqual(f.upstream.requests[0]?.header('host'), ['up.test']);
        assert.ok(!f.upstream.raw.at(-1)!.includes(Buffer.from('DELETE')), 'nothing that overrides the method travels');
      } else {
        const code = answer.headers.get('aivault-error') ?? '';
        assert.ok(refused.includes(code), `${code} ${text}`);
        assert.equal((JSON.parse(text) as { error: string }).error, code);
        assert.equal(f.upstream.requests.length, 0, 'nothing reached the upstream');
      }
    });
  }

  it('S53 refuses foreign hosts, origins, and a request without a token', async () => {
    const target = new URL(f.host.baseUrl);
    const raw = (lines: string[]) => exchangeRaw(Number(target.port), lines);
    const bearer = `authorization: Bearer ${f.token}`;
    assert.equal((await raw(['GET /v/c1/v1/users HTTP/1.1', 'host: evil.test', bearer])).status, 421);
    assert.equal(
      (await raw(['GET /v/c1/v1/users HTTP/1.1', `host: ${target.host}`, 'origin: https://evil.test', bearer])).status,
      403,
    );
    assert.equal(
      (await raw(['GET /v/c1/v1/users HTTP/1.1', `host: ${target.host}`, 'sec-fetch-site: cross-site', bearer])).status,
      403,
    );
    assert.equal((await raw(['GET /v/c1/v1/users HTTP/1.1', `host: ${target.host}`])).status, 401);
    assert.equal((await raw([`GET /aivault/proxy?token=${f.token} HTTP/1.1`, `host: ${target.host}`])).status, 404);
    assert.equal(f.upstream.requests.length, 0);
    assert.equal((await raw(['GET /v/c1/v1/users HTTP/1.1', `host: ${target.host}`, bearer])).status, 200);
  });

  it('P07 leaves an audit entry with its code for every refusal', async () => {
    await f.send(get('/v1/users/../admin'));
    const { entries } = await f.host.call('audit.list', { limit: 1 });
    assert.equal(entries[0]?.outcome, 'refused');
    assert.equal(entries[0]?.code, 'policy_violation');
    assert.match(entries[0]?.actor ?? '', /^agent:tok_/);
  });
});
