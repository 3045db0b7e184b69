import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, test } from 'node:test';
import { openAuditStore } from './database.ts';

// A database that cannot be written while the journal beside it can: another program holds its lock for longer than a
// write waits for it.

const root = mkdtempSync(join(tmpdir(), 'aivault-closing-'));
after(() => rmSync(root, { recursive: true }));
const entry = (tsMs: number) => ({ tsMs, kind: 'invoke', actor: 'a', outcome: 'allowed' }) as const;

test('I4 closing entries that could not be written refuse new calls, and are written before the next one', async () => {
  const file = join(root, 'audit.db');
  const store = await openAuditStore(file);
  await Promise.all(['a', 'b'].map((id) => store.openCall(id, 1, id)));
  const other = new DatabaseSync(file);
  other.exec('BEGIN IMMEDIATE');
  const closing = store.closeCall('a', entry(2));
  await assert.rejects(closing, { code: 'host_busy' });
  await assert.rejects(store.openCall('refused', 3, 'x'), { code: 'host_busy' });
  other.exec('ROLLBACK');
  await Promise.all(['c', 'd'].map((id) => store.openCall(id, 4, id)));
  assert.deepEqual(
    (await store.scan(0, 10)).map(({ tsMs }) => tsMs),
    [2],
  );
  assert.deepEqual(
    (await store.leftOpen()).map(({ id }) => id),
    ['b', 'c', 'd'],
  );

  other.exec('BEGIN IMMEDIATE');
  await assert.rejects(store.closeCall('b', entry(5)), { code: 'host_busy' });
  other.exec('ROLLBACK');
  other.close();
  await store.close();
  const again = await openAuditStore(file);
  assert.equal((await again.head()).seq, 2);
  assert.deepEqual(
    (await again.leftOpen()).map(({ id }) => id),
    ['c', 'd'],
  );
  await again.close();
});
