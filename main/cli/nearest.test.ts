import assert from 'node:assert/strict';
import { test } from 'node:test';
import { didYouMean, nearest } from './nearest.ts';

test('a slip of the fingers is recognised, another word is not', () => {
  const known = ['secrets', 'status', 'setup', 'settings'];
  assert.deepEqual(nearest('secret', known), ['secrets']);
  assert.deepEqual(nearest('sttaus', known), ['status']);
  assert.deepEqual(nearest('se', known), ['secrets', 'settings', 'setup']);
  assert.deepEqual(nearest('invoke', known), []);
});

test('the question reads like one', () => {
  assert.equal(didYouMean(['a']), 'Did you mean a?');
  assert.equal(didYouMean(['a', 'b', 'c']), 'Did you mean a, b or c?');
  assert.equal(didYouMean([]), undefined);
});
