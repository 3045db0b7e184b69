import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { systemRandom } from '../crypto/random.ts';
import type { LedgerRow } from '../store/store.ts';
import { bucketOf, Ledger } from './ledger.ts';

const vaultKey = systemRandom(32);
const vaultId = 'e2a1f3f0-5d3c-4c57-9c54-111111111111';
const fresh = (): Ledger => new Ledger(vaultKey, vaultId);
const row = fc.record({
  table: fc.constantFrom('secrets', 'tokens', 'a/b'),
  id: fc.string({ maxLength: 8 }),
  revision: fc.nat(50),
  live: fc.boolean(),
});

function over(rows: Iterable<LedgerRow>): Ledger {
  const ledger = fresh();
  for (const each of rows) ledger.add(each);
  return ledger;
}

test('a ledger kept up to date is the ledger computed anew, whatever happened in between', () => {
  fc.assert(
    fc.property(fc.array(row, { maxLength: 40 }), (changes) => {
      const kept = fresh();
      const newest = new Map<string, LedgerRow>();
      for (const change of changes) {
        const key = JSON.stringify([change.table, change.id]);
        const before = newest.get(key);
        if (before !== undefined) kept.subtract(before);
        kept.add(change);
        newest.set(key, change);
      }
      const anew = over(newest.values());
      assert.deepEqual([...kept.differences(anew)], []);
      assert.equal(kept.root(1, 'h'), anew.root(1, 'h'));
      const read = Ledger.fromMeta(vaultKey, vaultId, kept.toMeta());
      assert.equal(read.root(1, 'h'), kept.root(1, 'h'));
    }),
  );
});

test('any other set of rows has another root, and the difference is in the bucket of what differs', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(row, { minLength: 1, maxLength: 20, selector: (each) => `${each.table}\n${each.id}` }),
      row,
      (rows, other) => {
        const [changed, ...rest] = rows;
        fc.pre(
          JSON.stringify(changed) !== JSON.stringify(other) &&
            !rest.some((each) => each.table === other.table && each.id === other.id),
        );
        const [a, b] = [over(rows), over([other, ...rest])];
        assert.notEqual(a.root(1, 'h'), b.root(1, 'h'));
        for (const place of a.differences(b)) {
          assert.ok(
            [changed!, other].some(({ table, id }) => place === `${table}/${bucketOf(id)}`),
            place,
          );
        }
        assert.ok(a.differences(b).size > 0);
      },
    ),
  );
});

test('the root covers generation, header, vault and key', () => {
  const rows = [{ table: 't', id: 'a', revision: 1, live: true }];
  const root = over(rows).root(5, 'h');
  assert.notEqual(over(rows).root(6, 'h'), root);
  assert.notEqual(over(rows).root(5, 'x'), root);
  const elsewhere = new Ledger(vaultKey, '11111111-5d3c-4c57-9c54-111111111111');
  const otherKey = new Ledger(systemRandom(32), vaultId);
  for (const ledger of [elsewhere, otherKey]) {
    for (const each of rows) ledger.add(each);
    assert.notEqual(ledger.root(5, 'h'), root);
  }
});

test('ids spread over the buckets', () => {
  const counts = new Map<string, number>();
  for (let n = 0; n < 25_600; n++) {
    const bucket = bucketOf(`00000000-0000-4000-8000-${String(n).padStart(12, '0')}`);
    counts.set(bucket, (counts.get(bucket) ?? 0) + 1);
  }
  assert.equal(counts.size, 256);
  assert.ok(Math.max(...counts.values()) < 200);
});
