import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { globFault, globMatches } from './path-glob.ts';

test('* is exactly one segment and ** any number of them, zero included', () => {
  const rows: [glob: string, path: string, matches: boolean][] = [
    ['app/db/*', 'app/db/user', true],
    ['app/db/*', 'app/db/x/y', false],
    ['app/db/*', 'app/db', false],
    ['app/**', 'app/db/x/y', true],
    ['app/**', 'app', true],
    ['**', 'a/b', true],
    ['**/ssl/*', 'ssl/cert', true],
    ['**/ssl/*', 'a/b/ssl/cert', true],
    ['a/*/c', 'a/b/c', true],
    ['a/*/c', 'a/b/b/c', false],
    ['a', 'ab', false],
    ['app', 'app/db', false],
  ];
  for (const [glob, path, matches] of rows) assert.equal(globMatches(glob, path), matches, `${glob} ~ ${path}`);
});

test('a glob agrees with the regular expression it stands for', () => {
  const word = fc.constantFrom('a', 'b', 'cc');
  const glob = fc.array(fc.oneof(word, fc.constantFrom('*', '**')), { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(glob, fc.array(word, { minLength: 1, maxLength: 7 }), (parts, segments) => {
      const source = parts
        .map((part) => (part === '**' ? '(?:[^/]+/)*' : part === '*' ? '[^/]+/' : `${part}/`))
        .join('');
      const expected = new RegExp(`^${source}$`).test(`${segments.join('/')}/`);
      assert.equal(globMatches(parts.join('/'), segments.join('/')), expected);
    }),
    { numRuns: 3000 },
  );
});

test('a hundred ** in a row cost no more than one', () => {
  const started = performance.now();
  assert.equal(globMatches(`${'**/'.repeat(100)}z`, `${'a/'.repeat(9)}b`), false);
  assert.ok(performance.now() - started < 50);
});

test('what is no glob is named', () => {
  const odd = [
    '',
    'a//b',
    'A/*',
    'a/*x',
    '/a',
    'a?',
    'a/',
    '***',
    '* ',
    'a\n',
    '**\n',
    'a/\u0000',
    'ä/*',
    'a/%2a',
    'a\\*',
  ];
  for (const text of [...odd, '../a', 'a/.', '{a,b}', '[a-z]', '!a', 'x'.repeat(513), `${'*/'.repeat(256)}*`]) {
    assert.notEqual(globFault(text), null, text);
  }
  for (const text of ['**', 'environments/*/db', 'a/**/b-c_1', '__proto__', '-', 'x'.repeat(512)]) {
    assert.equal(globFault(text), null, text);
  }
});

test('a glob without a star is the path itself, and a path is under no other one by accident', () => {
  const segment = fc.stringMatching(/^[a-z0-9_-]{1,6}$/);
  const path = fc.array(segment, { minLength: 1, maxLength: 10 }).map((segments) => segments.join('/'));
  fc.assert(
    fc.property(path, path, (one, other) => {
      assert.equal(globMatches(one, other), one === other);
      assert.equal(globMatches(`${one}/**`, other), other === one || other.startsWith(`${one}/`));
      assert.ok(globMatches('**', other));
    }),
  );
});
