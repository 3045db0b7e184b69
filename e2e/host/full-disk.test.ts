import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { startTestHost } from '../test-host.ts';

// A whole host on a disk that is full: what it may not write down it does not do, and taking access away needs no room.

const passphrase = 'correct horse battery';
const mount = (...words: string[]): boolean => spawnSync('mount', words, { stdio: 'ignore' }).status === 0;

test('on a full disk nothing is changed, what was stored is there, and locking and ending work', async (t) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'aivault-full-'));
  if (!mount('-t', 'tmpfs', '-o', 'size=3m,mode=700', 'tmpfs', folder)) {
    rmSync(folder, { recursive: true });
    if (process.env.REQUIRE_ALL === '1') throw new Error('A part is missing: the right to mount a tmpfs (root)');
    return t.skip('needs the right to mount a tmpfs (root)');
  }
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
  try {
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

    rmSync(filler);
    const again = await startTestHost({ folder });
    await again.call('vault.unlock', { passphrase });
    assert.equal((await again.call('secrets.list', {})).secrets.length, secrets.length);
    assert.equal((await again.call('audit.verify', {})).intact, true);
    await again.close({ keep: true });
  } finally {
    spawnSync('umount', ['-l', folder]);
    rmSync(folder, { recursive: true, force: true });
  }
});
