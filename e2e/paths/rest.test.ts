import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { after, before, test } from 'node:test';
import { pathRoutes, type RestRoute } from '#contract/rest/path-routes.ts';
import { errorEnvelope } from '#contract/rest/path-shapes.ts';
import { startTestHost, type TestHost } from '../test-host.ts';

// Every route of /v1 through the real endpoint: its answer has the declared shape, and each refusal its status and word.

let host: TestHost;
let all: string;
let reader: string;
let writer: string;
const covered = new Set<string>();

before(async () => {
  host = await startTestHost();
  const mint = async (name: string, scopes: string[], paths: string[] = []): Promise<string> =>
    (await host.call('tokens.createPersonal', { name, scopes: scopes as 'secrets:read'[], paths })).token;
  all = await mint('all', ['secrets:read', 'secrets:write', 'secrets:delete', 'secrets:rotate', 'audit:read']);
  reader = await mint('reader', ['secrets:read'], ['app/*', 'shared/**']);
  writer = await mint('writer', ['secrets:write']);
});
after(() => host.close());

interface Reply {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into it.
  readonly json: any;
}

async function ask(
  method: string,
  target: string,
  token: string | null,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Reply> {
  const answer = await fetch(`${host.baseUrl}${target}`, {
    method,
    headers: { ...(token === null ? {} : { authorization: `Bearer ${token}` }), ...headers },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const json = await answer.json();
  assert.equal(answer.headers.get('content-type'), 'application/json');
  assert.match(answer.headers.get('x-request-id') ?? '', /^req_[0-9a-f]{24}$/);
  return { status: answer.status, headers: answer.headers, json };
}

async function succeeds(
  name: keyof typeof pathRoutes,
  target: string,
  body?: unknown,
  headers?: Record<string, string>,
): Promise<Reply> {
  const route: RestRoute = pathRoutes[name];
  const reply = await ask(route.method, target, route.operation === null ? null : all, body, headers);
  assert.equal(reply.status, 200, JSON.stringify(reply.json));
  route.answer.parse(reply.json);
  covered.add(name);
  return reply;
}

function refused(reply: Reply, status: number, code: string): void {
  assert.deepEqual([reply.status, reply.json.error?.code], [status, code], JSON.stringify(reply.json));
  const { error } = errorEnvelope.parse(reply.json);
  assert.equal(error.request_id, reply.headers.get('x-request-id'));
}

test('every route of the OpenAPI document answers in its declared shape', async () => {
  const document = (await (await fetch(`${host.baseUrl}/v1/openapi.json`)).json()) as {
    openapi: string;
    paths: Record<string, object>;
  };
  assert.equal(document.openapi, '3.1.0');

  await succeeds('health', '/v1/health');
  await succeeds('version', '/v1/version');
  await succeeds('whoami', '/v1/auth/whoami');
  await succeeds('write', '/v1/secrets/app/db', {
    data: { password: 'p' },
    metadata: { tags: ['t'] },
    options: { expires_in: '90d', max_versions: 5 },
  });
  assert.equal((await succeeds('read', '/v1/secrets/app/db')).headers.get('etag'), '"1"');
  await succeeds('list', '/v1/secrets?prefix=app/&limit=5&tag=t&expiring_within=91d');
  await succeeds('versions', '/v1/secrets/app/db/versions');
  await succeeds('metadata', '/v1/secrets/app/db/metadata');
  const generate = { password: { generator: 'random' } };
  const rotated = await succeeds('rotate', '/v1/secrets/app/db/rotate', { generate }, { 'if-match': '"1"' });
  assert.deepEqual([rotated.json.previous_version, rotated.headers.get('etag')], [1, '"2"']);
  assert.deepEqual((await succeeds('read', '/v1/secrets/app/db?version=1')).json.data, { password: 'p' });
  await succeeds('write', '/v1/secrets/app/db', { data: { password: 'p' } });
  await succeeds('delete', '/v1/secrets/app/db');
  await succeeds('restore', '/v1/secrets/app/db/restore');
  const { json } = await succeeds('batch', '/v1/secrets/batch', {
    paths: ['app/db', 'app/none'],
    options: { include_metadata: true },
  });
  assert.deepEqual(json.secrets['app/db'].data, { password: 'p' });
  assert.equal(json.errors['app/none'].code, 'secret_not_found');
  const { json: log } = await succeeds('auditLogs', '/v1/audit/logs?limit=3&path_prefix=app/');
  assert.equal(log.logs.length, 3);
  assert.equal(log.has_more, true);
  const me = (await succeeds('whoami', '/v1/auth/whoami')).json.identity_id;
  const { json: mine } = await succeeds('auditLogs', `/v1/audit/logs?identity_id=${me}&action=read&path_prefix=app/`);
  assert.deepEqual(new Set(mine.logs.map((entry: { identity_id: string }) => entry.identity_id)), new Set([me]));
  const { json: nobody } = await succeeds('auditLogs', '/v1/audit/logs?identity_id=user:tok_0000000000000000');
  assert.deepEqual(nobody.logs, []);

  const declared = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method} ${path}`),
  );
  const driven = [...covered]
    .map((name) => pathRoutes[name as keyof typeof pathRoutes])
    .map((route) => `${route.method.toLowerCase()} ${route.path}`);
  assert.deepEqual(driven.sort(), declared.sort());
});

test('a token that is missing, wrong, of another kind or a JWT is 401 authentication_required, before anything is read', async () => {
  const proxy = await host.call('capabilities.list', {});
  assert.ok(proxy.capabilities.length > 0);
  for (const token of [
    null,
    'nonsense',
    `skt_${'A'.repeat(43)}`,
    'eyJhbGciOiJIUzI1NiJ9.e30.x',
    `avp_${'A'.repeat(43)}`,
  ]) {
    refused(await ask('GET', '/v1/secrets/app/db', token), 401, 'authentication_required');
    refused(await ask('PUT', '/v1/secrets/NOT A PATH', token, '{{{'), 401, 'authentication_required');
  }
});

test('scopes and globs decide, and reading includes listing', async () => {
  await succeeds('write', '/v1/secrets/other/deep/secret', { data: { a: 1 } });
  await succeeds('write', '/v1/secrets/shared/x/y', { data: { a: 1 } });
  refused(await ask('GET', '/v1/secrets/app/db', writer), 403, 'access_denied');
  refused(await ask('GET', '/v1/secrets', writer), 403, 'access_denied');
  refused(await ask('PUT', '/v1/secrets/app/db', reader, { data: {} }), 403, 'access_denied');
  refused(await ask('DELETE', '/v1/secrets/app/db', reader), 403, 'access_denied');
  refused(await ask('GET', '/v1/audit/logs', reader), 403, 'access_denied');
  refused(await ask('GET', '/v1/secrets/other/deep/secret', reader), 403, 'access_denied');
  assert.equal((await ask('GET', '/v1/secrets/shared/x/y', reader)).status, 200);
  const { json } = await ask('GET', '/v1/secrets', reader);
  assert.deepEqual(
    json.secrets.map(({ path }: { path: string }) => path),
    ['app/db', 'shared/x/y'],
  );
});

test('each fault of a request has its own word', async () => {
  const put = (target: string, body: unknown, headers?: Record<string, string>) =>
    ask('PUT', `/v1/secrets/${target}`, all, body, headers);
  refused(await put('Upper/case', { data: {} }), 400, 'invalid_path');
  refused(await put('a%2Fb', { data: {} }), 400, 'invalid_path');
  refused(await put('a//b', { data: {} }), 400, 'invalid_path');
  refused(await put('ok', '{"data":'), 400, 'invalid_request');
  refused(await put('ok', { data: 'text' }), 400, 'invalid_request');
  refused(await put('ok', {}), 400, 'invalid_request');
  refused(await put('ok', { data: {}, extra: 1 }), 400, 'invalid_request');
  refused(await put('ok', { data: {}, secret_type: 'poem' }), 400, 'invalid_secret_type');
  refused(await put('ok', { data: {}, options: { expires_in: 'soon' } }), 400, 'invalid_duration');
  refused(await put('ok', { data: {} }, { 'if-match': '3' }), 400, 'invalid_request');
  refused(await put('ok', { data: { big: 'x'.repeat(1024 * 1024) } }), 413, 'too_large');
  refused(await put('ok', { data: {}, metadata: { note: 'x'.repeat(17_000) } }), 413, 'too_large');
  refused(await ask('GET', '/v1/secrets?limit=0', all), 400, 'invalid_request');
  refused(await ask('GET', '/v1/secrets?limit=2&limit=3', all), 400, 'invalid_request');
  refused(await ask('GET', '/v1/secrets?expiring_within=x', all), 400, 'invalid_duration');
  refused(await ask('GET', '/v1/secrets?cursor=x', all), 400, 'invalid_cursor');
  refused(await ask('GET', '/v1/secrets/ok?version=0', all), 400, 'invalid_request');
  refused(await ask('GET', '/v1/secrets/ok', all), 404, 'secret_not_found');
  refused(await ask('GET', '/v1/secrets/app/db?version=99', all), 404, 'version_not_found');
  refused(await ask('GET', '/v1/nothing', all), 404, 'not_found');
});

test('an address that is not there and a method that is not known are answered in the same envelope', async () => {
  for (const target of [
    '/v1',
    '/v1?x=1',
    '/v1/',
    '/v1/nothing',
    '/v1//secrets/ok',
    '/v1/secrets/',
    '/v1/aivault/health',
  ]) {
    for (const method of ['GET', 'POST', 'PATCH', 'OPTIONS', 'PROPFIND']) {
      const { status, json } = await ask(method, target, null);
      assert.equal(errorEnvelope.parse(json).error.request_id.length, 28, `${method} ${target}`);
      assert.ok([400, 401, 404, 405].includes(status), `${status} ${method} ${target}`);
    }
  }
  // "rotate" is a word of ours after POST only: a path may end in it.
  await succeeds('write', '/v1/secrets/app/rotate', { data: {} });
  assert.equal((await ask('PATCH', '/v1/secrets/app/rotate', all)).headers.get('allow'), 'GET, PUT, DELETE, POST');
  for (const method of ['POST', 'PATCH', 'OPTIONS', 'REPORT']) {
    const answer = await ask(method, '/v1/secrets/ok', all);
    refused(answer, 405, 'method_not_allowed');
    assert.equal(answer.headers.get('allow'), 'GET, PUT, DELETE');
  }
});

test('conditional writes and deleted paths conflict', async () => {
  await succeeds('write', '/v1/secrets/cond', { data: { v: 1 } }, { 'if-none-match': '*' });
  refused(await ask('PUT', '/v1/secrets/cond', all, { data: {} }, { 'if-none-match': '*' }), 409, 'version_conflict');
  await succeeds('write', '/v1/secrets/cond', { data: { v: 2 } }, { 'if-match': '"1"' });
  refused(await ask('PUT', '/v1/secrets/cond', all, { data: {} }, { 'if-match': '"1"' }), 409, 'version_conflict');
  await succeeds('delete', '/v1/secrets/cond');
  refused(await ask('PUT', '/v1/secrets/cond', all, { data: {} }), 409, 'secret_exists');
  refused(await ask('GET', '/v1/secrets/cond', all), 404, 'secret_not_found');
  await succeeds('delete', '/v1/secrets/cond?permanent=true');
  refused(await ask('POST', '/v1/secrets/cond/restore', all), 404, 'secret_not_found');
});

test('an expired value is 410', async () => {
  await succeeds('write', '/v1/secrets/brief', { data: { v: 1 }, options: { expires_in: '1s' } });
  await new Promise((resolve) => setTimeout(resolve, 1_100));
  refused(await ask('GET', '/v1/secrets/brief', all), 410, 'expired');
});

test('a share of questions can be set: headers say what is left, then 429 with retry-after', async () => {
  assert.equal((await ask('GET', '/v1/auth/whoami', reader)).headers.get('x-ratelimit-limit'), null);
  await host.call('settings.set', { pathRequestsPerMinute: 2 });
  const first = await ask('GET', '/v1/auth/whoami', reader);
  assert.deepEqual([first.headers.get('x-ratelimit-limit'), first.headers.get('x-ratelimit-remaining')], ['2', '1']);
  assert.ok(Number(first.headers.get('x-ratelimit-reset')) >= Math.floor(Date.now() / 1000));
  await ask('GET', '/v1/auth/whoami', reader);
  const third = await ask('GET', '/v1/auth/whoami', reader);
  refused(third, 429, 'rate_limited');
  assert.ok(Number(third.headers.get('retry-after')) >= 1);
  assert.equal((await ask('GET', '/v1/auth/whoami', all)).status, 200, 'another token has its own share');
  await host.call('settings.set', { pathRequestsPerMinute: null });
});

test('revoking a token ends it at once', async () => {
  const minted = await host.call('tokens.createPersonal', { name: 'short', scopes: ['secrets:read'] });
  assert.equal((await ask('GET', '/v1/auth/whoami', minted.token)).status, 200);
  await host.call('tokens.revoke', { id: minted.id });
  refused(await ask('GET', '/v1/auth/whoami', minted.token), 401, 'authentication_required');
});

test('every read, write, list and refusal is in the audit log, with path and version and never a value', async () => {
  const { entries } = await host.call('audit.list', { limit: 1000 });
  const kinds = new Set(entries.map(({ kind, outcome }) => `${kind} ${outcome}`));
  for (const kind of [
    'path.read done',
    'path.write done',
    'path.list done',
    'path.delete done',
    'path.restore done',
    'path.read refused',
    'path.write failed',
  ]) {
    assert.ok(kinds.has(kind), `${kind} is missing`);
  }
  const read = entries.find(
    ({ kind, outcome, secretPath }) => kind === 'path.read' && outcome === 'done' && secretPath === 'app/db',
  );
  assert.equal(read?.version, 3);
  assert.ok(!JSON.stringify(entries).includes('Upper/case'), 'what is no path is not repeated');
});

/** Begins to write a large value; gives the status it is refused with, or that its rest is waited for. */
function begin(token: string): Promise<string> {
  const { port } = new URL(host.baseUrl);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), '127.0.0.1');
    socket.once('data', (data) => {
      resolve(data.toString('latin1').slice(9, 12));
      socket.destroy();
    });
    socket.once('error', reject);
    socket.setTimeout(1_500, () => {
      resolve('waits');
      socket.destroy();
    });
    socket.write(
      `PUT /v1/secrets/app/x HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\nauthorization: Bearer ${token}\r\ncontent-length: 1900000\r\n\r\n{`,
    );
  });
}

test('I6 a stranger is refused before the body is read, a token only while it is good', async () => {
  assert.equal(await begin(`skt_${'x'.repeat(43)}`), '401');
  assert.equal(await begin(all), 'waits');
});

test('I6 so many large bodies of one token are waited for at once, and another token has its own', async () => {
  const begun = await Promise.all([...Array.from({ length: 20 }, () => begin(all)), begin(writer)]);
  assert.deepEqual(begun.filter((each) => each === '429').length, 4);
  assert.equal(begun.at(-1), 'waits');
  assert.equal(await begin(all), 'waits', 'places are given back');
});
