import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ClosingQueue } from './closing-queue.ts';
import { type Closing, type ClosingsPacker, unpackClosings } from './packed-closings.ts';

const columns = { tsMs: 1, kind: 'invoke', actor: 'a', outcome: 'allowed' };
const bodyOf = (n: number) => `{"n":"é${n}"}`;
const closing = (n: number, body = bodyOf(n)): Closing => ({ call: `c${n}`, columns, body: () => body });
const bodiesOf = (entries: ClosingsPacker) => [...unpackClosings(entries.packed())].map(({ body }) => body);

test('entries reach the store in the order they came, whatever sends them', async () => {
  const written: string[] = [];
  const queue = new ClosingQueue(async (entries) => {
    written.push(...bodiesOf(entries));
  });
  const expected: string[] = [];
  for (let n = 0; n < 1_000; n++) {
    void queue.add(closing(n));
    expected.push(bodyOf(n));
    if (n % 333 === 0) queue.send();
  }
  await queue.drain();
  assert.deepEqual(written, expected);
});

test('a body larger than the room that waits for it arrives whole, beside its neighbours', async () => {
  const written: string[] = [];
  const queue = new ClosingQueue(async (entries) => {
    written.push(...bodiesOf(entries));
  });
  const bodies = ['a', '€'.repeat(20_000), '', '😀'.repeat(5_000), 'z'];
  for (const [n, body] of bodies.entries()) void queue.add(closing(n, body));
  await queue.drain();
  assert.deepEqual(written, bodies);
});

test('a batch that fails rejects for all who wait for it, ends no process where nobody does, and not the next one', async () => {
  let fails = true;
  const queue = new ClosingQueue(async () => {
    if (fails) throw new Error('full');
  });
  const waited = [queue.add(closing(1)), queue.add(closing(2))];
  queue.send();
  // Nobody waits for this one: the test runner, like the host, ends on an unhandled rejection.
  void queue.add(closing(3));
  await queue.drain();
  for (const each of waited) await assert.rejects(each, /full/);
  fails = false;
  const next = queue.add(closing(4));
  await queue.drain();
  await next;
});

test('drained means that nothing waits, also of what came while it drained', async () => {
  const written: string[] = [];
  const queue: ClosingQueue = new ClosingQueue(async (entries) => {
    await new Promise((resolve) => setImmediate(resolve));
    const bodies = bodiesOf(entries);
    written.push(...bodies);
    if (bodies[0] === bodyOf(1)) void queue.add(closing(2));
  });
  void queue.add(closing(1));
  await queue.drain();
  assert.deepEqual(written, [bodyOf(1), bodyOf(2)]);
});
