import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { lazyNotes, notes } from './notes-table.fixture.ts';
import { type TempVault, withTempVault } from './vault.fixture.ts';

const passphrase = 'a passphrase for the backup';
const tables = [lazyNotes];

/** A vault with a secret and notes, and its backup. */
async function backedUp(temp: TempVault): Promise<{ path: string; secretId: string }> {
  const { vault, secrets } = await temp.create({ provider: 'file' }, { tables });
  const row = await vault.change((tx) => {
    tx.put(notes, 'n', { text: 'a note' });
    tx.put(lazyNotes, 'l', { text: 'a lazy note' });
    tx.put(notes, 'gone', { text: 'removed' });
    return secrets.insert(tx, {
      name: 'K',
      scope: 'global',
      value: Buffer.from('S3CRET-value-01'),
      pinnedProvider: null,
      hosts: [],
    });
  });
  await vault.change((tx) => tx.remove(notes, 'gone'));
  const path = join(temp.folder, 'vault.backup');
  const audit = async function* () {
    yield [{ seq: 1, tsMs: 5, body: '{"kind":"x"}', hash: new Uint8Array(32) }];
  };
  const { bytes, rows } = await vault.createBackup({ path, passphrase, audit: audit() });
  assert.equal(bytes, statSync(path).size);
  assert.equal(rows, 3);
  return { path, secretId: row.secretId };
}

test('a backup restores into an empty folder, under another key, with everything in it', () =>
  withTempVault(async (temp) => {
    const { path, secretId } = await backedUp(temp);
    const before = (await temp.reopen({}, { tables })).vault.facts();
    await withTempVault(async (elsewhere) => {
      const opened = await elsewhere.open({ tables });
      const entries: unknown[] = [];
      const audit = async (page: readonly unknown[]): Promise<void> => void entries.push(...page);
      await opened.vault.restoreBackup({ path, passphrase, choice: { provider: 'file' }, audit });
      assert.deepEqual(entries, [{ seq: 1, tsMs: 5, body: '{"kind":"x"}' }]);
      const { vault, secrets } = await elsewhere.reopen({}, { tables });
      assert.equal(vault.facts().state, 'unlocked');
      assert.equal(vault.facts().vaultId, before.vaultId);
      assert.notEqual(vault.facts().fingerprint, before.fingerprint);
      assert.ok(secrets.valueEquals(secretId, Buffer.from('S3CRET-value-01')));
      assert.deepEqual(vault.table(notes).get('n'), { text: 'a note' });
      assert.deepEqual(vault.table(lazyNotes).get('l'), { text: 'a lazy note' });
      assert.equal(vault.table(notes).get('gone'), undefined);
      await vault.change((tx) => secrets.rotate(tx, secretId, Buffer.from('next')));
    });
  }));

test('the backup is 0600, holds no name and no value in the clear, and leaves nothing beside it', () =>
  withTempVault(async (temp) => {
    const { path } = await backedUp(temp);
    assert.equal((statSync(path).mode & 0o777).toString(8), '600');
    const text = readFileSync(path).toString('latin1');
    for (const hidden of ['S3CRET', 'a note', 'notes', passphrase, '"kind"']) assert.ok(!text.includes(hidden), hidden);
    assert.deepEqual(
      readdirSync(temp.folder).filter((name) => name.startsWith('vault.backup')),
      ['vault.backup'],
    );
  }));

test('a wrong passphrase is said to be wrong, and the folder stays empty', () =>
  withTempVault(async (temp) => {
    const { path } = await backedUp(temp);
    await withTempVault(async (elsewhere) => {
      const { vault } = await elsewhere.open();
      const input = { path, passphrase: 'wrong', choice: { provider: 'file' } as const };
      await assert.rejects(vault.restoreBackup(input), {
        code: 'invalid_request',
        message: /not the one of this backup/,
      });
      assert.equal(vault.facts().state, 'missing');
      assert.ok(!readdirSync(elsewhere.folder).includes('keys'));
    });
  }));

test('what is no backup is refused in words', () =>
  withTempVault(async (temp) => {
    const { vault } = await temp.open();
    const path = join(temp.folder, 'file');
    const restore = (from: string): Promise<void> =>
      vault.restoreBackup({ path: from, passphrase, choice: { provider: 'file' } });
    for (const content of ['', 'hello', 'aivault backup 2\n{}\n', 'aivault backup 1\n{}\n', 'aivault backup 1\n']) {
      writeFileSync(path, content);
      await assert.rejects(restore(path), { code: 'invalid_request' }, content);
    }
    await assert.rejects(restore(join(temp.folder, 'nothing')), { code: 'not_found' });
    await assert.rejects(restore('relative'), { code: 'invalid_request' });
  }));

test('nothing that exists is overwritten: neither a file by a backup nor a vault by a restore', () =>
  withTempVault(async (temp) => {
    const { path } = await backedUp(temp);
    const { vault } = await temp.reopen({}, { tables });
    const before = readFileSync(path);
    await assert.rejects(vault.createBackup({ path, passphrase }), { code: 'already_exists' });
    assert.deepEqual(readFileSync(path), before);
    const input = { path, passphrase, choice: { provider: 'file' } as const };
    await assert.rejects(vault.restoreBackup(input), { code: 'already_exists' });
    const nowhere = join(temp.folder, 'no', 'such', 'folder');
    await assert.rejects(vault.createBackup({ path: nowhere, passphrase }), { code: 'storage_unavailable' });
  }));

test('after a restore, the database that was lost is an older one', () =>
  withTempVault(async (temp) => {
    const { path } = await backedUp(temp);
    const { vault } = await temp.reopen({}, { tables });
    for (let n = 0; n < 20; n++) await vault.change((tx) => tx.put(notes, 'n', { text: `${n}` }));
    await temp.close();
    const lost = readFileSync(temp.file);
    for (const end of ['', '-wal', '-shm']) writeFileSync(temp.file + end, '');
    const restored = await temp.open({ tables });
    await restored.vault.restoreBackup({ path, passphrase, choice: { provider: 'file' } });
    await temp.close();
    writeFileSync(temp.file, lost);
    await assert.rejects(temp.reopen({}, { tables }), { code: 'rolled_back' });
  }));
