import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { test } from 'node:test';
import { dependingOn, dependNoMoreOn, dependOn } from './caller-leaves.ts';

test('whoever depends on a caller is told when it leaves, once, unless that was taken back', () => {
  const caller = new AbortController();
  const told: string[] = [];
  const [first, second, third] = ['first', 'second', 'third'].map((name) => ({ callerLeft: () => told.push(name) }));
  for (const each of [first, second, third]) dependOn(caller.signal, each!);
  assert.equal(dependingOn(caller.signal), 3);
  assert.equal(getEventListeners(caller.signal, 'abort').length, 1);
  dependNoMoreOn(caller.signal, second!);
  dependNoMoreOn(caller.signal, second!);
  assert.equal(dependingOn(caller.signal), 2);
  caller.abort();
  assert.deepEqual(told, ['first', 'third']);
  assert.equal(dependingOn(caller.signal), 0);
});

test('one that ends another on its way does not keep the rest from being told', () => {
  const caller = new AbortController();
  const told: string[] = [];
  const last = { callerLeft: () => told.push('last') };
  const first = {
    callerLeft() {
      told.push('first');
      dependNoMoreOn(caller.signal, first);
    },
  };
  dependOn(caller.signal, first);
  dependOn(caller.signal, last);
  caller.abort();
  assert.deepEqual(told, ['first', 'last']);
});

test('whoever has left already has left at once', () => {
  let told = 0;
  dependOn(AbortSignal.abort(), { callerLeft: () => (told += 1) });
  assert.equal(told, 1);
});
