import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { type HostFixture, hostSecret, startHostFixture } from './host-fixture.ts';
import { exchangeRaw } from './raw-http.ts';

// D3: whatever bytes arrive at the endpoint, what leaves towards the upstream is framed by us, once, with our key once.

describe('raw bytes at the endpoint', () => {
  let f: HostFixture;
  let port: number;
  before(async () => {
    f = await startHostFixture();
    port = Number(new URL(f.host.baseUrl).port);
  });
  after(() => f.close());
  beforeEach(() => f.upstream.forget());

  const head = (line: string, ...more: string[]) => [
    line,
    `host: 127.0.0.1:${port}`,
    `authorization: Bearer ${f.token}`,
    ...more,
  ];
  const post = (...more: string[]) => head('POST /v/c1/v1/users HTTP/1.1', ...more);
  const send = (lines: string[], body = '') =>
    exchangeRaw(port, Buffer.from(`${lines.join('\r\n')}\r\n\r\n${body}`, 'latin1'));

  /** Each request the upstream got, as bytes, is framed one way and carries our key once and nothing of the caller's. */
  function checkUpstream(): void {
    for (const bytes of f.upstream.raw) {
      const text = bytes.toString('latin1');
      if (text === '') continue;
      const heads = text
        .split(/(?=(?:GET|POST|PUT|DELETE|HEAD|OPTIONS|PATCH) \/[^\s]* HTTP\/1\.1\r\n)/)
        .filter((part) => /^[A-Z]+ \//.test(part));
      for (const each of heads) {
        const headers = each.slice(0, each.indexOf('\r\n\r\n')).toLowerCase();
        const count = (name: string) => headers.split(`\r\n${name}:`).length - 1;
        assert.equal(count('authorization'), 1, headers);
        assert.ok(headers.includes(`authorization: bearer ${hostSecret.toLowerCase()}`), headers);
        assert.equal(count('host'), 1);
        assert.ok(count('content-length') + count('transfer-encoding') <= 1, headers);
        assert.ok(!headers.includes('avp_') && !headers.includes('smuggled'), headers);
      }
    }
  }

  const refused: Record<string, () => [lines: string[], body?: string]> = {
    'content-length and transfer-encoding together': () => [
      post('content-length: 5', 'transfer-encoding: chunked'),
      '0\r\n\r\nGET /v/c1/v1/smuggled HTTP/1.1\r\n\r\n',
    ],
    'two content-lengths that differ': () => [post('content-length: 5', 'content-length: 6'), 'hello!'],
    'a content-length that is a list': () => [post('content-length: 5, 6'), 'hello!'],
    'a negative content-length': () => [post('content-length: -1'), ''],
    'a content-length with a sign': () => [post('content-length: +5'), 'hello'],
    'an unknown transfer coding': () => [post('transfer-encoding: smuggled'), 'hello'],
    'chunked that is not the last coding': () => [post('transfer-encoding: chunked, identity'), '0\r\n\r\n'],
    'a chunk size that is no number': () => [post('transfer-encoding: chunked'), 'zz\r\nhello\r\n0\r\n\r\n'],
    'a space before the colon': () => [post('content-length : 5'), 'hello'],
    'a folded header': () => [post('x-a: 1', ' smuggled: 2'), ''],
    'a bare carriage return in a header': () => [post('x-a: 1\rsmuggled: 2'), ''],
    'a NUL in a header': () => [post('x-a: 1\0smuggled'), ''],
    'a header without a name': () => [post(': smuggled'), ''],
    'two hosts': () => [post('host: evil.test'), ''],
    'no host': () => [['GET /v/c1/v1/users HTTP/1.1', `authorization: Bearer ${f.token}`], ''],
    'an absolute target of another host': () => [head('GET http://evil.test/v/c1/v1/users HTTP/1.1'), ''],
    'a target with a space': () => [head('GET /v/c1/v1/users /smuggled HTTP/1.1'), ''],
    'a CONNECT': () => [head('CONNECT up.test:443 HTTP/1.1'), ''],
    'an HTTP/2 preface': () => [['PRI * HTTP/2.0', '', 'SM', '', ''], ''],
    'two different authorizations': () => [post('authorization: Bearer smuggled', 'content-length: 0'), ''],
    'a proxy-authorization beside the token': () => [
      post('proxy-authorization: Basic c211Z2dsZWQ=', 'content-length: 0'),
      '',
    ],
  };
  for (const [name, make] of Object.entries(refused)) {
    it(`refuses ${name}, and sends nothing`, async () => {
      const [lines, body] = make();
      const answer = await send(lines, body);
      assert.ok(answer.status === 0 || answer.status >= 400, answer.text.slice(0, 200));
      await new Promise((resolve) => setTimeout(resolve, 20));
      assert.equal(f.upstream.requests.length, 0, answer.text.slice(0, 300));
    });
  }

  const answered: Record<string, () => [lines: string[], body?: string]> = {
    'headers that only concern this hop': () => [
      post(
        'connection: keep-alive, x-smuggled',
        'x-smuggled: 1',
        'te: trailers',
        'keep-alive: timeout=5',
        'upgrade: h2c',
        'content-length: 5',
      ),
      'hello',
    ],
    'a Connection that names our own header': () => [head('GET /v/c1/v1/users HTTP/1.1', 'connection: authorization')],
    'a chunked body': () => [post('transfer-encoding: chunked'), '5\r\nhello\r\n0\r\n\r\n'],
    'chunk extensions and trailers': () => [
      post('transfer-encoding: chunked', 'trailer: x-smuggled'),
      '5;a=smuggled\r\nhello\r\n0\r\nx-smuggled: 1\r\n\r\n',
    ],
    'forwarding and override headers': () => [
      head(
        'GET /v/c1/v1/users HTTP/1.1',
        'x-forwarded-for: smuggled',
        'forwarded: for=smuggled',
        'x-http-method-override: smuggled',
        'via: 1.1 smuggled',
      ),
    ],
    'an expectation': () => [post('expect: 100-continue', 'content-length: 5'), 'hello'],
    'two requests in one packet': () => [
      head('GET /v/c1/v1/users HTTP/1.1'),
      `${head('GET /v/c1/v1/users/2 HTTP/1.1').join('\r\n')}\r\n\r\n`,
    ],
  };
  for (const [name, make] of Object.entries(answered)) {
    it(`answers ${name}, framed anew`, async () => {
      const [lines, body] = make();
      const answer = await send(lines, body);
      assert.match(answer.text, /HTTP\/1\.1 200 /, answer.text.slice(0, 300));
      assert.ok(f.upstream.requests.length >= 1);
      if (body?.includes('hello') === true) assert.equal(f.upstream.requests[0]?.body.toString(), 'hello');
      checkUpstream();
    });
  }
});
