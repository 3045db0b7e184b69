import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { isSynchronised, permissionDrift } from './permissions.ts';

test('every folder and file of a vault that others can reach is named, with the command that closes it', async () => {
  const baseFolder = mkdtempSync(path.join(tmpdir(), 'aivault-drift-'));
  try {
    const place = (...words: string[]) => path.join(baseFolder, ...words);
    const paths = {
      baseFolder,
      vaultFolder: place('vault'),
      database: place('vault', 'vault.db'),
      audit: place('vault', 'audit.db'),
      defaultKeyFile: place('keys', 'kek.key'),
      stateFolder: place('state'),
    };
    const folders = [baseFolder, place('vault'), place('state'), place('keys')];
    for (const folder of folders.slice(1)) mkdirSync(folder, { mode: 0o700 });
    const beside = ['', '-wal', '-shm', '-calls'].map((end) => `${paths.audit}${end}`);
    const files = [paths.database, ...beside, paths.defaultKeyFile];
    for (const file of files) writeFileSync(file, '', { mode: 0o600 });
    assert.deepEqual(await permissionDrift(paths, paths.defaultKeyFile), []);
    for (const folder of folders) {
      chmodSync(folder, 0o710);
      assert.deepEqual(await permissionDrift(paths, paths.defaultKeyFile), [
        { text: `Others can reach ${folder}.`, next: `chmod 700 '${folder}'` },
      ]);
      chmodSync(folder, 0o700);
    }
    for (const file of files) {
      chmodSync(file, 0o604);
      assert.deepEqual(await permissionDrift(paths, paths.defaultKeyFile), [
        { text: `Others can reach ${file}.`, next: `chmod 600 '${file}'` },
      ]);
      chmodSync(file, 0o600);
    }
  } finally {
    rmSync(baseFolder, { recursive: true, force: true });
  }
});

test('F7: a folder that is copied to other machines is known by its name', () => {
  const copied = [
    '/Users/me/Library/Mobile Documents/vault',
    '/home/me/Dropbox/x',
    'C:\\Users\\me\\OneDrive - Firm\\vault',
    '/home/me/Nextcloud',
  ];
  for (const folder of copied) assert.ok(isSynchronised(folder), folder);
  for (const folder of ['/home/me/.aivault/data/vault', '/home/dropbox-user/vault'])
    assert.ok(!isSynchronised(folder), folder);
});
