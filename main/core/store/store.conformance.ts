import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RowStore } from './store.ts';

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);
const put = (table: string, id: string, ...values: number[]) =>
  ({ op: 'put', table, id, sealed: bytes(...values) }) as const;
const remove = (table: string, id: string) => ({ op: 'remove', table, id }) as const;

/** The exam every row store sits. `open` gives an empty store; whoever calls cleans up behind it. */
export function rowStoreConformance(name: string, open: () => Promise<RowStore>): void {
  const exam = (title: string, body: (store: RowStore) => Promise<void>): void => {
    test(`${name}: ${title}`, async () => {
      const store = await open();
      try {
        await body(store);
      } finally {
        await store.close();
      }
    });
  };

  exam('an empty store is generation 0 and holds nothing', async (store) => {
    assert.deepEqual(await store.readAll(), { generation: 0, meta: {}, rows: [], ledger: [] });
    assert.deepEqual(await store.readUsage(), []);
  });

  exam('a commit writes rows, ledger and named values together', async (store) => {
    await store.commit({
      generation: 1,
      changes: [put('a', 'x', 1, 2), put('b', 'x', 3)],
      meta: { header: 'h', root: 'r' },
    });
    const { generation, meta, rows, ledger } = await store.readAll();
    assert.equal(generation, 1);
    assert.deepEqual(meta, { header: 'h', root: 'r' });
    assert.deepEqual(rows, [
      { table: 'a', id: 'x', revision: 1, sealed: bytes(1, 2) },
      { table: 'b', id: 'x', revision: 1, sealed: bytes(3) },
    ]);
    assert.deepEqual(
      ledger.toSorted((a, b) => (a.table < b.table ? -1 : 1)),
      [
        { table: 'a', id: 'x', revision: 1, live: true },
        { table: 'b', id: 'x', revision: 1, live: true },
      ],
    );
    assert.deepEqual(await store.readMeta(), { generation: 1, meta: { header: 'h', root: 'r' } });
  });

  exam('a second put replaces, a remove leaves a ledger entry behind', async (store) => {
    await store.commit({ generation: 1, changes: [put('t', 'one', 1), put('t', 'two', 2)] });
    await store.commit({ generation: 2, changes: [put('t', 'one', 9), remove('t', 'two')] });
    const { rows, ledger } = await store.readAll();
    assert.deepEqual(rows, [{ table: 't', id: 'one', revision: 2, sealed: bytes(9) }]);
    assert.deepEqual(
      ledger.toSorted((a, b) => (a.id < b.id ? -1 : 1)),
      [
        { table: 't', id: 'one', revision: 2, live: true },
        { table: 't', id: 'two', revision: 2, live: false },
      ],
    );
  });

  exam('rows come back in the order they were first written', async (store) => {
    await store.commit({ generation: 1, changes: [put('t', 'c', 1), put('t', 'a', 2)] });
    await store.commit({ generation: 2, changes: [put('t', 'b', 3), put('t', 'c', 4)] });
    assert.deepEqual(
      (await store.readAll()).rows.map((row) => row.id),
      ['c', 'a', 'b'],
    );
  });

  exam('a generation that does not follow is refused and changes nothing', async (store) => {
    await store.commit({ generation: 1, changes: [put('t', 'x', 1)], meta: { root: 'one' } });
    for (const generation of [0, 1, 3, -1]) {
      const commit = { generation, changes: [put('t', 'x', 2), put('t', 'y', 2)], meta: { root: 'two' } };
      await assert.rejects(store.commit(commit), { code: 'version_conflict' });
    }
    const { generation, meta, rows } = await store.readAll();
    assert.deepEqual(
      { generation, meta, ids: rows.map((row) => row.id) },
      { generation: 1, meta: { root: 'one' }, ids: ['x'] },
    );
  });

  exam('a commit may leave generations out, on the one it was prepared on, and never goes back', async (store) => {
    await store.commit({ generation: 5, after: 0, changes: [put('t', 'x', 1)] });
    assert.equal((await store.readAll()).rows[0]?.revision, 5);
    for (const [generation, after] of [
      [9, 4],
      [5, 5],
      [4, 5],
    ] as const) {
      await assert.rejects(store.commit({ generation, after, changes: [] }), { code: 'version_conflict' });
    }
    assert.equal((await store.readMeta()).generation, 5);
  });

  exam('of two commits at once for one generation, one wins', async (store) => {
    const tries = [1, 2].map((value) => store.commit({ generation: 1, changes: [put('t', 'x', value)] }));
    const results = await Promise.allSettled(tries);
    assert.deepEqual(results.map((result) => result.status).sort(), ['fulfilled', 'rejected']);
    assert.equal((await store.readMeta()).generation, 1);
  });

  exam('changesSince tells what happened after a revision, oldest first', async (store) => {
    await store.commit({ generation: 1, changes: [put('t', 'a', 1), put('t', 'b', 1)] });
    await store.commit({ generation: 2, changes: [put('t', 'c', 1)] });
    await store.commit({ generation: 3, changes: [remove('t', 'a')] });
    assert.deepEqual(await store.changesSince(1), [
      { table: 't', id: 'c', revision: 2, live: true },
      { table: 't', id: 'a', revision: 3, live: false },
    ]);
    assert.deepEqual(await store.changesSince(3), []);
  });

  exam('usage is kept per row and overwritten, apart from generations', async (store) => {
    await store.writeUsage([{ table: 't', id: 'a', lastUsedAtMs: 1, uses: 1 }]);
    await store.writeUsage([
      { table: 't', id: 'a', lastUsedAtMs: 5, uses: 2 },
      { table: 't', id: 'b', lastUsedAtMs: 6, uses: 1 },
    ]);
    const usage = (await store.readUsage()).toSorted((a, b) => (a.id < b.id ? -1 : 1));
    assert.deepEqual(usage, [
      { table: 't', id: 'a', lastUsedAtMs: 5, uses: 2 },
      { table: 't', id: 'b', lastUsedAtMs: 6, uses: 1 },
    ]);
    assert.equal((await store.readMeta()).generation, 0);
  });

  exam('names with any character are kept apart', async (store) => {
    const names = ['', '/', 'a/b', "'; DROP TABLE rows; --", '\u0000', 'é', '{"x":1}'];
    await store.commit({ generation: 1, changes: names.map((id, at) => put('t', id, at)) });
    const { rows } = await store.readAll();
    assert.deepEqual(
      rows.map((row) => [row.id, row.sealed[0]]),
      names.map((id, at) => [id, at]),
    );
  });

  test(`${name}: a closed store refuses everything`, async () => {
    const store = await open();
    await store.close();
    await assert.rejects(store.readMeta(), { code: 'storage_unavailable' });
    await assert.rejects(store.commit({ generation: 1, changes: [] }), { code: 'storage_unavailable' });
  });
}
