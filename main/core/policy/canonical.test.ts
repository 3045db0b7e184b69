import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { canonicalPath, canonicalQuery, canonicalTarget, queryNames } from './canonical.ts';

/** Text made of what path tricks are made of, glued together at random. */
const tricky = fc
  .array(
    fc.constantFrom(
      '/',
      '.',
      '..',
      '%2e',
      '%2E',
      '%252e',
      '%2f',
      '%5c',
      '\\',
      ';',
      ';x=1',
      '%00',
      '\0',
      '\t',
      '#',
      '?',
      '%',
      '%zz',
      'a',
      'v1',
      'users',
      '%61',
      '%c0%ae',
      '%e2%80%a8',
      'é',
      ' ',
      '~',
      '%7e',
      '@',
      ':',
      '*',
      '%3b',
      '..;',
      '．',
      '%ef%bc%8e',
      '//',
    ),
    { maxLength: 12 },
  )
  .map((parts) => `/${parts.join('')}`);

function canonicalOrNull(raw: string): string | null {
  try {
    return canonicalPath(raw);
  } catch (error) {
    assert.match((error as { code?: string }).code ?? '', /^(?:policy_violation|invalid_request)$/);
    return null;
  }
}

test('canonicalising twice changes nothing', () => {
  fc.assert(
    fc.property(tricky, (raw) => {
      const once = canonicalOrNull(raw);
      if (once !== null) assert.equal(canonicalPath(once), once);
    }),
    { numRuns: 5_000 },
  );
});

test('C5 no accepted path means another one to a URL parser', () => {
  fc.assert(
    fc.property(tricky, (raw) => {
      const path = canonicalOrNull(raw);
      if (path === null) return;
      assert.match(path, /^\/[\x21-\x7e]*$/);
      assert.equal(new URL(`https://up.test${path}`).pathname, path);
      const decoded = decodeURIComponent(path);
      assert.ok(!decoded.split(/[/\\]/).some((segment) => /^\.{1,2}(?:;|$)/.test(segment)));
      assert.equal(decoded.split(/[/\\]/).length, path.split('/').length, 'decoding adds no segment');
    }),
    { numRuns: 5_000 },
  );
});

test('keeps a query byte for byte and splits it off at the first question mark', () => {
  assert.deepEqual(canonicalTarget('/a?b=/../?c&d=%41'), { path: '/a', query: 'b=/../?c&d=%41' });
  assert.deepEqual(canonicalTarget('/a?'), { path: '/a', query: '' });
  assert.deepEqual(canonicalTarget('/a'), { path: '/a', query: null });
  assert.equal(canonicalQuery('filter[a]={"x"}'.replaceAll('"', '')), 'filter[a]={x}');
});

test('H10 names a query in every spelling a server could read', () => {
  assert.deepEqual(queryNames('K%65y=1&+a+=2;b&&c[0]=3'), ['key', 'a', 'b', 'c[0]', 'c']);
});
