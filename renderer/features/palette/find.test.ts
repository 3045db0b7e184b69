import assert from 'node:assert/strict';
import { test } from 'node:test';
import { best, score } from './find.ts';

const same = (text: string) => text;

test('every typed word has to occur, in any order', () => {
  assert.notEqual(score('Mint token', ['token', 'mint']), null);
  assert.equal(score('Mint token', ['token', 'secret']), null);
});

test("a word's start beats its middle, and a shorter name beats a longer one", () => {
  assert.deepEqual(best(['unlocks', 'LOCK_KEY', 'Lock now'], same, 'lock', 3), ['LOCK_KEY', 'Lock now', 'unlocks']);
});

test('only the best few of many are kept, in order', () => {
  const many = Array.from({ length: 5_000 }, (_, at) => `KEY_${'x'.repeat(at % 50)}`);
  const found = best(many, same, 'key', 3);
  assert.deepEqual(found, ['KEY_', 'KEY_', 'KEY_']);
});

test('nothing typed keeps the given order', () => {
  assert.deepEqual(best(['a long name', 'bb', 'c'], same, '', 2), ['a long name', 'bb']);
});
