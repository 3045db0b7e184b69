import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startTestHost, type TestHost } from '../test-host.ts';

// Two kinds of secret and two kinds of token behind one port: neither opens what is the other's.

let host: TestHost;
let personal: string;
let proxy: string;

before(async () => {
  host = await startTestHost();
  await host.call('secrets.create', { name: 'OPENAI_API_KEY', value: 'sk-broker-secret-51f0' });
  const scopes = ['secrets:read', 'secrets:write', 'secrets:delete', 'secrets:rotate', 'audit:read'] as const;
  personal = (await host.call('tokens.createPersonal', { name: 'p', scopes: [...scopes] })).token;
  proxy = (await host.call('tokens.mint', { capabilities: ['openai/models'] })).token;
});
after(() => host.close());

async function ask(token: string, method: string, target: string, body?: unknown) {
  const answer = await fetch(`${host.baseUrl}${target}`, {
    method,
    headers: { authorization: `Bearer ${token}` },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: answer.status, text: await answer.text() };
}

test('a personal token, whatever its scopes, makes no call with a broker secret', async () => {
  const doors = [
    ['GET', '/v/openai/v1/models'],
    ['POST', '/aivault/proxy', { capability: 'openai/models', request: {} }],
  ] as const;
  for (const [method, target, body] of doors) {
    const { status, text } = await ask(personal, method, target, body);
    assert.deepEqual([status, JSON.parse(text).error], [401, 'token_invalid'], target);
  }
});

test('a token for calls reads, writes and lists no path secret', async () => {
  await ask(personal, 'PUT', '/v1/secrets/app/db', { data: { k: 'v' } });
  for (const [method, target, body] of [
    ['GET', '/v1/auth/whoami'],
    ['GET', '/v1/secrets'],
    ['GET', '/v1/secrets/app/db'],
    ['PUT', '/v1/secrets/app/db', { data: {} }],
    ['DELETE', '/v1/secrets/app/db'],
    ['POST', '/v1/secrets/batch', { paths: ['app/db'] }],
    ['GET', '/v1/audit/logs'],
  ] as const) {
    const { status, text } = await ask(proxy, method, target, body);
    const { code } = JSON.parse(text).error;
    assert.deepEqual([status, code], [401, 'authentication_required'], `${method} ${target}`);
  }
  assert.equal((await ask(personal, 'GET', '/v1/secrets/app/db')).status, 200);
});

test('nothing under /v1 names or shows a broker secret', async () => {
  const { secrets } = await host.call('secrets.list', {});
  const { secretId } = secrets.find(({ name }) => name === 'OPENAI_API_KEY')!;
  for (const target of ['/v1/secrets', '/v1/audit/logs', '/v1/auth/whoami', '/v1/openapi.json']) {
    const { text } = await ask(personal, 'GET', target);
    for (const word of [secretId, 'OPENAI_API_KEY', 'sk-broker-secret-51f0']) assert.ok(!text.includes(word), target);
  }
  for (const path of [secretId, 'openai_api_key', `vault/${secretId}`, `openai/${secretId}`]) {
    for (const tail of ['', '/versions', '/metadata']) {
      assert.equal((await ask(personal, 'GET', `/v1/secrets/${path}${tail}`)).status, 404, path + tail);
    }
  }
});

test('a cursor is a place and no right: who continues another’s list sees what is their own', async () => {
  for (const name of ['a', 'b', 'c', 'd']) {
    for (const folder of ['mine', 'theirs']) await ask(personal, 'PUT', `/v1/secrets/${folder}/${name}`, { data: {} });
  }
  const scopes: 'secrets:list'[] = ['secrets:list'];
  const narrow = await host.call('tokens.createPersonal', { name: 'n', scopes, paths: ['mine/*'] });
  const first = JSON.parse((await ask(personal, 'GET', '/v1/secrets?limit=3')).text);
  const { status, text } = await ask(narrow.token, 'GET', `/v1/secrets?limit=50&cursor=${first.cursor}`);
  assert.equal(status, 200);
  const shown = JSON.parse(text).secrets.map(({ path }: { path: string }) => path);
  assert.deepEqual(shown, ['mine/c', 'mine/d'], 'from that place on, and nothing of what the other token may see');
  assert.equal((await ask(narrow.token, 'GET', `/v1/audit/logs?cursor=${first.cursor}`)).status, 403);
  const { secrets } = JSON.parse((await ask(narrow.token, 'GET', '/v1/secrets')).text);
  assert.equal(secrets.length, 4);
});

test('a token held to some paths reads of the log what was about these, and what it asked for itself', async () => {
  const scopes: ('secrets:list' | 'audit:read')[] = ['secrets:list', 'audit:read'];
  const narrow = await host.call('tokens.createPersonal', { name: 'n', scopes, paths: ['held/*'] });
  await ask(personal, 'GET', '/v1/secrets');
  await ask(personal, 'PUT', '/v1/secrets/elsewhere', { data: {} });
  await ask(personal, 'PUT', '/v1/secrets/held/a', { data: {} });
  await ask(narrow.token, 'GET', '/v1/secrets');
  const { logs } = JSON.parse((await ask(narrow.token, 'GET', '/v1/audit/logs?action=write,list')).text);
  const seen = logs.map(({ secret_path, identity_id }: Record<string, string>) => [secret_path, identity_id]);
  const me = JSON.parse((await ask(personal, 'GET', '/v1/auth/whoami')).text).identity_id;
  assert.deepEqual(seen, [
    [null, `user:${narrow.id}`],
    ['held/a', me],
  ]);
});

test('fifty writers at once on one path: each number once, no version lost', async () => {
  const answers = await Promise.all(
    Array.from({ length: 50 }, (_, writer) => ask(personal, 'PUT', '/v1/secrets/race/one', { data: { writer } })),
  );
  assert.ok(answers.every(({ status }) => status === 200));
  const versions = answers.map(({ text }) => JSON.parse(text).version as number);
  const numbers = Array.from({ length: 50 }, (_, i) => i + 1);
  assert.deepEqual(
    [...versions].sort((a, b) => a - b),
    numbers,
  );
  for (const [writer, version] of versions.entries()) {
    const { text } = await ask(personal, 'GET', `/v1/secrets/race/one?version=${version}`);
    assert.equal(JSON.parse(text).data.writer, writer);
  }
  const created = answers.filter(({ text }) => JSON.parse(text).created);
  assert.equal(created.length, 1);
});

test('fifty writers that saw the same version: one of them writes', async () => {
  await ask(personal, 'PUT', '/v1/secrets/race/two', { data: {} });
  const write = () =>
    fetch(`${host.baseUrl}/v1/secrets/race/two`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${personal}`, 'if-match': '"1"' },
      body: '{"data":{}}',
    });
  const statuses = (await Promise.all(Array.from({ length: 50 }, write))).map(({ status }) => status);
  assert.deepEqual([statuses.filter((s) => s === 200).length, statuses.filter((s) => s === 409).length], [1, 49]);
});
