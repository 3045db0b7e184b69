import assert from 'node:assert/strict';
import { after, beforeEach, describe, test } from 'node:test';
import { openTestCore, type TestCore } from '../core.fixture.ts';

// In a suite of its own: hooks at the top of a file would run for every file of the process.
describe('secrets through dispatch', () => {
  let core: TestCore;
  beforeEach(async () => {
    await core?.close();
    core = await openTestCore();
  });
  after(() => core.close());

  const workspace = (id: string) => ({ workspace: { workspace_id: id } });
  const openAiKey = 'sk-proj-abcdefghijklmnopqrstuvwx';
  const texts = (notices: readonly { text: string; kind: string }[]) =>
    notices.filter(({ kind }) => kind !== 'warning').map(({ text }) => text);
  const create = (name: string, value: string, more: object = {}) =>
    core.ask('secrets.create', { name, value, ...more });

  test('R01 a claimed name is pinned, provisions its credential and enables 17 capabilities, and says so', async () => {
    const { secret, notices } = await create('OPENAI_API_KEY', openAiKey);
    assert.equal(secret.pinnedProvider, 'openai');
    assert.deepEqual(secret.hosts, ['api.openai.com']);
    assert.deepEqual(texts(notices), [
      'Secret created: OPENAI_API_KEY (pinned to provider: openai)',
      'Credential auto-provisioned: openai (17 capabilities enabled)',
    ]);
    const { capabilities } = await core.ask('capabilities.list', { provider: 'openai', ready: true });
    assert.equal(capabilities.length, 17);
  });

  test('R02 one of two secrets waits for the other; the second completes the credential', async () => {
    const first = await create('TRELLO_API_KEY', 'a'.repeat(32));
    assert.ok(texts(first.notices).includes('Waiting for TRELLO_TOKEN to complete trello credential'));
    assert.deepEqual((await core.ask('credentials.list', {})).credentials, []);
    const second = await create('TRELLO_TOKEN', 'b'.repeat(64));
    assert.ok(texts(second.notices).includes('Credential auto-provisioned: trello (17 capabilities enabled)'));
  });

  test('G62 an alternative’s secret provisions what it opens and does not wait for the base secret', async () => {
    const { notices } = await create('CODEX_OAUTH_JSON', '{"access_token":"t","refresh_token":"r","account_id":"a"}');
    assert.equal(texts(notices).filter((text) => text.startsWith('Waiting')).length, 0);
    assert.ok(texts(notices).some((text) => text.startsWith('Credential auto-provisioned: openai.codex-oauth (')));
  });

  test('R07 an alias equal to a claimed name pins nothing', async () => {
    const { secret, notices } = await create('MY_KEY', 'some-long-value', { aliases: ['OPENAI_API_KEY'] });
    assert.equal(secret.pinnedProvider, undefined);
    assert.deepEqual(texts(notices), ['Secret created: MY_KEY']);
    assert.deepEqual((await core.ask('credentials.list', {})).credentials, []);
  });

  test('G54 renaming onto or away from a claimed name is refused with the reason', async () => {
    const own = await create('MY_KEY', 'some-long-value');
    const pinned = await create('OPENAI_API_KEY', openAiKey);
    const onto = await core.refusal('secrets.update', { secretId: own.secret.secretId, name: 'ANTHROPIC_API_KEY' });
    const away = await core.refusal('secrets.update', { secretId: pinned.secret.secretId, name: 'OTHER' });
    assert.equal(onto.code, 'policy_violation');
    assert.equal(away.code, 'policy_violation');
    assert.match(onto.hint ?? '', /anthropic/);
  });

  test('V13, G33 names and aliases are unique per scope, whatever the scope', async () => {
    await create('A', 'value-one', { scope: workspace('w'), aliases: ['alpha'] });
    assert.equal(
      (await core.refusal('secrets.create', { name: 'A', value: 'x2', scope: workspace('w') })).code,
      'already_exists',
    );
    assert.equal(
      (await core.refusal('secrets.create', { name: 'alpha', value: 'x2', scope: workspace('w') })).code,
      'already_exists',
    );
    assert.equal(
      (await core.refusal('secrets.create', { name: 'B', value: 'x2', scope: workspace('w'), aliases: ['alpha'] }))
        .code,
      'already_exists',
    );
    await create('A', 'value-two', { scope: workspace('v') });
  });

  test('V14 a deleted name is free again and gets a new id', async () => {
    const first = await create('A', 'value-one');
    await core.ask('secrets.delete', { secretId: first.secret.secretId });
    const second = await create('A', 'value-two');
    assert.notEqual(second.secret.secretId, first.secret.secretId);
  });

  test('V16 a deleted secret refuses rotation; deleting it again is fine', async () => {
    const { secret } = await create('A', 'value-one');
    const deleted = await core.ask('secrets.delete', { secretId: secret.secretId });
    assert.ok(deleted.secret.revokedAtMs !== null);
    assert.equal(
      (await core.refusal('secrets.rotate', { secretId: secret.secretId, value: 'value-two' })).code,
      'not_found',
    );
    assert.equal((await core.refusal('secrets.update', { secretId: secret.secretId, name: 'B' })).code, 'not_found');
    await core.ask('secrets.delete', { secretId: secret.secretId });
    assert.deepEqual((await core.ask('secrets.list', {})).secrets, []);
  });

  test('V19, V22, S47 blank names, empty values and ids that are no ids are invalid_request', async () => {
    assert.equal((await core.refusal('secrets.create', { name: '  ', value: 'x' })).code, 'invalid_request');
    assert.equal((await core.refusal('secrets.create', { name: 'A', value: '' })).code, 'invalid_request');
    assert.equal((await core.refusal('secrets.delete', { secretId: '../vault' })).code, 'invalid_request');
    for (const secretRef of [
      'secret:x',
      'vault:secret:',
      'VAULT:secret:00000000-0000-4000-8000-000000000000',
      'vault:secret:../vault',
    ]) {
      const wish = {
        id: 'c',
        provider: 'p1',
        secretRef,
        auth: { kind: 'header', name: 'x', template: '{{secret}}' },
        hosts: ['up.test'],
      };
      assert.equal((await core.refusal('credentials.create', wish)).code, 'invalid_request', secretRef);
    }
  });

  test('G56 names are printable: control, direction and line characters are refused', async () => {
    for (const odd of ['a\u001b[31mb', 'a\u202eb', 'a\nb', 'a\u2028b', 'a\u0000', '\ufeffa\u200b']) {
      assert.equal((await core.refusal('secrets.create', { name: odd, value: 'some-value' })).code, 'invalid_request');
      const aliased = { name: 'A', value: 'some-value', aliases: [odd] };
      assert.equal((await core.refusal('secrets.create', aliased)).code, 'invalid_request');
    }
  });

  test('V22 spaces around a secret reference are trimmed', async () => {
    const { secret } = await create('A', 'value-one');
    const auth = { kind: 'header', name: 'x-key', template: '{{secret}}' } as const;
    const made = await core.ask('credentials.create', {
      id: 'c',
      provider: 'p1',
      secretRef: ` vault:secret: ${secret.secretId} `,
      auth,
      hosts: ['up.test'],
    });
    assert.deepEqual(made.secretIds, [secret.secretId]);
  });

  test('V20 import: value with =, blank value skipped, blank key refuses all, the last of one name wins', async () => {
    const entries = [
      { name: 'A', value: '1=2' },
      { name: 'B', value: ' ' },
      { name: 'C', value: 'first-value' },
      { name: 'C', value: 'last-value' },
    ];
    const answer = await core.ask('secrets.import', { entries });
    assert.deepEqual(answer.created, ['A', 'C']);
    assert.deepEqual(answer.skipped, [{ name: 'B', reason: 'the value is empty' }]);
    const again = await core.ask('secrets.import', { entries: [{ name: 'C', value: 'newer-value' }] });
    assert.deepEqual(again.rotated, ['C']);
    assert.equal(
      (
        await core.refusal('secrets.import', {
          entries: [
            { name: 'D', value: 'x' },
            { name: ' ', value: 'y' },
          ],
        })
      ).code,
      'invalid_request',
    );
    const names = (await core.ask('secrets.list', {})).secrets.map(({ name, valueVersion }) => [name, valueVersion]);
    assert.deepEqual(names, [
      ['A', 1],
      ['C', 2],
    ]);
  });

  test('import: an entry that cannot be stored is skipped with its reason, whatever is wrong with it, and stops no other', async () => {
    const entries = [
      { name: 'A', value: 'some-value' },
      { name: 'HUGE', value: 'x'.repeat(64 * 1024 + 1) },
      { name: 'WIDE', value: 'ü'.repeat(40 * 1024) },
      { name: 'N'.repeat(300), value: 'some-value' },
      { name: 'HALF', value: 'some-value\ud800' },
      { name: 'Z', value: 'some-value' },
    ];
    const answer = await core.ask('secrets.import', { entries });
    assert.deepEqual(answer.created, ['A', 'Z']);
    const tooLarge = 'the value is too large: a secret holds at most 64 KiB';
    assert.deepEqual(answer.skipped, [
      { name: 'HUGE', reason: tooLarge },
      { name: 'WIDE', reason: tooLarge },
      { name: '(unusable name)', reason: 'the name is too long or holds characters that cannot be shown' },
      { name: 'HALF', reason: 'value: is not well-formed text.' },
    ]);
  });

  test('import: what is to be said of a value names its secret, created or rotated', async () => {
    const entries = [
      { name: 'A', value: 'short' },
      { name: 'B', value: 'short' },
    ];
    const warning = 'This value is under 8 bytes: in answers it is redacted only where it stands alone.';
    const said = async () => (await core.ask('secrets.import', { entries })).notices.map(({ text }) => text);
    assert.deepEqual(await said(), ['Secret created: A', `A: ${warning}`, 'Secret created: B', `B: ${warning}`]);
    assert.deepEqual(await said(), [`A: ${warning}`, `B: ${warning}`]);
  });

  test('a credential whose two secrets arrive in one import is said to be provisioned once', async () => {
    const entries = [
      { name: 'TRELLO_API_KEY', value: 'a'.repeat(32) },
      { name: 'TRELLO_TOKEN', value: 'b'.repeat(64) },
    ];
    const said = texts((await core.ask('secrets.import', { entries })).notices);
    assert.equal(
      said.filter((text) => text === 'Credential auto-provisioned: trello (17 capabilities enabled)').length,
      1,
    );
    assert.ok(!said.some((text) => text.startsWith('Waiting')));
  });

  test('import provisions and says so, and every stored name has its own audit entry', async () => {
    const answer = await core.ask('secrets.import', {
      entries: [
        { name: 'OPENAI_API_KEY', value: openAiKey },
        { name: 'X', value: 'some-value' },
      ],
    });
    assert.ok(texts(answer.notices).includes('Credential auto-provisioned: openai (17 capabilities enabled)'));
    const { entries } = await core.ask('audit.list', { kind: 'secrets.create' });
    assert.deepEqual(
      entries.map(({ secretName }) => secretName),
      ['X', 'OPENAI_API_KEY'],
    );
  });

  test('a rotated secret keeps its id and grows its version', async () => {
    const { secret } = await create('OPENAI_API_KEY', openAiKey);
    const rotated = await core.ask('secrets.rotate', { secretId: secret.secretId, value: `${openAiKey}2` });
    assert.equal(rotated.secret.valueVersion, 2);
    assert.notEqual(rotated.secret.fingerprint, secret.fingerprint);
    assert.deepEqual(texts(rotated.notices), ['Credential auto-reconciled: openai']);
  });

  test('deleting one of two Trello secrets makes Trello wait again, and ends tokens tied to the credential', async () => {
    const first = await create('TRELLO_API_KEY', 'a'.repeat(32));
    await create('TRELLO_TOKEN', 'b'.repeat(64));
    const { id } = await core.ask('tokens.mint', { capabilities: ['trello/boards'], credential: 'trello' });
    const preview = await core.ask('secrets.deletePreview', { secretId: first.secret.secretId });
    assert.deepEqual(preview.credentials, ['trello']);
    assert.equal(preview.capabilities, 17);
    const { notices } = await core.ask('secrets.delete', { secretId: first.secret.secretId });
    assert.deepEqual(texts(notices), ['Waiting for TRELLO_API_KEY to complete trello credential']);
    assert.deepEqual((await core.ask('credentials.list', {})).credentials, []);
    assert.deepEqual((await core.ask('tokens.list', {})).tokens, []);
    const [dead] = (await core.ask('tokens.list', { all: true })).tokens;
    assert.equal(dead?.id, id);
  });

  test('deleting takes stored credentials and bindings with it in one step, over a restart', async () => {
    const { secret } = await create('K', 'some-value-1');
    const secretRef = `vault:secret:${secret.secretId}`;
    const auth = { kind: 'header', name: 'x-key', template: '{{secret}}' } as const;
    await core.ask('credentials.create', { id: 'c1', provider: 'p1', secretRef, auth, hosts: ['up.test'] });
    await core.ask('capabilities.create', { id: 'p1/users', provider: 'p1', methods: ['GET'], paths: ['/v1/users'] });
    await core.ask('bindings.set', { capability: 'p1/users', secretRef });
    await core.ask('secrets.delete', { secretId: secret.secretId });
    await core.reopen();
    assert.deepEqual((await core.ask('credentials.list', {})).credentials, []);
    assert.deepEqual((await core.ask('bindings.list', {})).bindings, []);
    assert.equal((await core.ask('capabilities.describe', { id: 'p1/users' })).ready, false);
  });

  test('warnings say what is odd about a value and never show it', async () => {
    const { notices } = await create('OPENAI_API_KEY', 'short\n');
    const warnings = notices.filter(({ kind }) => kind === 'warning').map(({ text }) => text);
    assert.equal(warnings.length, 3);
    assert.ok(warnings.every((text) => !text.includes('short')));
  });

  test('attaching a second secret of one name to a group is refused, because nobody could say which is used', async () => {
    const one = await create('OPENAI_API_KEY', openAiKey, { scope: workspace('a') });
    const two = await create('OPENAI_API_KEY', openAiKey, { scope: workspace('b') });
    const group = { workspaceId: 'w', groupId: 'g' };
    await core.ask('secrets.attachGroup', { secretId: one.secret.secretId, ...group });
    await core.ask('secrets.attachGroup', { secretId: one.secret.secretId, ...group });
    assert.equal(
      (await core.refusal('secrets.attachGroup', { secretId: two.secret.secretId, ...group })).code,
      'already_exists',
    );
  });

  test('R14 listing changes nothing', async () => {
    await create('TRELLO_API_KEY', 'a'.repeat(32));
    await create('TRELLO_TOKEN', 'b'.repeat(64));
    const before = await core.ask('secrets.list', {});
    for (const name of ['credentials.list', 'capabilities.list', 'secrets.list', 'tokens.list'] as const)
      await core.ask(name, {});
    assert.deepEqual(await core.ask('secrets.list', {}), before);
  });

  test('a value over 64 KiB in bytes is too_large, and text without a UTF-8 form is refused', async () => {
    assert.equal((await core.refusal('secrets.create', { name: 'A', value: 'ä'.repeat(40_000) })).code, 'too_large');
    assert.equal((await core.refusal('secrets.create', { name: 'A', value: 'abc\ud800' })).code, 'invalid_request');
    await create('A', 'ä'.repeat(30_000));
  });
});
