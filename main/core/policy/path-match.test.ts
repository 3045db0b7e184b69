import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { canonicalPath } from './canonical.ts';
import { compareNarrowness, compilePath, defaultPath, pathExcluded, pathMatches } from './path-match.ts';

const matches = (pattern: string, path: string) => pathMatches(compilePath(pattern), path);

test('a pattern is exact per segment, and a closing /** is any number of further ones', () => {
  assert.ok(matches('/v1/users', '/v1/users'));
  assert.ok(!matches('/v1/users', '/v1/users/'));
  assert.ok(!matches('/v1/users', '/v1/users/42'));
  for (const path of ['/v1/users', '/v1/users/', '/v1/users/42', '/v1/users/42/posts'])
    assert.ok(matches('/v1/users/**', path));
  for (const path of ['/v1/users-admin', '/v1/usersX', '/v1', '/v1/Users'])
    assert.ok(!matches('/v1/users/**', path), path);
  assert.ok(matches('/**', '/anything/at/all') && matches('/', '/') && !matches('/', '/a'));
});

test('a parameter is exactly one segment that is not empty, with any literal text around it', () => {
  assert.ok(matches('/users/{id}', '/users/42'));
  assert.ok(!matches('/users/{id}', '/users/') && !matches('/users/{id}', '/users/4/2'));
  assert.ok(matches('/models/{model}:generateContent', '/models/gemini-2:generateContent'));
  assert.ok(!matches('/models/{model}:generateContent', '/models/:generateContent'));
  assert.ok(!matches('/models/{model}:generateContent', '/models/g:countTokens'));
  assert.ok(
    matches('/Messages/{id}.json', '/Messages/SM1.json') && !matches('/Messages/{id}.json', '/Messages/SM1.xml'),
  );
});

test('an exclusion ignores letter case, escapes, parameters and a closing slash', () => {
  const excluded = (path: string) => pathExcluded(compilePath('/v1/admin/{id}'), path);
  for (const path of ['/v1/admin/1', '/V1/ADMIN/1', '/v1/%41dmin/1', '/v1/admin/1/', '/v1/admin;x/1'])
    assert.ok(excluded(path), path);
  assert.ok(!excluded('/v1/admin') && !excluded('/v1/admins/1'));
});

test('an exclusion is read as loosely as the path: its own escapes, capitals, parameters and closing slash too', () => {
  for (const [exclusion, path] of [
    ['/v1/my%20file', '/v1/my%20file'],
    ['/v1/my%20file', '/v1/MY%20FILE/'],
    ['/v1/%e9%9f%b3', '/v1/%E9%9F%B3'],
    ['/v1/admin/', '/v1/admin'],
    ['/v1/admin;x=1', '/v1/admin;x=1'],
    ['/v1/{id};x=1', '/v1/7;x=1'],
    ['/v1/Admin/{id}.JSON', '/v1/admin/1.json'],
  ]) {
    assert.ok(pathExcluded(compilePath(exclusion!), path!), `${exclusion} takes out ${path}`);
  }
});

test('an exclusion sees through escapes of escapes, an escaped ";" and full-width letters', () => {
  const excluded = (path: string) => pathExcluded(compilePath('/v1/admin'), path);
  for (const path of ['/v1/%2561dmin', '/v1/%252561dmin', '/v1/admin%3Bx', `/v1/${encodeURIComponent('ａdmin')}`])
    assert.ok(excluded(path), path);
  assert.ok(!excluded('/v1/administrators') && !excluded('/v1/admi%256E%20'));
});

test('an encoded slash is matched where the pattern names it, and nowhere else', () => {
  for (const [pattern, path] of [
    ['/projects/{id%2F}', '/projects/acme%2Fapp'],
    ['/projects/{id%2F}', '/projects/acme%2Fteam%2Fapp'],
    ['/projects/{id%2F}', '/projects/42'],
    ['/projects/{id%2F}/**', '/projects/acme%2Fapp/issues/7'],
    ['/@{name%2F}', '/@acme%2Fleft-pad'],
    ['/projects/acme%2F{id}', '/projects/acme%2Fapp'],
    ['/projects/acme%2f{id}', '/projects/acme%2Fapp'],
    ['/projects/acme%2Fapp', '/projects/acme%2Fapp'],
  ]) {
    assert.ok(matches(pattern!, path!), `${pattern} ${path}`);
  }
  for (const [pattern, path] of [
    ['/projects/{id}', '/projects/acme%2Fapp'],
    ['/projects/**', '/projects/acme%2Fapp'],
    ['/**', '/acme%2Fapp'],
    ['/projects/{id%2F}/**', '/projects/acme%2Fapp/files/a%2Fb'],
    ['/projects/acme%2F{id}', '/projects/acme%2Fteam%2Fapp'],
    ['/projects/acme%2F{id}', '/projects/ACME%2Fapp'],
    ['/projects/{id%2F}', '/projects/acme/app'],
  ]) {
    assert.ok(!matches(pattern!, path!), `${pattern} ${path}`);
  }
});

test('an exclusion covers an encoded slash whether the upstream keeps or decodes it', () => {
  for (const [exclusion, path] of [
    ['/projects/{id}/members', '/projects/acme%2Fapp/members'],
    ['/projects/{id}/members', '/projects/acme%2Fmembers'],
    ['/projects/{id}/members/**', '/projects/acme%2FMEMBERS%2F7'],
    ['/projects/acme%2Fsecret/**', '/projects/acme%2Fsecret%2Fx'],
    ['/projects/acme%2Fsecret', '/projects/ACME%2fsecret'.replace('%2f', '%2F')],
  ]) {
    assert.ok(pathExcluded(compilePath(exclusion!), path!), `${exclusion} takes out ${path}`);
  }
  assert.ok(!pathExcluded(compilePath('/projects/{id}/members'), '/projects/acme%2Fapp/issues'));
});

test('literal is narrower than parameter with text, than parameter, than an open end', () => {
  const ordered = [
    '/v1/**',
    '/v1/{a%2F}',
    '/v1/{a}',
    '/v1/{a}/x',
    '/v1/{a}.json',
    '/v1/users/**',
    '/v1/users/{id}',
    '/v1/users/me',
  ];
  for (let i = 1; i < ordered.length; i++) {
    assert.ok(
      compareNarrowness(compilePath(ordered[i]!), compilePath(ordered[i - 1]!)) > 0,
      `${ordered[i]} over ${ordered[i - 1]}`,
    );
  }
  assert.equal(compareNarrowness(compilePath('/a/{x}'), compilePath('/a/{y}')), 0);
});

test('the default path is the only pattern without parameters, its open end dropped', () => {
  assert.equal(defaultPath(['/v1/models/**', '/v1/models/{id}']), '/v1/models');
  assert.equal(defaultPath(['/v1/a', '/v1/b']), null);
  assert.equal(defaultPath(['/v1/{id}']), null);
});

test('C5 no accepted path leaves its pattern', () => {
  const segment = fc.constantFrom(
    'v1',
    'users',
    '42',
    'admin',
    '..',
    '.',
    '%2e%2e',
    'a;b',
    'users-admin',
    '%75sers',
    '',
    'x%2fy',
  );
  fc.assert(
    fc.property(fc.array(segment, { minLength: 1, maxLength: 6 }), (segments) => {
      let path: string;
      try {
        path = canonicalPath(`/${segments.join('/')}`);
      } catch {
        return;
      }
      if (!matches('/v1/users/**', path)) return;
      // What a server's own parser makes of it lies below /v1/users too.
      const seen = decodeURIComponent(new URL(`https://up.test${path}`).pathname);
      assert.match(seen, /^\/v1\/users(?:\/|$)/);
    }),
    { numRuns: 5_000 },
  );
});
