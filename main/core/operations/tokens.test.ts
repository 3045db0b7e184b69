import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { after, beforeEach, describe, test } from 'node:test';
import { openTestCore, type TestCore } from '../core.fixture.ts';

// In a suite of its own: hooks at the top of a file would run for every file of the process.
describe('tokens through dispatch', () => {
  let core: TestCore;
  beforeEach(async () => {
    await core?.close();
    core = await openTestCore();
    await core.ask('secrets.create', { name: 'OPENAI_API_KEY', value: 'sk-proj-abcdefghijklmnopqrstuvwx' });
  });
  after(() => core.close());

  const capabilities = ['openai/models'];
  const hour = 60 * 60 * 1000;

  test('a token has 256 bits, lasts an hour by default, and is in no list', async () => {
    const before = core.clock.ms;
    const minted = await core.ask('tokens.mint', { capabilities });
    assert.match(minted.token, /^avp_[A-Za-z0-9_-]{43}$/);
    assert.ok(minted.expiresAtMs >= before + hour && minted.expiresAtMs < before + hour + 1000);
    const list = JSON.stringify(await core.ask('tokens.list', { all: true }));
    assert.ok(!list.includes(minted.token) && !list.includes('sha256'));
  });

  test('I12 nothing on disk holds a token', async () => {
    const { token } = await core.ask('tokens.mint', { capabilities });
    for (const file of ['vault.db', 'vault.db-wal', 'audit.db', 'audit.db-wal']) {
      const bytes = await readFile(path.join(core.folder, file)).catch(() => Buffer.alloc(0));
      assert.ok(!bytes.includes(token) && !bytes.includes(token.slice(4)), file);
    }
  });

  test('S40 a lifetime of zero, below zero or over 30 days is refused', async () => {
    for (const ttlMs of [0, -1, 30 * 24 * hour + 1, 1.5, '1h']) {
      assert.equal((await core.refusal('tokens.mint', { capabilities, ttlMs })).code, 'invalid_request', String(ttlMs));
    }
    await core.ask('tokens.mint', { capabilities, ttlMs: 30 * 24 * hour });
  });

  test('minting refuses what could never work: unknown or disabled capability, unknown or foreign credential, lone group', async () => {
    assert.equal((await core.refusal('tokens.mint', { capabilities: [] })).code, 'invalid_request');
    for (const name of ['a\u202eb', 'a\nb', 'a\u0000']) {
      assert.equal(
        (await core.refusal('tokens.mint', { capabilities, name })).code,
        'invalid_request',
        'H3 a name is shown',
      );
    }
    assert.equal(
      (await core.refusal('tokens.mint', { capabilities: ['openai/nothing'] })).code,
      'capability_not_found',
    );
    await core.ask('capabilities.setEnabled', { id: 'openai/files', enabled: false });
    assert.equal((await core.refusal('tokens.mint', { capabilities: ['openai/files'] })).code, 'capability_not_found');
    assert.equal(
      (await core.refusal('tokens.mint', { capabilities, credential: 'nobody' })).code,
      'credential_not_found',
    );
    const foreign = { capabilities: ['stripe/customers'], credential: 'openai' };
    assert.equal((await core.refusal('tokens.mint', foreign)).code, 'invalid_request');
    assert.equal((await core.refusal('tokens.mint', { capabilities, groupId: 'g' })).code, 'invalid_request');
  });

  test('a credential of a workspace is not for a token outside it', async () => {
    const scope = { workspace: { workspace_id: 'w' } };
    await core.ask('secrets.create', { name: 'OPENAI_API_KEY', value: 'sk-proj-abcdefghijklmnopqrstuvw2', scope });
    const tied = { capabilities, credential: 'openai.ws-w' };
    assert.equal((await core.refusal('tokens.mint', tied)).code, 'invalid_request');
    await core.ask('tokens.mint', { ...tied, workspaceId: 'w' });
  });

  test('revoking ends a token at once and says whether there was anything to end', async () => {
    const { id } = await core.ask('tokens.mint', { capabilities });
    assert.deepEqual(await core.ask('tokens.revoke', { id }), { id, revoked: true });
    assert.deepEqual(await core.ask('tokens.revoke', { id }), { id, revoked: false });
    assert.equal((await core.refusal('tokens.revoke', { id: 'tok_0000000000000000' })).code, 'not_found');
  });

  test('an expired token is listed only with all, and forgotten 30 days later', async () => {
    const { id } = await core.ask('tokens.mint', { capabilities, ttlMs: 1000 });
    core.clock.ms += 2000;
    assert.deepEqual((await core.ask('tokens.list', {})).tokens, []);
    assert.equal((await core.ask('tokens.list', { all: true })).tokens[0]?.id, id);
    core.clock.ms += 31 * 24 * hour;
    await core.ask('tokens.mint', { capabilities });
    assert.equal((await core.ask('tokens.list', { all: true })).tokens.length, 1);
  });

  test('explain says which credential a token would use now, or why none', async () => {
    const { id } = await core.ask('tokens.mint', { capabilities: ['openai/models', 'stripe/customers'] });
    const reach = (await core.ask('tokens.explain', { id })).capabilities;
    assert.deepEqual(
      reach.map(({ credential }) => credential),
      ['openai', null],
    );
    assert.match(reach[1]?.reason ?? '', /No credential/);
  });

  test('explain follows a binding as a call does', async () => {
    const { secretId } = (await core.ask('secrets.create', { name: 'SECOND', value: 'sk-proj-zyxwvutsrqponmlkjihgf' }))
      .secret;
    const capability = 'openai/models';
    await core.ask('bindings.set', { capability, consumer: 'bot', secretRef: `vault:secret:${secretId}` });
    const credentialOf = async (name: string) => {
      const { id } = await core.ask('tokens.mint', { capabilities, name });
      return (await core.ask('tokens.explain', { id })).capabilities[0]?.credential;
    };
    assert.match((await credentialOf('bot')) ?? '', /^openai\.bound-/);
    assert.equal(await credentialOf('other'), 'openai');
  });

  test('a personal token’s globs are checked when it is made', async () => {
    for (const glob of ['a//b', '/a', 'UPPER/x', '../x', 'a**']) {
      const input = { name: 'app', scopes: ['secrets:read'], paths: [glob] };
      assert.equal((await core.refusal('tokens.createPersonal', input)).code, 'invalid_request', glob);
    }
    await core.ask('tokens.createPersonal', {
      name: 'app',
      scopes: ['secrets:read'],
      paths: ['environments/*/db', 'shared/**'],
    });
  });

  test('a personal token may ask agent rows only, with its own scopes; a proxy token may ask nothing', async () => {
    const personal = await core.ask('tokens.createPersonal', { name: 'app', scopes: ['secrets:write'] });
    const proxy = await core.ask('tokens.mint', { capabilities });
    assert.match(personal.token, /^skt_[A-Za-z0-9_-]{43}$/);
    const whoami = await core.core.ask(personal.token, 'tokens.whoami', () => ({}));
    assert.ok(whoami.ok);
    const operator = await core.core.ask(personal.token, 'secrets.list', () => ({}));
    assert.equal(operator.ok ? '' : operator.error.error, 'operator_required');
    for (const bearer of [proxy.token, 'skt_short', null]) {
      const answer = await core.core.ask(bearer, 'tokens.whoami', () => assert.fail('input was read'));
      assert.equal(answer.ok ? '' : answer.error.error, 'token_invalid');
    }
  });
});
