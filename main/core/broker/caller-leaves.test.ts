import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { test } from 'node:test';
import { waitingFor, whenCallerLeaves } from './caller-leaves.ts';

test('what was asked for is done when the caller leaves, what was taken back is not', () => {
  const caller = new AbortController();
  const done: string[] = [];
  whenCallerLeaves(caller.signal, () => done.push('first'));
  const takeBack = whenCallerLeaves(caller.signal, () => done.push('second'));
  whenCallerLeaves(caller.signal, () => done.push('third'));
  assert.equal(waitingFor(caller.signal), 3);
  assert.equal(getEventListeners(caller.signal, 'abort').length, 1);
  takeBack();
  assert.equal(waitingFor(caller.signal), 2);
  caller.abort();
  assert.deepEqual(done, ['first', 'third']);
});

test('whoever has left already has left at once', () => {
  const done: string[] = [];
  whenCallerLeaves(AbortSignal.abort(), () => done.push('gone'))();
  assert.deepEqual(done, ['gone']);
});
