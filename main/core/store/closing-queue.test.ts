import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ClosingQueue } from './closing-queue.ts';
import { type ClosingsPacker, unpackClosings } from './packed-closings.ts';

const entry = (n: number) => ({ tsMs: n, kind: 'invoke', actor: 'a', outcome: 'allowed' }) as const;
const timesOf = (entries: ClosingsPacker) => [...unpackClosings(entries.packed())].map(({ tsMs }) => tsMs);

test('entries reach the store in the order they came, whatever sends them', async () => {
  const written: number[] = [];
  const queue = new ClosingQueue(async (entries) => {
    written.push(...timesOf(entries));
  });
  const expected: number[] = [];
  for (let n = 0; n < 1_000; n++) {
    void queue.add(`c${n}`, entry(n));
    expected.push(n);
    if (n % 333 === 0) queue.send();
  }
  await queue.drain();
  assert.deepEqual(written, expected);
});

test('a batch that fails rejects for all who wait for it, ends no process where nobody does, and not the next one', async () => {
  let fails = true;
  const queue = new ClosingQueue(async () => {
    if (fails) throw new Error('full');
  });
  const waited = [queue.add('c1', entry(1)), queue.add('c2', entry(2))];
  queue.send();
  // Nobody waits for this one: the test runner, like the host, ends on an unhandled rejection.
  void queue.add('c3', entry(3));
  await queue.drain();
  for (const each of waited) await assert.rejects(each, /full/);
  fails = false;
  const next = queue.add('c4', entry(4));
  await queue.drain();
  await next;
});

test('drained means that nothing waits, also of what came while it drained', async () => {
  const written: number[] = [];
  const queue: ClosingQueue = new ClosingQueue(async (entries) => {
    await new Promise((resolve) => setImmediate(resolve));
    const times = timesOf(entries);
    written.push(...times);
    if (times[0] === 1) void queue.add('c2', entry(2));
  });
  void queue.add('c1', entry(1));
  await queue.drain();
  assert.deepEqual(written, [1, 2]);
});
