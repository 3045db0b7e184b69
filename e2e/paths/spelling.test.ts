import assert from 'node:assert/strict';
import { request } from 'node:http';
import { after, before, test } from 'node:test';
import { errorEnvelope } from '#contract/rest/path-shapes.ts';
import { startTestHost, type TestHost } from '../test-host.ts';

// Requests spelled in odd ways, byte for byte as written here: each is read as it was meant, or refused by name. None is
// half understood: a condition, a query or a key that is overlooked would be a write or a read nobody asked for.

let host: TestHost;
let token: string;

before(async () => {
  host = await startTestHost();
  const scopes: 'secrets:read'[] = ['secrets:read', 'secrets:write', 'secrets:delete'] as 'secrets:read'[];
  token = (await host.call('tokens.createPersonal', { name: 'odd', scopes })).token;
});
after(() => host.close());

interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into it.
  readonly json: any;
}

/** Neither the target nor the headers are touched on their way, as `fetch` would. */
function send(
  method: string,
  target: string,
  body: string | Buffer = '',
  headers: Record<string, string | string[]> = {},
): Promise<Reply> {
  const { hostname, port } = new URL(host.baseUrl);
  return new Promise((resolve, reject) => {
    const sent = request(
      { hostname, port, method, path: target, headers: { authorization: `Bearer ${token}`, ...headers } },
      (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk) => chunks.push(chunk));
        answer.on('end', () => {
          const text = Buffer.concat(chunks).toString();
          const json = text === '' ? null : JSON.parse(text);
          resolve({ status: answer.statusCode!, headers: answer.headers, text, json });
        });
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
}

async function refused(reply: Promise<Reply>, status: number, code: string, about: string): Promise<Reply> {
  const answer = await reply;
  assert.deepEqual([answer.status, answer.json?.error?.code], [status, code], `${about}: ${answer.text}`);
  assert.equal(errorEnvelope.parse(answer.json).error.request_id, answer.headers['x-request-id']);
  return answer;
}

const put = (path: string, body: string | Buffer, headers: Record<string, string | string[]> = {}): Promise<Reply> =>
  send('PUT', `/v1/secrets/${path}`, body, headers);
const read = (path: string): Promise<Reply> => send('GET', `/v1/secrets/${path}`);

async function written(path: string, body: string | Buffer, headers = {}): Promise<Reply> {
  const answer = await put(path, body, headers);
  assert.equal(answer.status, 200, answer.text);
  return answer;
}

test('a key named twice is refused, at any depth and however it is spelled', async () => {
  for (const body of [
    '{"data":{"a":"1","a":"2"}}',
    '{"data":{"a":1},"data":{"a":2}}',
    '{"data":{"a":1,"\\u0061":2}}',
    '{"data":{"list":[{"k":1},{"k":1,"o":{"x":1,"x":1}}]}}',
    '{"data":{"a":1},"metadata":{"note":1,"note":2}}',
  ]) {
    await refused(put('twice', body), 400, 'invalid_request', body);
  }
  await refused(send('POST', '/v1/secrets/batch', '{"paths":["a"],"paths":["b"]}'), 400, 'invalid_request', 'batch');
  await refused(read('twice'), 404, 'secret_not_found', 'nothing of it was written');
  const fine = { 'a:b': '":"', 'c\\': '{"a":1,"a":2}', n: [{ k: 1 }, { k: 1 }], '"': { '"': ':' } };
  await written('once', JSON.stringify({ data: fine }));
  assert.deepEqual((await read('once')).json.data, fine);
});

test('names of prototypes are names like any other, and __proto__ is refused where it would be lost', async () => {
  const data = { constructor: 'c', prototype: 'p', toString: 't', hasOwnProperty: 'h', valueOf: { toJSON: 'j' } };
  await written('names', JSON.stringify({ data, metadata: { constructor: 'm', toString: 's' } }));
  const { json } = await read('names');
  assert.deepEqual(json.data, data);
  assert.deepEqual(json.metadata, { constructor: 'm', toString: 's' });
  for (const body of ['{"data":{"__proto__":{"x":1}}}', '{"data":{},"metadata":{"\\u005f_proto__":1}}']) {
    await refused(put('names', body), 400, 'invalid_request', body);
  }
  await written('__proto__', '{"data":{"k":"v"}}');
  await written('constructor/toString'.toLowerCase(), '{"data":{"k":"w"}}');
  const batch = await send('POST', '/v1/secrets/batch', '{"paths":["__proto__","constructor/tostring","valueof"]}');
  assert.deepEqual(Object.keys(batch.json.secrets), ['__proto__', 'constructor/tostring']);
  assert.deepEqual(Object.keys(batch.json.errors), ['valueof']);
});

test('deep JSON and bytes that are no UTF-8 are refused; what is odd but whole comes back as it was', async () => {
  const nested = (levels: number) => `{"data":{"a":${'['.repeat(levels)}${']'.repeat(levels)}}}`;
  for (const levels of [199, 100_000]) await refused(put('deep', nested(levels)), 400, 'invalid_request', `${levels}`);
  await written('deep', nested(150));
  const bad = Buffer.from([...Buffer.from('{"data":{"k":"'), 0xc3, 0x28, ...Buffer.from('"}}')]);
  await refused(put('bytes', bad), 400, 'invalid_request', 'invalid UTF-8');
  for (const value of ['\u0000', '\ud800', '\u2028', '💥', '‮']) {
    await written('bytes', JSON.stringify({ data: { k: value } }));
    assert.equal((await read('bytes')).json.data.k, value);
  }
});

test('a body needs no content-type, and another one changes nothing', async () => {
  for (const headers of [{}, { 'content-type': 'text/plain' }, { 'content-type': 'application/json; charset=utf-8' }]) {
    await written('typed', '{"data":{"k":"v"}}', headers);
  }
  for (const body of ['', 'null', '[]', '"x"', '{"data":null}', '{"data":[]}', '{"data":{"":1}}']) {
    await refused(put('typed', body), 400, 'invalid_request', `body ${body}`);
  }
});

test('sizes are counted in bytes: 1 MiB of value and 16 KiB of metadata pass, one more does not', async () => {
  const value = (bytes: number, sign: string) =>
    JSON.stringify({ data: { k: sign.repeat((bytes - 8) / Buffer.byteLength(sign)) } });
  const meta = (bytes: number, sign: string) =>
    JSON.stringify({ data: {}, metadata: { n: sign.repeat((bytes - 8) / Buffer.byteLength(sign)) } });
  // Eight bytes are the frame {"k":""}; 1 MiB less those divides by two, three and four.
  for (const sign of ['x', 'é', '💥']) {
    await written('border', value(1024 * 1024, sign));
    await written('border', meta(16 * 1024, sign));
    const over = Buffer.byteLength(sign);
    const escaped = value(1024 * 1024, sign).replace(
      /[^\0-~]/g,
      (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
    );
    await written('border', escaped);
    await refused(put('border', value(1024 * 1024 + over, sign)), 413, 'too_large', `value of ${sign}`);
    await refused(put('border', meta(16 * 1024 + over, sign)), 413, 'too_large', `metadata of ${sign}`);
  }
});

test('a path is taken as it is written: no decoding, no slashes more or less, no reserved word', async () => {
  await written('a/b', '{"data":{"k":"v"}}');
  const odd = ['a%2fb', '%61/b', 'a/b/', '/a/b', 'a//b', 'a/./b', 'a/../a/b', 'a\\b', 'a/b#x', 'a/b;v=1', 'A/b', ''];
  for (const path of [...odd, 'a+b', 'x'.repeat(513), 'y'.repeat(20_000), 'a/b/c/d/e/f/g/h/i/j/k']) {
    for (const method of ['GET', 'PUT', 'DELETE']) {
      const body = method === 'PUT' ? '{"data":{}}' : '';
      await refused(send(method, `/v1/secrets/${path}`, body), 400, 'invalid_path', `${method} ${path.slice(0, 40)}`);
    }
  }
  for (const path of ['a/versions', 'a/metadata', 'a/restore', 'versions', 'metadata', 'restore', 'batch', 'batch/a']) {
    await refused(put(path, '{"data":{}}'), 400, 'invalid_path', `PUT ${path}`);
    await refused(send('DELETE', `/v1/secrets/${path}`), 400, 'invalid_path', `DELETE ${path}`);
  }
  for (const path of ['batch', 'versions', 'a/restore']) await refused(read(path), 400, 'invalid_path', `GET ${path}`);
  for (const target of ['/v1/', '/v1/auth/whoami/', '/v1/health/', '/v1//secrets', '/v1/secretss', '/v1/audit']) {
    await refused(send('GET', target), 404, 'not_found', target);
  }
});

test('a version and a limit are plain digits, and a query that is not known is refused on every route', async () => {
  await written('q', '{"data":{"k":"v"}}');
  assert.equal((await read('q?version=1')).status, 200);
  assert.equal((await read('q?')).status, 200);
  for (const text of ['', '0', '01', '+1', '%201', '1%20', '0x1', '1e0', '1.0', '1.5', '-1', 'latest', '1&version=1']) {
    await refused(read(`q?version=${text}`), 400, 'invalid_request', `version=${text}`);
  }
  for (const text of ['', '0', '0x5', '1e1', '5.0', '1001', '%2B5']) {
    await refused(send('GET', `/v1/secrets?limit=${text}`), 400, 'invalid_request', `limit=${text}`);
  }
  for (const target of ['?verson=1', '?__proto__=1', '?version=1&x', '/versions?limit=1', '/metadata?version=1']) {
    await refused(read(`q${target}`), 400, 'invalid_request', target);
  }
  await refused(put('q?if_version=9', '{"data":{"k":"w"}}'), 400, 'invalid_request', 'PUT ?if_version');
  await refused(send('DELETE', '/v1/secrets/q?hard=true'), 400, 'invalid_request', 'DELETE ?hard');
  await refused(send('DELETE', '/v1/secrets/q?permanent=1'), 400, 'invalid_request', 'DELETE ?permanent=1');
  await refused(send('GET', '/v1/auth/whoami?x=1'), 400, 'invalid_request', 'whoami ?x');
  await refused(send('POST', '/v1/secrets/batch?x=1', '{"paths":["q"]}'), 400, 'invalid_request', 'batch ?x');
  assert.equal((await read('q')).json.version, 1, 'nothing of it was written or deleted');
});

test('a condition is understood or refused, never overlooked', async () => {
  await written('cond', '{"data":{"v":1}}');
  const one = '{"data":{"v":2}}';
  for (const text of ['*', '1', 'W/"1"', '"01"', '"0"', '"1", "2"', '""', '"x"', '"99999999999"']) {
    await refused(put('cond', one, { 'if-match': text }), 400, 'invalid_request', `If-Match: ${text}`);
  }
  await refused(put('cond', one, { 'if-match': ['"1"', '"7"'] }), 400, 'invalid_request', 'If-Match twice');
  for (const text of ['"1"', '"*"', '* , "1"', '']) {
    await refused(put('cond', one, { 'if-none-match': text }), 400, 'invalid_request', `If-None-Match: ${text}`);
  }
  const both = { 'if-match': '"1"', 'if-none-match': '*' };
  await refused(put('cond', one, both), 400, 'invalid_request', 'both conditions');
  for (const name of ['if-match', 'if-none-match']) {
    const about = `DELETE under ${name}`;
    await refused(send('DELETE', '/v1/secrets/cond', '', { [name]: '"7"' }), 400, 'invalid_request', about);
  }
  assert.equal((await read('cond')).json.version, 1);
  await refused(put('cond', one, { 'if-match': '"2"' }), 409, 'version_conflict', 'another version');
  await refused(put('none', one, { 'if-match': '"1"' }), 409, 'version_conflict', 'nothing there yet');
  assert.equal((await written('cond', one, { 'if-match': ' "1" ' })).json.version, 2);
});

test('a method an address does not take is 405, with those it takes', async () => {
  await written('m', '{"data":{"k":"v"}}');
  const rows: [method: string, target: string, allow: string][] = [
    ['POST', '/v1/secrets/m', 'GET, PUT, DELETE'],
    ['PATCH', '/v1/secrets/m', 'GET, PUT, DELETE'],
    ['OPTIONS', '/v1/secrets/m', 'GET, PUT, DELETE'],
    ['POST', '/v1/secrets/m/versions', 'GET'],
    ['PATCH', '/v1/secrets/m/restore', 'POST'],
    ['POST', '/v1/secrets', 'GET'],
    ['PATCH', '/v1/secrets/batch', 'POST'],
    ['DELETE', '/v1/auth/whoami', 'GET'],
    ['PUT', '/v1/openapi.json', 'GET'],
  ];
  for (const [method, target, allow] of rows) {
    const { headers } = await refused(send(method, target), 405, 'method_not_allowed', `${method} ${target}`);
    assert.equal(headers.allow, allow, `${method} ${target}`);
  }
  const head = await send('HEAD', '/v1/secrets/m');
  assert.deepEqual([head.status, head.text, head.headers.allow], [405, '', 'GET, PUT, DELETE'], 'HEAD reads nothing');
});
