import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, test } from 'node:test';
import { chainHash } from './chain-hash.ts';
import { openAuditStore } from './database.ts';
import { columnText } from './filter-columns.ts';
import type { AuditAppend, AuditStore } from './store.ts';

const root = mkdtempSync(join(tmpdir(), 'aivault-audit-'));
after(() => rmSync(root, { recursive: true }));
let files = 0;
const freshFile = (): string => join(root, String(++files), 'audit.db');
const entry = (tsMs: number, more: Partial<AuditAppend> = {}): AuditAppend => ({
  tsMs,
  body: `{"n":${tsMs}}`,
  kind: 'invoke',
  actor: 'agent:tok_1',
  outcome: 'allowed',
  ...more,
});

async function withAudit(body: (store: AuditStore, file: string) => Promise<void>): Promise<void> {
  const file = freshFile();
  const store = await openAuditStore(file);
  try {
    await body(store, file);
  } finally {
    await store.close();
  }
}

test('entries are numbered from 1 and each holds the hash of the one before', () =>
  withAudit(async (store) => {
    assert.deepEqual(await store.head(), { seq: 0, hash: new Uint8Array(32) });
    const answers = await Promise.all([1, 2, 3].map((n) => store.append(entry(n))));
    assert.deepEqual(
      answers.map((answer) => answer.seq),
      [1, 2, 3],
    );
    let hash: Uint8Array = new Uint8Array(32);
    for (const row of await store.scan(0, 10)) {
      hash = chainHash(hash, row.body);
      assert.deepEqual(row.hash, hash);
    }
    assert.deepEqual((await store.head()).hash, hash);
  }));

test('the chain goes on after the log was closed', async () => {
  const file = freshFile();
  const first = await openAuditStore(file);
  const { hash } = await first.append(entry(1));
  await first.close();
  const second = await openAuditStore(file);
  const next = await second.append(entry(2));
  assert.deepEqual(next, { seq: 2, hash: chainHash(hash, '{"n":2}') });
  await second.close();
});

test('an open call is left open until the entry that closes it', () =>
  withAudit(async (store) => {
    await Promise.all([store.openCall('a', 1, 'A'), store.openCall('b', 2, 'B')]);
    await store.closeCall('a', { tsMs: 3, kind: 'invoke', actor: 'agent:tok_1', outcome: 'allowed' });
    assert.deepEqual(await store.leftOpen(), [{ id: 'b', tsMs: 2, body: 'B' }]);
  }));

test('a bad write among many refuses itself and nobody else', () =>
  withAudit(async (store) => {
    await store.openCall('twice', 1, 'A');
    const writes = [
      store.append(entry(1)),
      store.openCall('twice', 2, 'B'),
      store.append(entry(2)),
      store.openCall('c', 3, 'C'),
    ];
    const results = await Promise.allSettled(writes);
    assert.deepEqual(
      results.map((result) => result.status),
      ['fulfilled', 'rejected', 'fulfilled', 'fulfilled'],
    );
    assert.equal((results[1] as PromiseRejectedResult).reason.code, 'audit_unavailable');
    assert.deepEqual(
      (await store.scan(0, 10)).map((row) => row.seq),
      [1, 2],
    );
    assert.equal((await store.head()).seq, 2);
  }));

test('a query filters by every column, by time and by place, newest first', () =>
  withAudit(async (store) => {
    const rows = [
      entry(10),
      entry(20, { outcome: 'refused', capability: 'openai/chat' }),
      entry(30, { actor: 'operator:cli', kind: 'secrets.create', outcome: 'done' }),
      entry(40, { capability: 'openai/chat', credential: 'openai' }),
    ];
    for (const row of rows) await store.append(row);
    const seqs = async (query: Parameters<AuditStore['query']>[0]) => (await store.query(query)).map((row) => row.seq);
    assert.deepEqual(await seqs({ limit: 10 }), [4, 3, 2, 1]);
    assert.deepEqual(await seqs({ limit: 2, beforeSeq: 4 }), [3, 2]);
    assert.deepEqual(await seqs({ limit: 10, sinceTsMs: 20, beforeTsMs: 40 }), [3, 2]);
    assert.deepEqual(await seqs({ limit: 10, match: { capability: 'openai/chat' } }), [4, 2]);
    assert.deepEqual(await seqs({ limit: 10, match: { capability: 'openai/chat', outcome: 'allowed' } }), [4]);
    assert.deepEqual(await seqs({ limit: 10, match: { kind: 'secrets.create' } }), [3]);
    assert.deepEqual(await seqs({ limit: 10, match: { actor: "x' OR 1=1 --" } }), []);
    assert.deepEqual(await seqs({ limit: 0 }), []);
  }));

test('a column that does not exist is refused, not spliced into the query', () =>
  withAudit(async (store) => {
    await assert.rejects(store.query({ limit: 1, match: { '1=1 --': 'x' } as never }), { code: 'audit_unavailable' });
  }));

test('checkpoints are kept by entry and replaced', () =>
  withAudit(async (store) => {
    await store.writeCheckpoint(5, Uint8Array.of(1));
    await store.writeCheckpoint(9, Uint8Array.of(2));
    await store.writeCheckpoint(5, Uint8Array.of(3));
    assert.deepEqual(await store.readCheckpoints(), [
      { seq: 5, mac: Uint8Array.of(3) },
      { seq: 9, mac: Uint8Array.of(2) },
    ]);
  }));

test('thousands of writes at once share commits and keep their order', () =>
  withAudit(async (store, file) => {
    const answers = await Promise.all(Array.from({ length: 2_000 }, (_, n) => store.append(entry(n))));
    assert.deepEqual(
      answers.map((answer) => answer.seq),
      Array.from({ length: 2_000 }, (_, n) => n + 1),
    );
    assert.equal((statSync(`${file}-wal`).mode & 0o777).toString(8), '600');
  }));

test('scanning page by page sees every entry once, also those written meanwhile', () =>
  withAudit(async (store) => {
    for (let n = 1; n <= 25; n++) await store.append(entry(n));
    const seen: number[] = [];
    for (let after = 0; ; ) {
      const page = await store.scan(after, 10);
      if (page.length === 0) break;
      seen.push(...page.map((row) => row.seq));
      after = page.at(-1)!.seq;
      if (seen.length === 20) for (let n = 26; n <= 33; n++) await store.append(entry(n));
    }
    assert.deepEqual(
      seen,
      Array.from({ length: 33 }, (_, n) => n + 1),
    );
  }));

test('a scanned line tells what the columns filters use say, whatever its body says', () =>
  withAudit(async (store, file) => {
    const facts = { kind: 'invoke', actor: "it's me", outcome: 'allowed', credential: 'x' };
    await store.append(entry(1, { ...facts, body: JSON.stringify({ ...facts, tsMs: 1 }) }));
    await store.append(entry(2, { ...facts, body: JSON.stringify({ ...facts, tsMs: 2 }) }));
    const db = new DatabaseSync(file);
    db.exec("UPDATE entries SET actor = 'nobody' WHERE seq = 2");
    db.close();
    assert.deepEqual(
      (await store.scan(0, 10)).map((row) => row.columns === columnText(JSON.parse(row.body))),
      [true, false],
    );
  }));

test('a column that goes on behind a NUL says something else, though SQLite quotes it the same', () =>
  withAudit(async (store, file) => {
    const facts = { kind: 'invoke', actor: 'a', outcome: 'allowed', capability: 'é' };
    for (const tsMs of [1, 2]) await store.append(entry(tsMs, { ...facts, body: JSON.stringify({ ...facts, tsMs }) }));
    const db = new DatabaseSync(file);
    db.exec("UPDATE entries SET capability = capability || char(0) || 'hidden' WHERE seq = 2");
    db.close();
    assert.deepEqual(
      (await store.scan(0, 10)).map((row) => row.columns === columnText(JSON.parse(row.body))),
      [true, false],
    );
  }));

test('a time no number of ours can hold is read as another time, and hides no other line', () =>
  withAudit(async (store, file) => {
    for (const tsMs of [1, 2]) await store.append(entry(tsMs));
    const db = new DatabaseSync(file);
    db.exec('UPDATE entries SET ts_ms = 9223372036854775807 WHERE seq = 2');
    db.close();
    for (const rows of [await store.scan(0, 10), (await store.query({ limit: 10 })).toReversed()]) {
      assert.deepEqual(
        rows.map(({ seq, tsMs }) => [seq, tsMs === seq]),
        [
          [1, true],
          [2, false],
        ],
      );
    }
  }));
