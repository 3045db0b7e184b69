import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { KeyProviderChoice } from '#contract/schemas/vault.ts';
import { CrashedError, crashingStore, type Strike } from './faulty-store.fixture.ts';
import { lazyNotes, notes } from './notes-table.fixture.ts';
import type { RotateMasterInput } from './ports.ts';
import { type OpenedVault, type TempVault, withTempVault } from './vault.fixture.ts';

const tables = [lazyNotes];
const value = Buffer.from('S3CRET-value-01');

async function filled(temp: TempVault, choice: KeyProviderChoice = { provider: 'file' }): Promise<string> {
  const { vault, secrets } = await temp.create(choice, { tables });
  const row = await vault.change((tx) => {
    tx.put(notes, 'n', { text: 'a note' });
    tx.put(notes, 'gone', { text: 'removed' });
    tx.put(lazyNotes, 'l', { text: 'a lazy note' });
    return secrets.insert(tx, {
      name: 'K',
      scope: 'global',
      value,
      pinnedProvider: 'openai',
      hosts: ['api.openai.com'],
    });
  });
  await vault.change((tx) => tx.remove(notes, 'gone'));
  return row.secretId;
}

function intact({ vault, secrets }: OpenedVault, secretId: string): void {
  assert.equal(vault.facts().state, 'unlocked');
  assert.ok(secrets.valueEquals(secretId, value));
  assert.deepEqual(vault.table(notes).get('n'), { text: 'a note' });
  assert.deepEqual(vault.table(lazyNotes).get('l'), { text: 'a lazy note' });
  assert.equal(vault.table(notes).get('gone'), undefined);
}

test('a new vault key: everything still opens, the fingerprint changed, the old key is gone (V07)', () =>
  withTempVault(async (temp) => {
    const secretId = await filled(temp);
    const opened = await temp.reopen({}, { tables });
    const before = opened.vault.facts();
    const subkey = opened.vault.subkey('tokens');
    const innerKey = opened.vault.innerKey('x');
    await opened.vault.rotateMaster({});
    intact(opened, secretId);
    const after = opened.vault.facts();
    assert.match(after.fingerprint ?? '', /^[0-9a-f]{64}$/);
    assert.notEqual(after.fingerprint, before.fingerprint);
    assert.deepEqual(opened.vault.subkey('tokens'), subkey, 'purpose keys stay, so tokens and checkpoints stay good');
    assert.notDeepEqual(opened.vault.innerKey('x'), innerKey);
    assert.ok(!existsSync(String(before.keyParameters.path)));
    assert.equal(readdirSync(join(temp.folder, 'keys')).filter((name) => name.endsWith('.key')).length, 1);
    intact(await temp.reopen({}, { tables }), secretId);
    await (await temp.reopen({}, { tables })).vault.rotateMaster({});
    intact(await temp.reopen({}, { tables }), secretId);
  }));

test('another key provider, and back: each opens afterwards and the one before does not', () =>
  withTempVault(async (temp) => {
    temp.environment.MY_KEY = '0d'.repeat(32);
    const secretId = await filled(temp);
    const steps: readonly (readonly [RotateMasterInput, { passphrase?: string }])[] = [
      [{ choice: { provider: 'env', variable: 'MY_KEY' } }, {}],
      [{ choice: { provider: 'passphrase', passphrase: 'one' } }, { passphrase: 'one' }],
      [{ choice: { provider: 'passphrase', passphrase: 'two' } }, { passphrase: 'two' }],
      [{ choice: { provider: 'file' } }, {}],
      [{ newKey: '0e'.repeat(32) }, {}],
    ];
    let input: { passphrase?: string } = {};
    for (const [rotation, next] of steps) {
      const opened = await temp.reopen(input, { tables });
      await opened.vault.rotateMaster(rotation);
      intact(opened, secretId);
      input = next;
    }
    intact(await temp.reopen(input, { tables }), secretId);
    assert.deepEqual(readdirSync(join(temp.folder, 'state', 'anchors')), [], 'no anchor of an old key is left');
  }));

test('a refused rotation changes nothing: garbage key text, no passphrase, a key that is not there (V10)', () =>
  withTempVault(async (temp) => {
    const secretId = await filled(temp);
    const opened = await temp.reopen({}, { tables });
    const before = opened.vault.facts();
    await assert.rejects(opened.vault.rotateMaster({ newKey: 'garbage' }), { code: 'invalid_request' });
    const env = { choice: { provider: 'env', variable: 'NOT_SET' } } as const;
    await assert.rejects(opened.vault.rotateMaster(env), { code: 'vault_locked' });
    assert.deepEqual(opened.vault.facts(), before);
    assert.equal(readdirSync(join(temp.folder, 'keys')).filter((name) => name.endsWith('.key')).length, 1);
    intact(await temp.reopen({}, { tables }), secretId);
  }));

for (const strike of ['before', 'after'] as const satisfies readonly Strike[]) {
  test(`a crash ${strike} each write of a rotation leaves a vault that opens, with all it held (V08)`, () =>
    withTempVault(async (temp) => {
      const secretId = await filled(temp);
      await temp.close();
      let survived = false;
      for (let nth = 1; !survived; nth++) {
        assert.ok(nth < 10, 'a rotation is a handful of writes');
        let writes = (): number => 0;
        const opened = await temp.open({ tables }, (store) => {
          const crashing = crashingStore(store, nth, strike);
          writes = crashing.writes;
          return crashing;
        });
        try {
          await opened.vault.unlock({});
          await opened.vault.rotateMaster({});
          survived = writes() < nth;
        } catch (error) {
          assert.ok(error instanceof CrashedError, String(error));
        }
        intact(await temp.reopen({}, { tables }), secretId);
        await temp.close();
      }
      const keys = readdirSync(join(temp.folder, 'keys')).filter((name) => name.endsWith('.key'));
      const { vault } = await temp.reopen({}, { tables });
      assert.ok(keys.includes(String(vault.facts().keyParameters.path).split('/').at(-1)!));
    }));
}

test('a crash after each write of a change to a passphrase leaves a vault that opens, with all it held (V08)', () =>
  withTempVault(async (temp) => {
    const secretId = await filled(temp);
    await temp.close();
    const choice = { provider: 'passphrase', passphrase: 'correct horse battery staple' } as const;
    let survived = false;
    for (let nth = 1; !survived; nth++) {
      assert.ok(nth < 10, 'a rotation is a handful of writes');
      let writes = (): number => 0;
      const opened = await temp.open({ tables }, (store) => {
        const crashing = crashingStore(store, nth, 'after');
        writes = crashing.writes;
        return crashing;
      });
      try {
        // Before the first whole change its key is in a file, which asks for nothing.
        await opened.vault.unlock({ passphrase: choice.passphrase });
        await opened.vault.rotateMaster({ choice });
        survived = writes() < nth;
      } catch (error) {
        assert.ok(error instanceof CrashedError, String(error));
      }
      intact(await temp.reopen({ passphrase: choice.passphrase }, { tables }), secretId);
      await temp.close();
    }
    const { vault } = await temp.reopen({ passphrase: choice.passphrase }, { tables });
    assert.equal(vault.facts().keyProvider, 'passphrase');
  }));

test('the old key that a crash left behind is removed at the next unlock', () =>
  withTempVault(async (temp) => {
    const secretId = await filled(temp);
    await temp.close();
    const opened = await temp.open({ tables }, (store) => crashingStore(store, 1, 'after'));
    await opened.vault.unlock({});
    const old = String(opened.vault.facts().keyParameters.path);
    await assert.rejects(opened.vault.rotateMaster({}), CrashedError);
    assert.ok(existsSync(old));
    intact(await temp.reopen({}, { tables }), secretId);
    assert.ok(!existsSync(old));
  }));

test('locking during a rotation ends with a locked vault that opens', () =>
  withTempVault(async (temp) => {
    const secretId = await filled(temp);
    const { vault } = await temp.reopen({}, { tables });
    const rotation = vault
      .rotateMaster({})
      .catch((error: { code?: string }) => assert.equal(error.code, 'vault_locked'));
    await new Promise((resolve) => setImmediate(resolve));
    vault.lock();
    await rotation;
    assert.equal(vault.facts().state, 'locked');
    intact(await temp.reopen({}, { tables }), secretId);
  }));
