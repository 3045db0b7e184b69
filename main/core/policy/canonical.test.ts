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
      '%32',
      '%66',
      '%65',
      '%25',
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
  assert.deepEqual(queryNames('K%65y=1&+a+=2&&c_d-0=3'), ['key', 'a', 'c_d-0']);
  const named = (query: string, name: string) => queryNames(query).includes(name);
  for (const [query, name] of [
    ['a=1;key=2', 'key'],
    ['key[0]=3', 'key'],
    ['key%00x=1', 'key'],
    ['key%00=1', 'key'],
    ['k%2565y=1', 'key'],
    ['%EF%BD%8Bey=1', 'key'],
    ['api.key=1', 'api_key'],
    ['api%20key=1', 'api_key'],
    ['api+key=1', 'api_key'],
    ['api[key=1', 'api_key'],
    ['.method=DELETE', '_method'],
    ['%5Bmethod=DELETE', '_method'],
  ]) {
    assert.ok(named(query!, name!), `${query} is ${name} to somebody`);
  }
  assert.ok(!named('monkey=1&keys=2&a.key=3', 'key'));
});

test('C5 an escape that is spelled in escapes is the escape it spells', () => {
  for (const path of ['/a/%25%32%66b', '/a/%25%32%65%25%32%65/b', '/a/%25%35%63b', '/a/%252%66b', '/a/%25%30%30']) {
    assert.throws(() => canonicalPath(path), { code: 'policy_violation' }, path);
  }
});

test('C5 an encoded slash stays as it is where a capability names it, and is refused everywhere else', () => {
  const named = (path: string) => path.startsWith('/projects/');
  assert.equal(canonicalPath('/projects/acme%2fapp/%69ssues', named), '/projects/acme%2Fapp/issues');
  assert.throws(() => canonicalPath('/users/acme%2Fapp', named), { code: 'policy_violation' });
  assert.throws(() => canonicalPath('/projects/acme%2Fapp'), { code: 'policy_violation' });
});

test('C5 what an encoded slash parts is no way out: each piece is checked as a segment', () => {
  for (const path of [
    '/a/%2F..%2Fadmin',
    '/a/..%2Fadmin',
    '/a/b%2F..',
    '/a/b%2F.%2Fc',
    '/a/b%2F%2Fc',
    '/a/%2Fb',
    '/a/b%2F',
    '/a/b%2F..;x=1',
    '/a/b%2F;x',
    '/a/b%2F%2e%2e',
    '/a/b%2F%252e%252e',
    '/a/b%252Fc',
    '/a/b%25%32%46c',
    '/a/b%2F%5Cc',
    '/a/b%2F%00',
    '/a/b%2F%ef%bc%8e%ef%bc%8e',
    '/a/b%2F..%3bx',
    '/a/%2%2F5c',
  ]) {
    assert.throws(() => canonicalPath(path, () => true), { code: /^(?:policy_violation|invalid_request)$/ }, path);
  }
});
