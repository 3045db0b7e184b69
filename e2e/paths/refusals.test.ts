import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { pathRoutes, type RestRoute, type RestRouteName } from '#contract/rest/path-routes.ts';
import { errorEnvelope } from '#contract/rest/path-shapes.ts';
import { startTestHost, type TestHost } from '../test-host.ts';

// Each route is refused with each status and code its OpenAPI description declares for it: what a client can prepare for
// is what it gets.

const passphrase = 'correct horse battery staple';
const seen = new Set<string>();
let host: TestHost;
let all: string;
let nothing: string;
let notRotate: string;

before(async () => {
  host = await startTestHost();
  await host.call('vault.init', { choice: { provider: 'passphrase', passphrase } });
  const mint = async (scopes: string[]): Promise<string> =>
    (await host.call('tokens.createPersonal', { name: 't', scopes: scopes as 'secrets:read'[] }, { passphrase })).token;
  all = await mint(['secrets:read', 'secrets:write', 'secrets:delete', 'secrets:rotate', 'audit:read']);
  nothing = await mint(['secrets:rotate']);
  notRotate = await mint(['secrets:write']);
  for (const path of ['there', 'gone', 'ended']) {
    await send('PUT', `/v1/secrets/${path}`, all, {
      data: { k: 'v' },
      options: { expires_in: path === 'ended' ? '1s' : '1h' },
    });
  }
  await send('DELETE', '/v1/secrets/gone', all);
  await new Promise((resolve) => setTimeout(resolve, 1_050));
});
after(() => host.close());

async function send(method: string, target: string, token: string | null, body?: unknown, headers = {}) {
  const answer = await fetch(`${host.baseUrl}${target}`, {
    method,
    headers: { ...(token === null ? {} : { authorization: `Bearer ${token}` }), ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: answer.status, headers: answer.headers, json: await answer.json() };
}

/** How a route is asked so that nothing but the token or the vault can be wrong with it. */
const plain: Record<RestRouteName, readonly [target: string, body: unknown]> = {
  whoami: ['/v1/auth/whoami', undefined],
  write: ['/v1/secrets/there', { data: {} }],
  read: ['/v1/secrets/there', undefined],
  delete: ['/v1/secrets/there', undefined],
  list: ['/v1/secrets', undefined],
  versions: ['/v1/secrets/there/versions', undefined],
  metadata: ['/v1/secrets/there/metadata', undefined],
  restore: ['/v1/secrets/there/restore', undefined],
  rotate: ['/v1/secrets/there/rotate', { generate: { k: { generator: 'uuid' } } }],
  batch: ['/v1/secrets/batch', { paths: ['there'], options: { fail_fast: true } }],
  auditLogs: ['/v1/audit/logs', undefined],
  health: ['/v1/health', undefined],
  version: ['/v1/version', undefined],
};

async function refuses(
  name: RestRouteName,
  expected: readonly [status: number, code: string],
  target: string,
  body?: unknown,
  headers = {},
  token: string | null = all,
): Promise<Headers> {
  const [status, code] = expected;
  const answer = await send(pathRoutes[name].method, target, token, body, headers);
  const about = `${name} ${target.slice(0, 60)}: ${JSON.stringify(answer.json).slice(0, 200)}`;
  const { error } = errorEnvelope.parse(answer.json);
  assert.deepEqual([answer.status, error.code], [status, code], about);
  assert.equal(error.request_id, answer.headers.get('x-request-id'), about);
  seen.add(`${name} ${status} ${code}`);
  return answer.headers;
}

const authenticated = Object.entries(pathRoutes).filter(([, route]) => route.operation !== null) as [
  RestRouteName,
  RestRoute,
][];

test('a path, a body, a query and a state that do not fit', async () => {
  const invalidPath = [400, 'invalid_path'] as const;
  const invalid = [400, 'invalid_request'] as const;
  await refuses('write', invalidPath, '/v1/secrets/A', { data: {} });
  await refuses('write', invalid, '/v1/secrets/a', { data: 1 });
  await refuses('write', [400, 'invalid_secret_type'], '/v1/secrets/a', { data: {}, secret_type: 'poem' });
  await refuses('write', [400, 'invalid_duration'], '/v1/secrets/a', { data: {}, options: { expires_in: '1y' } });
  await refuses('write', [409, 'secret_exists'], '/v1/secrets/gone', { data: {} });
  await refuses('write', [409, 'version_conflict'], '/v1/secrets/there', { data: {} }, { 'if-match': '"9"' });
  await refuses('write', [413, 'too_large'], '/v1/secrets/a', { data: { k: 'x'.repeat(1024 * 1024) } });
  await refuses('write', [413, 'too_large'], '/v1/secrets/a', { data: {}, metadata: { k: 'x'.repeat(16 * 1024) } });
  await refuses('write', [413, 'too_large'], '/v1/secrets/a', { data: { k: 'x'.repeat(8 * 1024 * 1024) } });
  await refuses('read', invalidPath, '/v1/secrets/a.b');
  await refuses('read', invalid, '/v1/secrets/there?version=x');
  await refuses('read', [404, 'secret_not_found'], '/v1/secrets/none');
  await refuses('read', [404, 'secret_not_found'], '/v1/secrets/gone');
  await refuses('read', [404, 'version_not_found'], '/v1/secrets/there?version=9');
  await refuses('read', [410, 'expired'], '/v1/secrets/ended');
  await refuses('delete', invalidPath, '/v1/secrets/a//b');
  await refuses('delete', invalid, '/v1/secrets/there?permanent=yes');
  await refuses('delete', [404, 'secret_not_found'], '/v1/secrets/gone');
  for (const name of ['versions', 'metadata'] as const) {
    await refuses(name, invalidPath, `/v1/secrets/A/${name}`);
    await refuses(name, invalid, `/v1/secrets/there/${name}?limit=1`);
    await refuses(name, [404, 'secret_not_found'], `/v1/secrets/gone/${name}`);
  }
  await refuses('restore', invalidPath, '/v1/secrets/A/restore');
  await refuses('restore', invalid, '/v1/secrets/there/restore?x=1');
  await refuses('restore', [404, 'secret_not_found'], '/v1/secrets/none/restore');
  await refuses('restore', [409, 'secret_exists'], '/v1/secrets/there/restore');
  await refuses('rotate', invalidPath, '/v1/secrets/A/rotate', plain.rotate[1]);
  await refuses('rotate', invalid, '/v1/secrets/there/rotate', { generate: {} });
  await refuses('rotate', [404, 'secret_not_found'], '/v1/secrets/gone/rotate', plain.rotate[1]);
  await refuses('rotate', [409, 'version_conflict'], ...plain.rotate, { 'if-match': '"9"' });
  await refuses('rotate', [413, 'too_large'], '/v1/secrets/there/rotate', { generate: 'x'.repeat(8 * 1024 * 1024) });
  await refuses('list', invalid, '/v1/secrets?limit=x');
  await refuses('list', [400, 'invalid_cursor'], '/v1/secrets?cursor=x');
  await refuses('list', [400, 'invalid_duration'], '/v1/secrets?expiring_within=soon');
  await refuses('list', invalidPath, `/v1/secrets?prefix=${'a'.repeat(513)}`);
  await refuses('batch', invalid, '/v1/secrets/batch', { paths: [] });
  const failFast = (path: string, version?: number) => ({ paths: [path], options: { fail_fast: true, version } });
  await refuses('batch', invalidPath, '/v1/secrets/batch', failFast('A'));
  await refuses('batch', [404, 'secret_not_found'], '/v1/secrets/batch', failFast('gone'));
  await refuses('batch', [404, 'version_not_found'], '/v1/secrets/batch', failFast('there', 9));
  await refuses('batch', [410, 'expired'], '/v1/secrets/batch', failFast('ended'));
  await refuses('batch', [413, 'too_large'], '/v1/secrets/batch', { paths: ['x'.repeat(8 * 1024 * 1024)] });
  await refuses('auditLogs', invalid, '/v1/audit/logs?from=yesterday');
  await refuses('auditLogs', [400, 'invalid_cursor'], '/v1/audit/logs?cursor=x');
});

test('a refusal names the path and the scope it is about, for programs', async () => {
  const details = async (method: string, target: string, token: string, body?: unknown) =>
    (await send(method, target, token, body)).json.error.details;
  assert.equal((await details('GET', '/v1/secrets/none', all)).path, 'none');
  assert.equal((await details('GET', '/v1/secrets/there?version=9', all)).path, 'there');
  const failFast = { paths: ['there', 'ended', 'none'], options: { fail_fast: true } };
  assert.equal((await details('POST', '/v1/secrets/batch', all, failFast)).path, 'ended');
  assert.deepEqual(await details('DELETE', '/v1/secrets/there', nothing), { path: 'there', scope: 'secrets:delete' });
  assert.deepEqual(await details('GET', '/v1/audit/logs', nothing), { scope: 'audit:read' });
  assert.equal(await details('GET', '/v1/secrets/sk-A.b', all), undefined, 'what is no path is not said back');
  assert.equal(await details('POST', '/v1/secrets/batch', all, { ...failFast, paths: ['sk-A.b'] }), undefined);
});

test('a batch says of each path what it says of one, and of the deleted and the expired too', async () => {
  const paths = ['there', 'gone', 'ended', 'none', 'A', 'there'];
  const { status, json } = await send('POST', '/v1/secrets/batch', all, { paths });
  const codes = (errors: Record<string, { code: string }>) =>
    Object.fromEntries(Object.entries(errors).map(([path, { code }]) => [path, code]));
  assert.equal(status, 200);
  assert.deepEqual(Object.keys(json.secrets), ['there']);
  const alone = { gone: 'secret_not_found', ended: 'expired', none: 'secret_not_found', A: 'invalid_path' };
  assert.deepEqual(codes(json.errors), alone);
  const foreign = await send('POST', '/v1/secrets/batch', nothing, { paths: ['there'] });
  assert.deepEqual([foreign.json.secrets, codes(foreign.json.errors)], [{}, { there: 'access_denied' }]);
  const { entries } = await host.call('audit.list', { limit: 6, kind: 'path.read' });
  assert.deepEqual(
    entries.map(({ kind, outcome, secretPath }) => [kind, outcome, secretPath]),
    [
      ['path.read', 'refused', 'there'],
      ['path.read', 'failed', undefined],
      ['path.read', 'failed', 'none'],
      ['path.read', 'failed', 'ended'],
      ['path.read', 'failed', 'gone'],
      ['path.read', 'done', 'there'],
    ],
    'each by itself in the log',
  );
});

test('no token, a token without the scope, a share that is used up, a web page, a paused endpoint, a locked vault', async () => {
  for (const [name, { scope }] of authenticated) {
    const [target, body] = plain[name];
    const headers = await refuses(name, [401, 'authentication_required'], target, body, {}, null);
    assert.equal(headers.get('www-authenticate'), 'Bearer');
    const without = scope === 'secrets:rotate' ? notRotate : nothing;
    if (scope !== null) await refuses(name, [403, 'access_denied'], target, body, {}, without);
  }
  await host.call('settings.set', { pathRequestsPerMinute: 1 });
  await send('GET', '/v1/auth/whoami', all);
  for (const [name] of authenticated) {
    const headers = await refuses(name, [429, 'rate_limited'], ...plain[name]);
    assert.ok(Number(headers.get('retry-after')) >= 1);
    assert.deepEqual([headers.get('x-ratelimit-limit'), headers.get('x-ratelimit-remaining')], ['1', '0']);
    assert.ok(Number(headers.get('x-ratelimit-reset')) * 1000 > Date.now() - 1000);
  }
  await host.call('settings.set', { pathRequestsPerMinute: null });
  for (const name of Object.keys(pathRoutes) as RestRouteName[]) {
    await refuses(name, [403, 'origin_refused'], ...plain[name], { 'sec-fetch-site': 'cross-site' });
  }
  await host.call('endpoint.setPaused', { paused: true });
  for (const name of Object.keys(pathRoutes) as RestRouteName[]) {
    const headers = await refuses(name, [503, 'service_unavailable'], ...plain[name]);
    assert.equal(headers.get('retry-after'), '5');
  }
  await host.call('endpoint.setPaused', { paused: false });
  await host.call('vault.lock', {});
  for (const [name] of authenticated) await refuses(name, [423, 'vault_locked'], ...plain[name]);
  for (const name of ['health', 'version'] as const) {
    assert.equal((await send('GET', plain[name][0], null)).status, 200, `${name} needs neither`);
  }
});

test('and that was every refusal the served document declares, and no other', async () => {
  const document = (await (await fetch(`${host.baseUrl}/v1/openapi.json`)).json()) as {
    paths: Record<string, Record<string, { operationId: string; responses: Record<string, { description: string }> }>>;
  };
  const declared = Object.values(document.paths)
    .flatMap((methods) => Object.values(methods))
    .flatMap(({ operationId, responses }) =>
      Object.entries(responses)
        .filter(([status]) => status !== '200')
        .flatMap(([status, { description }]) =>
          description.split(', ').map((code) => `${operationId} ${status} ${code}`),
        ),
    );
  assert.ok(declared.length > 60, `${declared.length}`);
  assert.deepEqual([...seen].sort(), declared.sort());
});
