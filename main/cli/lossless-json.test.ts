import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseJson, printJson } from './lossless-json.ts';

test('G40: order, repeated keys and digits survive', () => {
  const written = '{"z":12345678901234567890,"a":1.50,"a":null,"e":[],"o":{}}';
  assert.equal(
    printJson(parseJson(written)),
    '{\n  "z": 12345678901234567890,\n  "a": 1.50,\n  "a": null,\n  "e": [],\n  "o": {}\n}',
  );
});

test('what it prints means the same as what it read, for any value', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = JSON.stringify(value);
      assert.deepEqual(JSON.parse(printJson(parseJson(text))), JSON.parse(text));
    }),
  );
});

test('it refuses what JSON.parse refuses', () => {
  for (const text of [
    '',
    '01',
    '1.',
    '.5',
    '+1',
    '{a:1}',
    "{'a':1}",
    '[1,]',
    '{"a":1,}',
    '1 2',
    '"\t"',
    '"\\x"',
    'nul',
    'NaN',
  ]) {
    assert.throws(() => parseJson(text), SyntaxError, text);
    assert.throws(() => JSON.parse(text), SyntaxError, text);
  }
});

test('a bottomless answer is refused, not followed', () => {
  assert.throws(() => parseJson('['.repeat(100_000)), /too deep/);
});
