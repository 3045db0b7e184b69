import assert from 'node:assert/strict';
import { test } from 'node:test';
import { after, lastly } from './at-once.ts';

test('what is there is gone on with at once, what comes later when it has come', async () => {
  assert.equal(
    after(1, (one) => one + 1),
    2,
  );
  assert.equal(await after(Promise.resolve(1), (one) => one + 1), 2);
  assert.throws(() => after(1, fail), /no/);
  await assert.rejects(async () => after(Promise.resolve(1), fail), /no/);
});

test('the end comes once: after a value, a throw, a promise kept and a promise broken', async () => {
  let ends = 0;
  const end = () => void ends++;
  assert.equal(
    lastly(() => 1, end),
    1,
  );
  assert.equal(ends, 1);
  assert.throws(() => lastly(fail, end), /no/);
  assert.equal(ends, 2);
  const later = lastly(() => Promise.resolve(1), end);
  assert.equal(ends, 2);
  assert.equal(await later, 1);
  assert.equal(ends, 3);
  await assert.rejects(async () => lastly(() => Promise.reject(new Error('no')), end), /no/);
  assert.equal(ends, 4);
});

function fail(): never {
  throw new Error('no');
}
