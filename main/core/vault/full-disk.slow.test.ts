import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { openAuditStore } from '../store/database.ts';
import { notes } from './notes-table.fixture.ts';
import { TempVault } from './vault.fixture.ts';

// A disk that is really full, and one that is really read-only: a small tmpfs. Mounting one takes root.

const run = (command: string, ...args: string[]): boolean => spawnSync(command, args, { stdio: 'ignore' }).status === 0;

function cannotMount(): string | false {
  const probe = mkdtempSync(join(tmpdir(), 'aivault-mount-'));
  const mounted = run('mount', '-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', probe);
  if (mounted) run('umount', probe);
  rmSync(probe, { recursive: true });
  if (mounted) return false;
  if (process.env.REQUIRE_ALL === '1') throw new Error('A part is missing: the right to mount a tmpfs (root)');
  return 'needs the right to mount a tmpfs (root)';
}
const skip = cannotMount();

/** A vault whose whole folder is a disk of 3 MiB. */
async function onSmallDisk(body: (temp: TempVault, filler: string) => Promise<void>): Promise<void> {
  const temp = new TempVault();
  assert.ok(run('mount', '-t', 'tmpfs', '-o', 'size=3m,mode=700', 'tmpfs', temp.folder));
  try {
    await body(temp, join(temp.folder, 'filler'));
  } finally {
    await temp.close().catch(() => {});
    run('umount', '-l', temp.folder);
    await temp.remove();
  }
}

/** Leaves no byte free. */
function fillUp(filler: string): void {
  for (let size = 1024 * 1024; size >= 512; size /= 2) {
    try {
      for (;;) writeFileSync(filler, Buffer.alloc(size), { flag: 'a' });
    } catch {
      // Full for this size; a smaller one may still fit.
    }
  }
}

suite('a disk that is full or read-only', { skip }, () => {
  test('a full disk refuses changes in words, loses none that was acknowledged, and recovers', () =>
    onSmallDisk(async (temp, filler) => {
      const { vault } = await temp.create();
      writeFileSync(filler, Buffer.alloc(1024 * 1024));
      const kept: string[] = [];
      let refusals = 0;
      for (let n = 0; refusals < 3; n++) {
        assert.ok(n < 2_000, 'the disk fills up');
        try {
          await vault.change((tx) => tx.put(notes, `n${n}`, { text: 'x'.repeat(8_000) }));
          kept.push(`n${n}`);
        } catch (error) {
          assert.equal((error as { code: string }).code, 'storage_unavailable', String(error));
          assert.match(String(error), /disk is full/);
          refusals++;
          fillUp(filler);
        }
      }
      assert.ok(kept.length > 10);
      assert.equal(vault.table(notes).size, kept.length);
      rmSync(filler);
      await vault.change((tx) => tx.remove(notes, kept.shift()!));
      const reopened = await temp.reopen();
      assert.deepEqual(
        [...reopened.vault.table(notes).entries()].map(([id]) => id),
        kept,
      );
      assert.equal(reopened.vault.facts().state, 'unlocked');
    }));

  test('rotate-master and a backup on a full disk change nothing and leave nothing behind', () =>
    onSmallDisk(async (temp, filler) => {
      const { vault } = await temp.create();
      await vault.change((tx) => tx.put(notes, 'a', { text: 'kept' }));
      const { fingerprint } = vault.facts();
      fillUp(filler);
      await assert.rejects(vault.rotateMaster({}), { code: 'storage_unavailable' });
      const path = join(temp.folder, 'backup');
      await assert.rejects(vault.createBackup({ path, passphrase: 'x' }), { code: 'storage_unavailable' });
      assert.ok(!existsSync(path) && !existsSync(`${path}.new`));
      assert.equal(vault.facts().fingerprint, fingerprint);
      rmSync(filler);
      const reopened = await temp.reopen();
      assert.equal(reopened.vault.facts().fingerprint, fingerprint);
      assert.deepEqual(reopened.vault.table(notes).get('a'), { text: 'kept' });
      await reopened.vault.rotateMaster({});
    }));

  test('a full disk refuses audit entries, so calls are refused, and the chain stays whole (I4, I5)', () =>
    onSmallDisk(async (temp, filler) => {
      const file = join(temp.folder, 'audit.db');
      const audit = await openAuditStore(file);
      const facts = { kind: 'invoke', actor: 'a', outcome: 'allowed' };
      const append = (n: number) => audit.append({ tsMs: n, body: `{"n":${n},"x":"${'x'.repeat(4_000)}"}`, ...facts });
      await append(1);
      fillUp(filler);
      const unavailable = { code: 'audit_unavailable' };
      await assert.rejects(async () => {
        for (let n = 2; n < 2_000; n++) await append(n);
      }, unavailable);
      fillUp(filler);
      await assert.rejects(audit.openCall('call', 1, 'x'.repeat(8_000)), unavailable);
      const { seq } = await audit.head();
      rmSync(filler);
      assert.equal((await append(9_000)).seq, seq + 1);
      await audit.openCall('call', 1, 'y');
      assert.deepEqual(
        (await audit.leftOpen()).map((call) => call.id),
        ['call'],
      );
      await audit.close();
      const again = await openAuditStore(file);
      assert.equal((await again.head()).seq, seq + 1);
      await again.close();
    }));

  test('a read-only disk refuses changes and opening, in words, and nothing is lost', () =>
    onSmallDisk(async (temp) => {
      const { vault } = await temp.create();
      await vault.change((tx) => tx.put(notes, 'a', { text: 'kept' }));
      await temp.close();
      assert.ok(run('mount', '-o', 'remount,ro', temp.folder));
      const before = readdirSync(temp.folder, { recursive: true });
      await assert.rejects(temp.open(), (error: { code?: string; message: string }) => {
        assert.equal(error.code, 'storage_unavailable');
        assert.match(error.message, /read-only|permissions/);
        return true;
      });
      assert.deepEqual(readdirSync(temp.folder, { recursive: true }), before);
      assert.ok(run('mount', '-o', 'remount,rw', temp.folder));
      assert.deepEqual((await temp.reopen()).vault.table(notes).get('a'), { text: 'kept' });
    }));
});
