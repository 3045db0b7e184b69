import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { type Fixture, startFixture } from './fixture.ts';
import { passThroughIncoming, testToken } from './memory-ports.ts';

describe('paths, as policy and the upstream see them', () => {
  let f: Fixture;
  before(async () => {
    f = await startFixture();
  });
  after(() => f.close());
  beforeEach(() => f.upstream.forget());

  async function refused(path: string, code: string | readonly string[]): Promise<void> {
    const codes = typeof code === 'string' ? [code] : code;
    const answer = await f.send({ method: 'GET', path });
    assert.ok(
      codes.includes(answer.refusal?.error ?? 'none'),
      `${JSON.stringify(path)} was ${answer.refusal?.error ?? answer.status}`,
    );
    if (!/[?\s]/.test(path)) {
      const through = await f.pass(passThroughIncoming('GET', `/v/c1${path}`));
      assert.notEqual(through.refusal, undefined, `${JSON.stringify(path)} passed through as ${through.status}`);
    }
    assert.equal(f.upstream.requests.length, 0, 'nothing reached the upstream');
  }

  it('S01 refuses backslashes as separators', () => refused('/v1/users/..\\..\\..\\admin', 'policy_violation'));
  it('S02 refuses TAB, CR and LF inside dot segments', async () => {
    await refused('/v1/users/.\t./.\t./admin', 'policy_violation');
    await refused('/v1/users/.\r./admin', 'policy_violation');
    await refused('/v1/users/.\n./admin', 'policy_violation');
  });
  it('S04 refuses encoded dots in every spelling', async () => {
    for (const path of [
      '/v1/users/%2e%2e/admin',
      '/v1/users/%2E./admin',
      '/v1/users/.%2e/admin',
      '/v1/users/%252e%252e/x',
      '/v1/users/%25252e/x',
    ]) {
      await refused(path, 'policy_violation');
    }
  });
  it('S05 refuses dot segments', async () => {
    for (const path of ['/v1/users/../admin', '/v1/users/./x', '/v1/users/..', '/v1/users/.'])
      await refused(path, 'policy_violation');
  });
  it('S07 refuses encoded slashes and backslashes', async () => {
    for (const path of ['/v1/users/%2f..%2fadmin', '/v1/users/..%5c..%5cadmin', '/v1/users/a%2Fb', '/v1/users/a%5Cb']) {
      await refused(path, 'policy_violation');
    }
  });
  it('S08 refuses path parameters before dots, and fragments', async () => {
    for (const path of [
      '/v1/users;/../x',
      '/v1/users#f/../..',
      '/v1/users/..;/x',
      '/v1/users/.;a=1/x',
      '/v1/users#f',
    ]) {
      await refused(path, 'policy_violation');
    }
  });
  it('S10 keeps the segment boundary', async () => {
    for (const path of ['/v1/users-admin', '/v1/usersX', '/v1/users%2fadmin', '/v1/users;admin', '/V1/users']) {
      await refused(path, ['policy_violation', 'capability_not_found']);
    }
  });
  it('S11 allows what the pattern holds, and sends exactly that', async () => {
    for (const path of ['/v1/users', '/v1/users/', '/v1/users/42', '/v1/users?x=1']) {
      f.upstream.forget();
      const answer = await f.send({ method: 'GET', path });
      assert.equal(answer.status, 200, path);
      assert.equal(f.upstream.requests[0]?.target, path);
    }
  });
  it('S13 refuses NUL, line separators and overlong UTF-8, raw or encoded', async () => {
    for (const path of [
      '/v1/users/\0',
      '/v1/users/%00',
      '/v1/users/\u2028',
      '/v1/users/%e2%80%a8',
      '/v1/users/%c0%ae',
      '/v1/users/%ff',
      '/v1/users/%zz',
      '/v1/users/%',
      '/v1/users/é',
      '/v1/users/a b',
    ]) {
      await refused(path, ['policy_violation', 'invalid_request']);
    }
  });
  it('refuses full-width look-alikes of dots and slashes', async () => {
    await refused(`/v1/users/${encodeURIComponent('．．')}/admin`, 'policy_violation');
    await refused(`/v1/users/a${encodeURIComponent('／')}b`, 'policy_violation');
  });
  it('refuses empty inner segments and paths without a slash', async () => {
    await refused('/v1//users', 'policy_violation');
    await refused('//v1/users', 'policy_violation');
    await refused('v1/users', 'invalid_request');
    await refused('https://evil.test/v1/users', 'invalid_request');
  });
  it('spells escapes one way: unreserved decoded, the rest in upper case', async () => {
    await f.send({ method: 'GET', path: '/v1/%75sers/%7ejo%c3%a9%2b' });
    assert.equal(f.upstream.requests[0]?.target, '/v1/users/~jo%C3%A9%2B');
  });

  it('S14 keeps a path-auth capability to its own method', async () => {
    f.ports.addCapability({ id: 'tg/get-me', provider: 'tg', paths: ['/getMe'] });
    f.ports.addCredential(
      { id: 'tg', provider: 'tg', auth: { kind: 'path', prefix: '/bot{{secret}}' } },
      { secret: '123:ABC-secret' },
    );
    f.ports.addToken(testToken, { capabilities: new Set(['p1/users', 'tg/get-me']) });
    const send = (path: string) => f.send({ method: 'GET', path }, { capability: 'tg/get-me' });
    assert.equal((await send('/getMe\\..\\setWebhook')).refusal?.error, 'policy_violation');
    assert.equal((await send('/bot999/getMe')).refusal?.error, 'policy_violation', 'S16');
    assert.equal(f.upstream.requests.length, 0);
    assert.equal((await send('/getMe')).status, 200);
    assert.equal(f.upstream.requests[0]?.target, '/bot123:ABC-secret/getMe');
    for (const bad of ['a/b', 'a?b', 'a#b', 'a\\b', 'a\u0001b']) {
      f.ports.values.set('tg', { secret: bad });
      f.upstream.forget();
      assert.equal((await send('/getMe')).refusal?.error, 'auth_failed', 'S17');
      assert.equal(f.upstream.requests.length, 0);
    }
  });

  it('H13 refuses a query that does not decode', async () => {
    for (const q of ['q=%zz', 'q=%', 'q=%ff', 'q=a b', 'q="x"', 'q=\\'])
      await refused(`/v1/users?${q}`, 'invalid_request');
  });
  it('H14 keeps order and duplicates of a query, byte for byte', async () => {
    await f.send({ method: 'GET', path: '/v1/users?a=1&a=2&b&c=%7E+%c3%a9' });
    assert.equal(f.upstream.requests[0]?.target, '/v1/users?a=1&a=2&b&c=%7E+%c3%a9');
  });
});

describe('capabilities that meet on one path', () => {
  let f: Fixture;
  before(async () => {
    f = await startFixture();
    f.ports.addCapability({
      id: 'gm/modify',
      provider: 'gm',
      methods: ['POST'],
      paths: ['/gmail/v1/users/{user}/messages/**'],
    });
    f.ports.addCapability({
      id: 'gm/send',
      provider: 'gm',
      methods: ['POST'],
      paths: ['/gmail/v1/users/{user}/messages/send'],
    });
    f.ports.addCapability({
      id: 'gm/labels',
      provider: 'gm',
      paths: ['/gmail/v1/labels/**'],
      exclude: ['/gmail/v1/labels/all', 'DELETE /gmail/v1/labels/{id}'],
      methods: ['GET', 'DELETE'],
    });
    f.ports.addCredential({ id: 'gm', provider: 'gm' }, { secret: 'gm-secret-123456' });
    f.ports.addToken(testToken, { capabilities: new Set(['gm/modify', 'gm/labels']) });
  });
  after(() => f.close());
  beforeEach(() => f.upstream.forget());

  it('S44 leaves the narrower capability to decide, in the envelope and in pass-through', async () => {
    const path = '/gmail/v1/users/me/messages/send';
    assert.equal(
      (await f.send({ method: 'POST', path, body: '{}' }, { capability: 'gm/modify' })).refusal?.error,
      'policy_violation',
    );
    assert.equal((await f.pass(passThroughIncoming('POST', `/v/gm${path}`))).refusal?.error, 'policy_violation');
    assert.equal(f.upstream.requests.length, 0);
    assert.equal((await f.pass(passThroughIncoming('POST', '/v/gm/gmail/v1/users/me/messages/42/trash'))).status, 200);
  });
  it('C5 S44 nor does a closing slash, a capital or a parameter get past the narrower capability', async () => {
    for (const path of ['messages/send/', 'messages/SEND', 'messages/send;x=1', 'Messages/send']) {
      const full = `/gmail/v1/users/me/${path}`;
      const sent = await f.send({ method: 'POST', path: full, body: '{}' }, { capability: 'gm/modify' });
      assert.ok(sent.refusal !== undefined, path);
      assert.ok((await f.pass(passThroughIncoming('POST', `/v/gm${full}`))).refusal !== undefined, path);
    }
    assert.equal(f.upstream.requests.length, 0);
  });
  it('takes exclusions in any letter case, and per method where they say so', async () => {
    for (const path of [
      '/gmail/v1/labels/all',
      '/gmail/v1/labels/ALL',
      '/gmail/v1/labels/all/',
      '/gmail/v1/labels/%61ll',
      '/gmail/v1/labels/all;x=1',
    ]) {
      assert.equal(
        (await f.send({ method: 'GET', path }, { capability: 'gm/labels' })).refusal?.error,
        'policy_violation',
        path,
      );
    }
    assert.equal(
      (await f.send({ method: 'DELETE', path: '/gmail/v1/labels/7' }, { capability: 'gm/labels' })).refusal?.error,
      'policy_violation',
    );
    assert.equal(
      (await f.send({ method: 'GET', path: '/gmail/v1/labels/7' }, { capability: 'gm/labels' })).status,
      200,
    );
  });
  it('answers a path that no capability covers with capability_not_found', async () => {
    assert.equal((await f.pass(passThroughIncoming('GET', '/v/gm/admin'))).refusal?.error, 'capability_not_found');
    assert.equal((await f.pass(passThroughIncoming('GET', '/v/nobody/admin'))).refusal?.error, 'credential_not_found');
  });
});

describe('an encoded slash that a capability names', () => {
  let f: Fixture;
  before(async () => {
    f = await startFixture();
    f.ports.addCapability({
      id: 'gl/read',
      provider: 'gl',
      paths: ['/projects/{id%2F}', '/projects/{id%2F}/**', '/projects/{id%2F}/files/{path%2F}/raw'],
      exclude: ['/projects/{id}/variables'],
    });
    f.ports.addCapability({ id: 'gl/members', provider: 'gl', paths: ['/projects/{id}/members/**'] });
    f.ports.addCapability({ id: 'gl/groups', provider: 'gl', paths: ['/groups/{id}/**'] });
    f.ports.addCredential({ id: 'gl', provider: 'gl' }, { secret: 'gl-secret-123456' });
    f.ports.addToken(testToken, { capabilities: new Set(['gl/read', 'gl/groups']) });
  });
  after(() => f.close());
  beforeEach(() => f.upstream.forget());

  const both = async (path: string, capability = 'gl/read') => [
    (await f.send({ method: 'GET', path }, { capability })).refusal?.error ?? 'sent',
    (await f.pass(passThroughIncoming('GET', `/v/gl${path}`))).refusal?.error ?? 'sent',
  ];

  it('C5 is sent as it was checked, never decoded, by either door', async () => {
    for (const path of [
      '/projects/acme%2Fapp',
      '/projects/acme%2Fteam%2Fapp/issues/7?a=b%2Fc',
      '/projects/acme%2Fapp/files/src%2Fmain.ts/raw',
      '/projects/42/files/src%2Fmain.ts/raw',
    ]) {
      f.upstream.forget();
      assert.deepEqual(await both(path), ['sent', 'sent'], path);
      assert.deepEqual(
        f.upstream.requests.map(({ target }) => target),
        [path, path],
      );
    }
    assert.deepEqual(await both('/projects/acme%2fapp'), ['sent', 'sent']);
    assert.equal(f.upstream.requests.at(-1)?.target, '/projects/acme%2Fapp', 'spelled one way');
  });
  it('S07 C5 is refused where no pattern names it', async () => {
    for (const path of ['/groups/acme%2Fapp/x', '/projects/7/labels/a%2Fb', '/projects%2F7', '/acme%2Fapp']) {
      assert.deepEqual(await both(path), ['policy_violation', 'policy_violation'], path);
    }
    assert.deepEqual(await both('/groups/acme%2Fapp/x', 'gl/groups'), ['policy_violation', 'policy_violation']);
    assert.equal(f.upstream.requests.length, 0);
  });
  it('C5 hides no dot segment, no exclusion and no other capability, whether the upstream keeps it or not', async () => {
    for (const path of [
      '/projects/..%2Fadmin',
      '/projects/a%2F..%2F..%2Fadmin',
      '/projects/a%2F%2e%2e/x',
      '/projects/a%252Fb',
      '/projects/acme%2Fapp/members/7',
      '/projects/acme%2Fmembers',
      '/projects/acme%2Fmembers%2F7',
    ]) {
      assert.deepEqual(await both(path), ['policy_violation', 'policy_violation'], path);
    }
    for (const path of ['/projects/acme%2Fapp/variables', '/projects/acme%2FVariables']) {
      assert.deepEqual(await both(path), ['policy_violation', 'capability_not_found'], path);
    }
    assert.equal(f.upstream.requests.length, 0);
  });
});
