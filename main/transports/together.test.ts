import assert from 'node:assert/strict';
import { test } from 'node:test';
import { together } from './together.ts';

const turn = () => new Promise((resolve) => setImmediate(resolve));

test('what becomes ready alone runs at once; of what comes in crowds all but the first crowd’s first wait for the end of their turn', async () => {
  const atEndOfTurn = together();
  const done: string[] = [];
  const add = (name: string) => atEndOfTurn(() => done.push(name));
  add('alone');
  assert.deepEqual(done, ['alone']);
  await turn();
  add('first');
  add('second');
  add('third');
  assert.deepEqual(done, ['alone', 'first']);
  await turn();
  assert.deepEqual(done, ['alone', 'first', 'second', 'third']);
  add('fourth');
  add('fifth');
  assert.equal(done.length, 4, 'a crowd came before, so the next one gathers from its first on');
  await turn();
  assert.deepEqual(done.slice(4), ['fourth', 'fifth']);
});

test('who comes alone after a crowd waits once, and the next one does not', async () => {
  const atEndOfTurn = together();
  let ran = 0;
  const add = () => atEndOfTurn(() => (ran += 1));
  add();
  add();
  await turn();
  add();
  assert.equal(ran, 2);
  await turn();
  assert.equal(ran, 3);
  add();
  assert.equal(ran, 4);
  await turn();
});
