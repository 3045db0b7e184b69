import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, test } from 'node:test';
import { openRowStore } from './database.ts';
import { memoryRowStore } from './memory-store.fixture.ts';
import { rowStoreConformance } from './store.conformance.ts';

const root = mkdtempSync(join(tmpdir(), 'aivault-rows-'));
after(() => rmSync(root, { recursive: true }));
let files = 0;
const freshFile = (): string => join(root, String(++files), 'vault', 'vault.db');
const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8);
const put = { op: 'put', table: 't', id: 'x', sealed: Uint8Array.of(1) } as const;

rowStoreConformance('rows in memory', async () => memoryRowStore());
rowStoreConformance('rows on disk', () => openRowStore(freshFile()));

test('database, log and shared memory are 0600 in a 0700 folder, whatever the umask (V11, G57)', async () => {
  for (const mask of [0, 0o277]) {
    const file = freshFile();
    const before = process.umask(mask);
    try {
      const store = await openRowStore(file);
      await store.commit({ generation: 1, changes: [put] });
      for (const end of ['', '-wal', '-shm']) assert.equal(modeOf(file + end), '600', end);
      assert.equal(modeOf(join(file, '..')), '700');
      await store.close();
    } finally {
      process.umask(before);
    }
  }
});

test('what was committed is there when the file is opened again', async () => {
  const file = freshFile();
  const first = await openRowStore(file);
  await first.commit({ generation: 1, changes: [put], meta: { root: 'r' } });
  await first.close();
  const second = await openRowStore(file);
  const { generation, rows, meta } = await second.readAll();
  assert.deepEqual(
    { generation, meta, sealed: rows[0]?.sealed },
    { generation: 1, meta: { root: 'r' }, sealed: put.sealed },
  );
  await second.close();
});

test('a removed value leaves no trace in the database file', async () => {
  const file = freshFile();
  const store = await openRowStore(file);
  const marker = Buffer.from('this-is-the-sealed-marker');
  await store.commit({ generation: 1, changes: [{ ...put, sealed: marker }] });
  await store.commit({ generation: 2, changes: [{ op: 'remove', table: 't', id: 'x' }] });
  await store.close();
  assert.ok(!readFileSync(file).includes(marker));
});

test('a file of another format is refused and left as it is', async () => {
  const foreign: readonly ((file: string) => void)[] = [
    (file) => writeFileSync(file, 'this is not a database, but it is long enough to look like one'.repeat(20)),
    (file) => execute(file, 'CREATE TABLE notes (text)'),
    (file) => execute(file, 'CREATE TABLE notes (text); PRAGMA user_version = 1'),
    (file) => execute(file, 'CREATE TABLE rows (x); PRAGMA application_id = 1634301489; PRAGMA user_version = 99'),
    (file) => mkdirSync(file),
  ];
  for (const make of foreign) {
    const file = freshFile();
    mkdirSync(join(file, '..'), { recursive: true });
    make(file);
    const before = statSync(file).isFile() ? readFileSync(file).toString('hex') : 'folder';
    await assert.rejects(openRowStore(file), { code: 'integrity_error' }, make.toString());
    if (before !== 'folder') assert.equal(readFileSync(file).subarray(100).toString('hex'), before.slice(200));
  }
});

test('a database behind a symbolic link is refused', async () => {
  const file = freshFile();
  mkdirSync(join(file, '..'), { recursive: true });
  symlinkSync(join(root, 'elsewhere.db'), file);
  await assert.rejects(openRowStore(file), { code: 'integrity_error' });
});

test('a path that leads through a file says that it cannot be opened', async () => {
  writeFileSync(join(root, 'plain'), '');
  await assert.rejects(openRowStore(join(root, 'plain', 'vault.db')), { code: 'storage_unavailable' });
});

test('two stores share the thread; closing one leaves the other working', async () => {
  const [one, two] = await Promise.all([openRowStore(freshFile()), openRowStore(freshFile())]);
  await one.commit({ generation: 1, changes: [put] });
  await one.close();
  await one.close();
  await two.commit({ generation: 1, changes: [] });
  assert.equal((await two.readMeta()).generation, 1);
  await two.close();
});

function execute(file: string, sql: string): void {
  const db = new DatabaseSync(file);
  db.exec(sql);
  db.close();
}
