import assert from 'node:assert/strict';
import { after, beforeEach, describe, test } from 'node:test';
import { bodyOf, type CoreFixture, startCoreFixture } from './core-fixture.ts';

// In a suite of its own: hooks at the top of a file would run for every file of the process.
describe('scopes', () => {
  // Which secret a call gets, by the context of its token or of the operator's flags.

  const workspace = (id: string) => ({ workspace: { workspace_id: id } });
  const group = (w: string, g: string) => ({ group: { workspace_id: w, group_id: g } });
  const models = { capability: 'openai/models', request: { method: 'GET', path: '/v1/models' } };
  const key = (text: string) => `sk-${text.padEnd(24, '0')}`;

  let fixture: CoreFixture;
  beforeEach(async () => {
    await fixture?.close();
    fixture = await startCoreFixture();
  });
  after(() => fixture.close());

  async function keyUsed(context: { workspaceId?: string; groupId?: string } = {}): Promise<string> {
    const answer = await fixture.asOperator(models, context);
    await bodyOf(answer);
    return answer.refusal?.error ?? fixture.lastKey() ?? 'none';
  }

  test('C01 a global secret is available to every caller; attaching adds and detaching takes only the addition', async () => {
    const secretId = await fixture.store('OPENAI_API_KEY', key('global'));
    const attachment = { secretId, workspaceId: 'w', groupId: 'g' };
    assert.equal(await keyUsed({ workspaceId: 'w', groupId: 'g' }), key('global'));
    await fixture.test.ask('secrets.attachGroup', attachment);
    assert.equal(await keyUsed({ workspaceId: 'w', groupId: 'g' }), key('global'));
    await fixture.test.ask('secrets.detachGroup', attachment);
    assert.equal(await keyUsed({ workspaceId: 'w', groupId: 'g' }), key('global'));
  });

  test('C02, C04 a workspace secret works in its workspace and any group of it, and nowhere else', async () => {
    await fixture.store('OPENAI_API_KEY', key('w1'), workspace('w1'));
    assert.equal(await keyUsed({ workspaceId: 'w1' }), key('w1'));
    assert.equal(await keyUsed({ workspaceId: 'w1', groupId: 'any' }), key('w1'));
    assert.equal(await keyUsed({ workspaceId: 'w2' }), 'credential_not_found');
    assert.equal(await keyUsed(), 'credential_not_found');
  });

  test('C05 a group secret works for exactly its workspace and group', async () => {
    await fixture.store('OPENAI_API_KEY', key('wg'), group('w', 'g'));
    assert.equal(await keyUsed({ workspaceId: 'w', groupId: 'g' }), key('wg'));
    assert.equal(await keyUsed({ workspaceId: 'w', groupId: 'h' }), 'credential_not_found');
    assert.equal(await keyUsed({ workspaceId: 'x', groupId: 'g' }), 'credential_not_found');
    assert.equal(await keyUsed({ workspaceId: 'w' }), 'credential_not_found');
  });

  test('C07, G46 group overrides workspace overrides global', async () => {
    await fixture.store('OPENAI_API_KEY', key('global'));
    await fixture.store('OPENAI_API_KEY', key('w'), workspace('w'));
    await fixture.store('OPENAI_API_KEY', key('g'), group('w', 'g'));
    assert.equal(await keyUsed(), key('global'));
    assert.equal(await keyUsed({ workspaceId: 'other' }), key('global'));
    assert.equal(await keyUsed({ workspaceId: 'w' }), key('w'));
    assert.equal(await keyUsed({ workspaceId: 'w', groupId: 'g' }), key('g'));
    assert.equal(await keyUsed({ workspaceId: 'w', groupId: 'h' }), key('w'));
  });

  test('a workspace secret attached to a group of another workspace works there until it is detached', async () => {
    const secretId = await fixture.store('OPENAI_API_KEY', key('w1'), workspace('w1'));
    const attachment = { secretId, workspaceId: 'w2', groupId: 'g' };
    await fixture.test.ask('secrets.attachGroup', attachment);
    assert.equal(await keyUsed({ workspaceId: 'w2', groupId: 'g' }), key('w1'));
    assert.equal(await keyUsed({ workspaceId: 'w2' }), 'credential_not_found');
    await fixture.test.ask('secrets.detachGroup', attachment);
    assert.equal(await keyUsed({ workspaceId: 'w2', groupId: 'g' }), 'credential_not_found');
  });

  test('C01, G45 a credential made for an attached group ends with the attachment, and comes back with it', async () => {
    const secretId = await fixture.store('LENT', 'lent-value-000001', workspace('w1'));
    const attachment = { secretId, workspaceId: 'w2', groupId: 'g' };
    await fixture.test.ask('secrets.attachGroup', attachment);
    await fixture.test.ask('credentials.create', {
      id: 'lent',
      provider: 'p1',
      workspaceId: 'w2',
      groupId: 'g',
      secretRef: `vault:secret:${secretId}`,
      auth: { kind: 'header', name: 'authorization', template: 'Bearer {{secret}}' },
      hosts: ['up.test'],
    });
    const made = {
      id: 'p1/users',
      provider: 'p1',
      hosts: ['up.test'],
      methods: ['GET' as const],
      paths: ['/v1/users'],
    };
    await fixture.test.ask('capabilities.create', made);
    const there = { capabilities: ['p1/users'], workspaceId: 'w2', groupId: 'g' };
    const { token } = await fixture.test.ask('tokens.mint', there);
    const users = { capability: 'p1/users', request: { path: '/v1/users' } };
    const answered = async () => {
      const answer = await fixture.withToken(token, users);
      await bodyOf(answer);
      return answer.refusal?.error ?? fixture.lastKey();
    };
    assert.equal(await answered(), 'lent-value-000001');
    await fixture.test.ask('secrets.detachGroup', attachment);
    assert.equal(await answered(), 'credential_not_found');
    await fixture.test.ask('secrets.attachGroup', attachment);
    assert.equal(await answered(), 'lent-value-000001');
  });

  test('C01, G45 a credential of several secrets ends with the first of them that is detached', async () => {
    const keyId = await fixture.store('TRELLO_API_KEY', 'k'.repeat(32), workspace('w1'));
    const tokenId = await fixture.store('TRELLO_TOKEN', 't'.repeat(64), workspace('w1'));
    const there = { workspaceId: 'w2', groupId: 'g' };
    for (const secretId of [keyId, tokenId]) await fixture.test.ask('secrets.attachGroup', { secretId, ...there });
    const secretRef = `vault:secret:${keyId}`;
    await fixture.test.ask('credentials.create', { id: 'lent', provider: 'trello', secretRef, ...there });
    const boards = { capability: 'trello/boards', credential: 'lent', request: { method: 'GET', path: '/1/boards/x' } };
    const refusal = async () => {
      const answer = await fixture.asOperator(boards, there);
      await bodyOf(answer);
      return answer.refusal?.error ?? null;
    };
    assert.equal(await refusal(), null);
    await fixture.test.ask('secrets.detachGroup', { secretId: tokenId, ...there });
    assert.equal(await refusal(), 'credential_not_found');
  });

  test('G45 the context comes from the token and the audit entry carries it', async () => {
    await fixture.store('OPENAI_API_KEY', key('global'));
    await fixture.store('OPENAI_API_KEY', key('w'), workspace('w'));
    const mint = (more: object) => fixture.test.ask('tokens.mint', { capabilities: ['openai/models'], ...more });
    const plain = await mint({});
    const inside = await mint({ workspaceId: 'w' });
    await bodyOf(await fixture.withToken(plain.token, models));
    assert.equal(fixture.lastKey(), key('global'));
    await bodyOf(await fixture.withToken(inside.token, models));
    assert.equal(fixture.lastKey(), key('w'));
    const { entries } = await fixture.test.ask('audit.list', { kind: 'invoke', actor: `agent:${inside.id}` });
    assert.deepEqual(
      entries.map(({ workspaceId, outcome }) => [workspaceId, outcome]),
      [['w', 'allowed']],
    );
  });

  test('C08 two equal credentials and none named: credential_ambiguous', async () => {
    const first = await fixture.store('A', 'value-number-one');
    const second = await fixture.store('B', 'value-number-two');
    for (const [id, secretId] of [
      ['a', first],
      ['b', second],
    ] as const) {
      await fixture.test.ask('credentials.create', {
        id,
        provider: 'p1',
        secretRef: `vault:secret:${secretId}`,
        auth: { kind: 'header', name: 'authorization', template: 'Bearer {{secret}}' },
        hosts: ['up.test'],
      });
    }
    await fixture.test.ask('capabilities.create', {
      id: 'p1/users',
      provider: 'p1',
      methods: ['GET'],
      paths: ['/v1/users'],
    });
    const users = { capability: 'p1/users', request: { path: '/v1/users' } };
    assert.equal((await fixture.asOperator(users)).refusal?.error, 'credential_ambiguous');
    await bodyOf(await fixture.asOperator({ ...users, credential: 'b' }));
    assert.equal(fixture.lastKey(), 'value-number-two');
  });

  test('C10, C11 an alternative serves the capabilities it opens and no other', async () => {
    await fixture.store('OPENAI_API_KEY', key('base'));
    await fixture.store(
      'CODEX_OAUTH_JSON',
      JSON.stringify({
        access_token: 'codex-access-token',
        refresh_token: 'r'.repeat(20),
        account_id: 'acc-1',
        expires: Date.UTC(2026, 0, 6),
      }),
    );
    await bodyOf(
      await fixture.asOperator({ capability: 'openai/codex-responses', request: { path: '/responses', body: '{}' } }),
    );
    assert.equal(fixture.lastKey(), 'codex-access-token');
    assert.equal(fixture.upstream.requests.at(-1)?.target, '/backend-api/codex/responses');
    assert.equal(await keyUsed(), key('base'));
  });

  test('S41 pass-through by an alternative’s credential reaches what it opens and nothing else', async () => {
    const codex = { access_token: 'codex-access-token', refresh_token: 'r'.repeat(20), account_id: 'acc-1' };
    await fixture.store('OPENAI_API_KEY', key('base'));
    await fixture.store('CODEX_OAUTH_JSON', JSON.stringify({ ...codex, expires: Date.UTC(2026, 0, 6) }));
    const capabilities = ['openai/models', 'openai/codex-responses'];
    const { token } = await fixture.test.ask('tokens.mint', { capabilities });
    const pass = async (method: string, target: string) => {
      const answer = await fixture.test.core.invoke(
        {
          door: 'pass-through',
          caller: { kind: 'bearer' },
          method,
          target,
          headers: [['authorization', `Bearer ${token}`]],
          body: null,
        },
        new AbortController().signal,
      );
      await bodyOf(answer);
      return answer.refusal?.error ?? String(answer.status);
    };
    assert.equal(await pass('POST', '/v/openai.codex-oauth/responses'), '200');
    assert.match(await pass('GET', '/v/openai.codex-oauth/v1/models'), /^(policy_violation|capability_not_found)$/);
    assert.equal(fixture.upstream.requests.length, 1);
    assert.equal(await pass('GET', '/v/openai/v1/models'), '200');
    assert.equal(fixture.lastKey(), key('base'));
  });

  test('bindings decide: the bound secret is used in its scope and for its consumer', async () => {
    await fixture.store('OPENAI_API_KEY', key('default'));
    const bound = await fixture.store('TEAM_KEY', key('bound'), workspace('w'));
    const secretRef = `vault:secret:${bound}`;
    await fixture.test.ask('bindings.set', { capability: 'openai/models', secretRef, scope: workspace('w') });
    assert.equal(await keyUsed({ workspaceId: 'w' }), key('bound'));
    assert.equal(await keyUsed({ workspaceId: 'v' }), key('default'));
    await fixture.test.ask('bindings.remove', { capability: 'openai/models', scope: workspace('w') });
    assert.equal(await keyUsed({ workspaceId: 'w' }), key('default'));
  });

  test('G46 a binding whose secret is out of reach is never replaced by another in silence', async () => {
    await fixture.store('OPENAI_API_KEY', key('default'));
    const bound = await fixture.store('TEAM_KEY', key('bound'));
    await fixture.test.ask('bindings.set', { capability: 'openai/models', secretRef: `vault:secret:${bound}` });
    const [credential] = (await fixture.test.ask('credentials.list', {})).credentials;
    assert.equal(credential?.id, 'openai');
    assert.equal(await keyUsed(), key('bound'));
    await fixture.test.ask('secrets.delete', { secretId: bound });
    assert.equal(await keyUsed(), key('default'), 'deleting the secret takes the binding with it');
  });
});
