import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { lazyNotes, notes } from './notes-table.fixture.ts';
import { withTempVault } from './vault.fixture.ts';

const passphrase = { provider: 'passphrase', passphrase: 'correct horse' } as const;

test('an empty folder is a missing vault: nothing can be read, and nothing was made', () =>
  withTempVault(async (temp) => {
    const { vault } = await temp.open();
    assert.equal(vault.facts().state, 'missing');
    assert.equal(vault.facts().fingerprint, null);
    await assert.rejects(vault.unlock({}), { code: 'vault_missing' });
    assert.throws(() => vault.table(notes), { code: 'vault_missing' });
    assert.ok(!readdirSync(temp.folder).includes('keys'));
  }));

test('a new vault is open, says who keeps its key, and shows a fingerprint of 64 hex digits (V01)', () =>
  withTempVault(async (temp) => {
    const { vault } = await temp.create();
    const facts = vault.facts();
    assert.equal(facts.state, 'unlocked');
    assert.equal(facts.keyProvider, 'file');
    assert.equal(facts.needsPerson, false);
    assert.match(facts.fingerprint ?? '', /^[0-9a-f]{64}$/);
    assert.match(facts.warnings.join(), /any program of this user/);
    const reopened = await temp.reopen();
    assert.equal(reopened.vault.facts().fingerprint, facts.fingerprint);
  }));

test('init where a vault is, locked or open, is an error that changes nothing (G6)', () =>
  withTempVault(async (temp) => {
    const { vault } = await temp.create();
    const before = vault.facts();
    await assert.rejects(vault.init(passphrase, { development: false }), { code: 'already_exists' });
    vault.lock();
    await assert.rejects(vault.init(passphrase, { development: false }), { code: 'already_exists' });
    await vault.unlock({});
    assert.deepEqual(vault.facts(), before);
  }));

test('a passphrase vault leaves no key on disk and starts locked (V02)', () =>
  withTempVault(async (temp) => {
    await temp.create(passphrase);
    await temp.close();
    assert.ok(!readdirSync(temp.folder).includes('keys'));
    const { vault } = await temp.open();
    assert.equal(vault.facts().state, 'locked');
    assert.equal(vault.facts().needsPerson, true);
    await assert.rejects(vault.unlock({}), { code: 'vault_locked' });
    await vault.unlock({ passphrase: 'correct horse' });
    assert.equal(vault.facts().state, 'unlocked');
  }));

test('locked means locked: rows, keys and changes are refused, and old table handles too', () =>
  withTempVault(async (temp) => {
    const { vault } = await temp.create();
    await vault.change((tx) => tx.put(notes, 'a', { text: 'x' }));
    const handle = vault.table(notes);
    let closed = 0;
    vault.onClose(() => closed++);
    vault.lock();
    vault.lock();
    assert.equal(closed, 1);
    const locked = { code: 'vault_locked' };
    assert.throws(() => handle.get('a'), locked);
    assert.throws(() => [...handle.entries()], locked);
    assert.throws(() => vault.subkey('x'), locked);
    assert.throws(() => vault.innerKey('x'), locked);
    await assert.rejects(
      vault.change(() => 1),
      locked,
    );
    await assert.rejects(vault.rotateMaster({}), locked);
    await assert.rejects(vault.createBackup({ path: join(temp.folder, 'b'), passphrase: 'x' }), locked);
  }));

test('a change that throws writes nothing; a change sees its own writes; changes run one at a time', () =>
  withTempVault(async (temp) => {
    const { vault } = await temp.create();
    const failing = vault.change((tx) => {
      tx.put(notes, 'a', { text: 'x' });
      throw new Error('no');
    });
    await assert.rejects(failing, /^Error: no$/);
    assert.equal(vault.table(notes).get('a'), undefined);
    const increments = Array.from({ length: 25 }, () =>
      vault.change((tx) => {
        const count = Number(tx.get(notes, 'count')?.text ?? '0') + 1;
        tx.put(notes, 'count', { text: String(count) });
        assert.equal(tx.get(notes, 'count')?.text, String(count));
        return count;
      }),
    );
    assert.deepEqual(
      await Promise.all(increments),
      Array.from({ length: 25 }, (_, n) => n + 1),
    );
    assert.deepEqual((await temp.reopen()).vault.table(notes).get('count'), { text: '25' });
  }));

test('a transaction lists, removes and puts again; it cannot be used later, nor wait for anything', () =>
  withTempVault(async (temp) => {
    const { vault } = await temp.create();
    await vault.change((tx) => ['a', 'b', 'c'].forEach((id) => void tx.put(notes, id, { text: id })));
    const kept = await vault.change((tx) => {
      tx.remove(notes, 'b');
      tx.put(notes, 'd', { text: 'd' });
      tx.remove(notes, 'c');
      tx.put(notes, 'c', { text: 'again' });
      tx.remove(notes, 'never-there');
      assert.deepEqual(
        [...tx.entries(notes)].map(([id]) => id),
        ['a', 'c', 'd'],
      );
      return tx;
    });
    assert.throws(() => kept.put(notes, 'late', { text: '' }), /over/);
    assert.deepEqual(
      [...vault.table(notes).entries()].map(([, row]) => row.text),
      ['a', 'again', 'd'],
    );
    await assert.rejects(
      vault.change(async (tx) => tx.put(notes, 'e', { text: 'e' })),
      TypeError,
    );
    assert.equal(vault.table(notes).has('e'), false);
  }));

test('what does not fit the table is not written, and rows handed out cannot be written into', () =>
  withTempVault(async (temp) => {
    const { vault } = await temp.create();
    await assert.rejects(vault.change((tx) => tx.put(notes, 'a', { text: 5 } as never)));
    await vault.change((tx) => tx.put(notes, 'a', { text: 'x' }));
    const row = vault.table(notes).get('a') as { text: string };
    assert.throws(() => {
      row.text = 'changed';
    }, TypeError);
  }));

test('a lazy table holds the same rows, opened when they are asked for', () =>
  withTempVault(async (temp) => {
    const more = { tables: [lazyNotes] };
    const { vault } = await temp.create({ provider: 'file' }, more);
    await vault.change((tx) => tx.put(lazyNotes, 'a', { text: 'one' }));
    assert.deepEqual(vault.table(lazyNotes).get('a'), { text: 'one' });
    const reopened = await temp.reopen({}, more);
    assert.deepEqual([...reopened.vault.table(lazyNotes).entries()], [['a', { text: 'one' }]]);
    assert.equal(reopened.vault.table(lazyNotes).size, 1);
  }));

test('a lock during an unlock wins', () =>
  withTempVault(async (temp) => {
    await temp.create();
    await temp.close();
    const { vault } = await temp.open();
    const unlocking = vault.unlock({});
    vault.lock();
    await assert.rejects(unlocking, { code: 'vault_locked' });
    assert.equal(vault.facts().state, 'locked');
    await vault.unlock({});
  }));

test('purpose keys differ by label, stay over a restart, and openers are told', () =>
  withTempVault(async (temp) => {
    const { vault } = await temp.create();
    const key = vault.subkey('tokens');
    assert.notDeepEqual(vault.subkey('audit'), key);
    await temp.close();
    const again = await temp.open();
    let opened = 0;
    again.vault.onOpen(() => opened++);
    await again.vault.unlock({});
    await again.vault.unlock({});
    assert.equal(opened, 1);
    assert.deepEqual(again.vault.subkey('tokens'), key);
  }));

test('a key that is missing, foreign or no key keeps the vault shut, and is told to the audit (G38)', () =>
  withTempVault(async (temp) => {
    await temp.create();
    await temp.close();
    const failures: string[] = [];
    const { vault } = await temp.open({ onUnlockFailed: (why) => failures.push(why) });
    const key = join(temp.folder, 'keys', 'kek.key');
    writeFileSync(key, Buffer.alloc(32, 1).toString('base64'));
    await assert.rejects(vault.unlock({}), { code: 'integrity_error' });
    writeFileSync(key, 'garbage');
    await assert.rejects(vault.unlock({}), { code: 'integrity_error' });
    rmSync(key);
    await assert.rejects(vault.unlock({}), { code: 'vault_locked' });
    await assert.rejects(vault.init({ provider: 'file' }, { development: false }), { code: 'already_exists' });
    assert.deepEqual(failures, ['key', 'key', 'key']);
    assert.equal(vault.facts().state, 'locked');
    assert.deepEqual(readdirSync(join(temp.folder, 'keys')), ['kek.key.anchor'], 'no key was made');
  }));

test('the development flag is what the vault was created with', () =>
  withTempVault(async (temp) => {
    const { vault } = await temp.open();
    await vault.init({ provider: 'file' }, { development: true });
    assert.equal((await temp.reopen()).vault.facts().development, true);
  }));

test('without an anchor the vault opens and says that it could not be checked', () =>
  withTempVault(async (temp) => {
    await temp.create();
    await temp.close();
    rmSync(join(temp.folder, 'keys', 'kek.key.anchor'));
    const { vault } = await temp.reopen();
    assert.match(vault.facts().warnings.join(), /No anchor/);
    const again = await temp.reopen();
    assert.doesNotMatch(again.vault.facts().warnings.join(), /No anchor/);
    assert.equal(again.vault.anchorAtOpen()?.generation, 1);
  }));

test('an anchor that cannot be written is a warning, not a failure', () =>
  withTempVault(async (temp) => {
    const { vault } = await temp.create();
    const anchor = join(temp.folder, 'keys', 'kek.key.anchor');
    rmSync(anchor);
    mkdirSync(anchor);
    await vault.change((tx) => tx.put(notes, 'a', { text: 'x' }));
    await vault.flushAnchor();
    assert.match(vault.facts().warnings.join(), /anchor against rollback cannot be written/);
  }));

test('the anchor carries the head of the audit log', () =>
  withTempVault(async (temp) => {
    const auditHead = async () => ({ seq: 42, hash: new Uint8Array(32).fill(0xab) });
    await temp.create({ provider: 'file' }, { auditHead });
    const { vault } = await temp.reopen({}, { auditHead });
    assert.equal(vault.anchorAtOpen()?.auditSeq, 42);
    assert.equal(vault.anchorAtOpen()?.auditHash, 'ab'.repeat(32));
  }));

test('every file is 0600 and every folder 0700, also with umask 000 (V11)', async () => {
  const before = process.umask(0);
  try {
    await withTempVault(async (temp) => {
      const { vault } = await temp.create(passphrase);
      await vault.change((tx) => tx.put(notes, 'a', { text: 'x' }));
      await vault.flushAnchor();
      for (const entry of readdirSync(temp.folder, { recursive: true, withFileTypes: true })) {
        const mode = (statSync(join(entry.parentPath, entry.name)).mode & 0o777).toString(8);
        assert.equal(mode, entry.isDirectory() ? '700' : '600', entry.name);
      }
    });
  } finally {
    process.umask(before);
  }
});

test('a clock set back a year changes nothing about opening and writing', () =>
  withTempVault(async (temp) => {
    const { vault } = await temp.create();
    await vault.change((tx) => tx.put(notes, 'a', { text: 'x' }));
    temp.clock.ms -= 365 * 24 * 3600 * 1000;
    const later = await temp.reopen();
    await later.vault.change((tx) => tx.put(notes, 'b', { text: 'y' }));
    assert.equal((await temp.reopen()).vault.table(notes).size, 2);
  }));
