import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { durationMs, pathFault } from './path-grammar.ts';

const segment = fc
  .stringMatching(/^[a-z0-9_-]{1,20}$/)
  .filter((text) => !['versions', 'metadata', 'restore', 'batch'].includes(text));

test('every text made of one to ten documented segments is a path', () => {
  fc.assert(
    fc.property(fc.array(segment, { minLength: 1, maxLength: 10 }), (segments) => {
      assert.equal(pathFault(segments.join('/')), null);
    }),
  );
});

test('each broken rule is named', () => {
  const faults: Record<string, RegExp> = {
    '': /not empty/,
    '/a': /starts nor ends/,
    'a/': /starts nor ends/,
    'a//b': /empty segment/,
    'A/b': /lower case/,
    'a.b': /made of/,
    'a/../b': /made of/,
    'a%2fb': /made of/,
    ä: /made of/,
    'a\nb': /made of/,
    'a/b/c/d/e/f/g/h/i/j/k': /10 levels/,
    [`a/${'b'.repeat(511)}`]: /512 characters/,
    'a/versions': /does not end/,
    metadata: /does not end/,
    'a/restore': /does not end/,
    'batch/a': /does not begin/,
  };
  for (const [path, expected] of Object.entries(faults)) assert.match(pathFault(path) ?? '', expected, path);
  assert.equal(pathFault('versions/a'), null);
  assert.equal(pathFault('a/batch'), null);
});

test('whatever the grammar accepts is printable, relative and free of dots', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 40 }), (text) => {
      if (pathFault(text) === null) assert.match(text, /^[a-z0-9_-]+(?:\/[a-z0-9_-]+)*$/);
    }),
    { numRuns: 2000 },
  );
});

test('durations are a number and one unit', () => {
  assert.equal(durationMs('90d'), 90 * 86_400_000);
  assert.equal(durationMs('48h'), 48 * 3_600_000);
  assert.equal(durationMs('1s'), 1000);
  for (const text of ['', '0d', '-1d', '1.5h', '1y', 'd', '1 d', '9999999d'])
    assert.equal(durationMs(text), null, text);
});
