import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { lockVault } from './lock.ts';

describe('the lock of a vault', () => {
  let folder: string;
  let file: string;
  const children: ChildProcess[] = [];

  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'aivault-lock-'));
    file = path.join(folder, 'host.lock');
  });
  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
    fs.rmSync(folder, { recursive: true, force: true });
  });

  /** Another process that takes the lock, says how it went, and waits. */
  function contender(): Promise<{ says: string; child: ChildProcess }> {
    const program = `const { lockVault } = await import(${JSON.stringify(new URL('./lock.ts', import.meta.url).href)});
    try { lockVault(${JSON.stringify(file)}); console.log('held'); } catch (error) { console.log(error.code); }
    setInterval(() => {}, 1000);`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    children.push(child);
    return new Promise((resolve) =>
      child.stdout!.once('data', (data) => resolve({ says: String(data).trim(), child })),
    );
  }

  test('of two hosts started at once exactly one holds the vault; the other is host_busy', async () => {
    const both = await Promise.all([contender(), contender()]);
    assert.deepEqual(both.map(({ says }) => says).sort(), ['held', 'host_busy']);
  });

  test('kill -9 frees the lock at once', async () => {
    const { says, child } = await contender();
    assert.equal(says, 'held');
    assert.throws(() => lockVault(file), { code: 'host_busy' });
    child.kill('SIGKILL');
    await new Promise((resolve) => child.once('close', resolve));
    lockVault(file).release();
  });

  test('a released lock can be taken again, and the file is 0600 whatever the umask says', () => {
    const before = process.umask(0);
    lockVault(file).release();
    process.umask(before);
    lockVault(file).release();
    assert.equal(fs.lstatSync(file).mode & 0o777, 0o600);
  });

  test('a lock whose file was removed or replaced does not stand', () => {
    const lock = lockVault(file);
    assert.equal(lock.stands(), true);
    fs.rmSync(file);
    assert.equal(lock.stands(), false);
    fs.writeFileSync(file, '');
    assert.equal(lock.stands(), false);
    lock.release();
  });

  test('B4: a link in the place of the lock is not followed', () => {
    fs.writeFileSync(path.join(folder, 'elsewhere'), '');
    fs.symlinkSync(path.join(folder, 'elsewhere'), file);
    assert.throws(() => lockVault(file));
  });

  test('a file that is no lock is an error that says what to do, not a lock', () => {
    fs.writeFileSync(file, 'something else, long enough to be read as a database header');
    assert.throws(() => lockVault(file), { code: 'host_unreachable' });
  });
});
