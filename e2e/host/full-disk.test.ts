import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { startTestHost } from '../test-host.ts';

// A whole host on a disk that is full or read-only: what it cannot write down it does not do, and taking access away needs
// no room.

const passphrase = 'correct horse battery';
const mount = (...words: string[]): boolean => spawnSync('mount', words, { stdio: 'ignore' }).status === 0;

/** A disk of 3 MiB of its own. Mounting one takes root. */
async function onSmallDisk(t: TestContext, body: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), 'aivault-disk-'));
  try {
    if (!mount('-t', 'tmpfs', '-o', 'size=3m,mode=700', 'tmpfs', folder)) {
      const reason = 'needs the right to mount a tmpfs (root)';
      if (process.env.REQUIRE_ALL === '1') throw new Error(`A part is missing: ${reason}`);
      return t.skip(reason);
    }
    await body(folder);
  } finally {
    spawnSync('umount', ['-l', folder]);
    rmSync(folder, { recursive: true, force: true });
  }
}

test('on a full disk nothing is changed, what was stored is there, and locking and ending work', (t) =>
  onSmallDisk(t, async (folder) => {
    const filler = path.join(folder, 'filler');
    const fillUp = () => {
      for (let size = 1024 * 1024; size >= 512; size /= 2) {
        try {
          for (;;) writeFileSync(filler, Buffer.alloc(size), { flag: 'a' });
        } catch {
          // Full for this size; a smaller one may still fit.
        }
      }
    };
    const host = await startTestHost({ folder });
    await host.call('vault.init', { choice: { provider: 'passphrase', passphrase } });
    await host.call('secrets.create', { name: 'KEPT', value: 'a value that stays' });
    fillUp();
    // The last pages of the log may still hold some entries.
    let refused = '';
    for (let n = 0; refused === '' && n < 500; n += 1) {
      const answer = await host.client.call('secrets.create', { name: `N${n}`, value: 'x'.repeat(1_000) });
      if (!answer.ok) refused = answer.error.error;
    }
    assert.ok(['audit_unavailable', 'storage_unavailable'].includes(refused), refused);
    fillUp();
    const { secrets } = await host.call('secrets.list', {});
    assert.ok(secrets.some(({ name }) => name === 'KEPT'));
    assert.equal((await host.call('vault.lock', {})).state, 'locked');
    await assert.rejects(host.call('vault.unlock', { passphrase }), { code: 'audit_unavailable' });

    rmSync(filler);
    await host.call('vault.unlock', { passphrase });
    assert.equal((await host.call('secrets.list', {})).secrets.length, secrets.length);
    assert.equal((await host.call('audit.verify', {})).intact, true);
    fillUp();
    assert.equal((await host.call('host.shutdown', {})).stopping, true);
    await host.close({ keep: true });

    // Full from the start there may be no room to say where it listens: then it says that.
    fillUp();
    const onFull = await startTestHost({ folder }).catch((error: Error) => error);
    if (onFull instanceof Error) assert.match(onFull.message, /error: (?:storage|audit)_unavailable: /);
    else await onFull.close({ keep: true });

    rmSync(filler);
    const again = await startTestHost({ folder });
    await again.call('vault.unlock', { passphrase });
    assert.equal((await again.call('secrets.list', {})).secrets.length, secrets.length);
    assert.equal((await again.call('audit.verify', {})).intact, true);
    await again.close({ keep: true });
  }));

test('on a read-only disk no host starts, it says why, and nothing is lost', (t) =>
  onSmallDisk(t, async (folder) => {
    const host = await startTestHost({ folder });
    await host.call('vault.init', { choice: { provider: 'file' } });
    await host.call('secrets.create', { name: 'KEPT', value: 'a value that stays' });
    await host.close({ keep: true });
    const before = readdirSync(folder, { recursive: true });
    assert.ok(mount('-o', 'remount,ro', folder));
    await assert.rejects(startTestHost({ folder }), /error: storage_unavailable: .*\nhint: .*permissions/);
    assert.deepEqual(readdirSync(folder, { recursive: true }), before);
    assert.ok(mount('-o', 'remount,rw', folder));
    const again = await startTestHost({ folder });
    const { secrets } = await again.call('secrets.list', {});
    assert.deepEqual(
      secrets.map(({ name }) => name),
      ['KEPT'],
    );
    await again.close({ keep: true });
  }));
