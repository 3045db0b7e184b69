import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { claims, decide, narrowerClaim, type Rule } from './decide.ts';
import { commonHost, hostMatches, hostName, hostPort } from './host-match.ts';
import { createConcurrencyLimiter, createRateLimiter } from './limits.ts';

const rule = (over: Partial<Rule>): Rule => ({
  id: 'p/c',
  methods: ['GET'],
  paths: ['/v1/**'],
  exclude: [],
  hosts: ['api.example.com'],
  ...over,
});

test('hosts match exactly, or by one label', () => {
  assert.ok(hostMatches('api.example.com', 'api.example.com'));
  assert.ok(hostMatches('{shop}.myshopify.com', 'mine.myshopify.com'));
  assert.ok(hostMatches('bedrock-runtime.{region}.amazonaws.com', 'bedrock-runtime.eu-west-1.amazonaws.com'));
  for (const host of [
    'myshopify.com',
    '.myshopify.com',
    'a.b.myshopify.com',
    'mine.myshopify.com.evil.io',
    '-.myshopify.com',
  ]) {
    assert.ok(!hostMatches('{shop}.myshopify.com', host), host);
  }
  assert.ok(!hostMatches('api.openai.com', 'api.openai.com.exfil.io'), 'C16');
  assert.ok(hostMatches('up.test', 'up.test:8443') && !hostMatches('up.test:8443', 'up.test'));
  for (const host of [
    'up.test:8443.evil.test',
    'up.test:80@evil.test',
    'up.test:',
    'up.test:x',
    'up.test:443/',
    'up.test:80:80',
  ])
    assert.ok(!hostMatches('up.test', host) && !hostMatches('up.test:80', host), host);
});

test('an IPv6 address in brackets is a name like any other', () => {
  assert.deepEqual([hostName('[::1]:8080'), hostPort('[::1]:8080')], ['[::1]', 8080]);
  assert.deepEqual([hostName('[fd00::7]'), hostPort('[fd00::7]')], ['[fd00::7]', 443]);
  assert.deepEqual([hostName('up.test:8443'), hostPort('up.test:8443'), hostPort('up.test')], ['up.test', 8443, 443]);
  assert.ok(hostMatches('[::1]', '[::1]:8080') && hostMatches('[::1]:8080', '[::1]:8080'));
  assert.ok(!hostMatches('[::1]:8080', '[::1]') && !hostMatches('[::1]', '[::2]:8080'));
});

test('C1 I3 the planned host is always one of the capability’s hosts', () => {
  const host = fc.constantFrom(
    'api.example.com',
    'evil.test',
    'a.tenant.example.com',
    'x.y.tenant.example.com',
    'api.example.com.evil.test',
    'api.example.com:8443',
    'up.test',
  );
  const pattern = fc.constantFrom('api.example.com', '{t}.tenant.example.com', 'up.test');
  fc.assert(
    fc.property(
      fc.array(pattern, { minLength: 1 }),
      fc.array(host, { minLength: 1 }),
      fc.webPath(),
      (patterns, hosts, path) => {
        const verdict = decide(
          rule({ hosts: patterns, paths: ['/**'] }),
          { method: 'GET', path: path || '/', bodyBytes: 0 },
          hosts,
          null,
        );
        if (!verdict.allowed) return;
        assert.ok(patterns.some((each) => hostMatches(each, verdict.host)));
        assert.ok(hosts.some((each) => each === verdict.host));
      },
    ),
    { numRuns: 500 },
  );
  assert.equal(commonHost(['api.example.com'], ['evil.test']), null, 'C14');
});

test('I6 denies what no rule allows, and says which part', () => {
  const ask = (method: string, path: string, bodyBytes: number, hosts = ['api.example.com']) =>
    decide(rule({ exclude: ['/v1/admin/**'] }), { method, path, bodyBytes }, hosts, 10);
  assert.deepEqual(ask('GET', '/v1/a', 10), { allowed: true, host: 'api.example.com' });
  assert.deepEqual(ask('POST', '/v1/a', 0), { allowed: false, because: 'method' });
  assert.deepEqual(ask('GET', '/v2', 0), { allowed: false, because: 'path' });
  assert.deepEqual(ask('GET', '/v1/admin/keys', 0), { allowed: false, because: 'path' });
  assert.deepEqual(ask('GET', '/v1/a', 0, ['evil.test']), { allowed: false, because: 'host' });
  assert.deepEqual(ask('GET', '/v1/a', 11), { allowed: false, because: 'size' });
});

test('the narrowest rule claims a request, only against rules of the same host', () => {
  const wide = rule({ id: 'p/wide' });
  const narrow = rule({ id: 'p/narrow', paths: ['/v1/send'] });
  const elsewhere = rule({ id: 'p/else', paths: ['/v1/send'], hosts: ['other.example.com'] });
  assert.deepEqual(
    claims([wide, narrow], 'GET', '/v1/send').map((claim) => claim.rule.id),
    ['p/narrow', 'p/wide'],
  );
  assert.equal(narrowerClaim(wide, [wide, narrow], 'GET', '/v1/send')?.id, 'p/narrow');
  assert.equal(narrowerClaim(wide, [wide, narrow], 'GET', '/v1/other'), null);
  assert.equal(narrowerClaim(wide, [wide, elsewhere], 'GET', '/v1/send'), null);
});

test('a bucket refills evenly, says how long to wait, and forgets nothing when the clock jumps back', () => {
  const rates = createRateLimiter();
  for (let i = 0; i < 6; i++) assert.equal(rates.take('k', 6, 1_000), null);
  assert.equal(rates.take('k', 6, 1_000), 10);
  assert.equal(rates.take('other', 6, 1_000), null);
  assert.equal(rates.take('k', 6, 500), 10);
  assert.equal(rates.take('k', 6, 11_000), null);
  assert.equal(rates.take('k', 0, 11_000), 60);
});

test('I6 one token’s open requests take no place of another’s', () => {
  const places = createConcurrencyLimiter();
  assert.ok(places.enter('a', 2) && places.enter('a', 2));
  assert.ok(!places.enter('a', 2));
  assert.ok(places.enter('b', 2));
  places.leave('a');
  assert.ok(places.enter('a', 2));
});

test('C5 a spelling that an upstream may take for a narrower rule’s path is that rule’s to decide', () => {
  const wide = rule({ id: 'p/wide' });
  const narrow = rule({ id: 'p/narrow', paths: ['/v1/Users/{id}'] });
  for (const path of ['/v1/Users/42/', '/v1/users/42', '/v1/USERS/42', '/v1/Users;a=b/42', '/v1/users/42;x/']) {
    assert.equal(narrowerClaim(wide, [wide, narrow], 'GET', path)?.id, 'p/narrow', path);
  }
  for (const path of ['/v1/users', '/v1/users/42/files', '/v1/usersX/42']) {
    assert.equal(narrowerClaim(wide, [wide, narrow], 'GET', path), null, path);
  }
  assert.equal(narrowerClaim(wide, [wide, narrow], 'POST', '/v1/users/42'), null);
  const careful = rule({ id: 'p/narrow', paths: ['/v1/users/{id}'], exclude: ['/v1/users/me'] });
  assert.equal(narrowerClaim(wide, [wide, careful], 'GET', '/v1/Users/ME'), null);
});

test('C4 a tenant’s own name and the pattern that covers it are the same host', () => {
  const wide = rule({ id: 'p/wide', hosts: ['mine.shop.example'] });
  const narrow = rule({ id: 'p/narrow', paths: ['/v1/send'], hosts: ['{shop}.shop.example'] });
  assert.equal(narrowerClaim(wide, [wide, narrow], 'GET', '/v1/send')?.id, 'p/narrow');
});

test('C5 an encoded slash takes nothing from another rule, whichever way the upstream reads it', () => {
  const own = rule({ id: 'p/own', paths: ['/projects/{id%2F}/**', '/projects/{id%2F}'] });
  const narrower = (paths: string[], path: string, more: Partial<Rule> = {}) =>
    narrowerClaim(own, [own, rule({ id: 'p/other', paths, ...more })], 'GET', path)?.id ?? null;
  // Kept: the upstream reads members of project acme/app.
  assert.equal(narrower(['/projects/{id}/members'], '/projects/acme%2Fapp/members'), 'p/other');
  assert.equal(narrower(['/projects/{id}/members/**'], '/projects/acme%2Fapp/MEMBERS/7'), 'p/other');
  // Decoded: it reads members of project acme.
  assert.equal(narrower(['/projects/{id}/members'], '/projects/acme%2Fmembers'), 'p/other');
  assert.equal(narrower(['/projects/{id}/members/{user}'], '/projects/acme%2Fmembers/7'), 'p/other');
  assert.equal(narrower(['/projects/{id}/{part}'], '/projects/acme%2Fapp'), 'p/other', 'equally narrow is enough');
  assert.equal(narrower(['/projects/acme%2Fsecret/**'], '/projects/acme%2FSecret/issues'), 'p/other');
  const careful = { exclude: ['/projects/{id}'] };
  assert.equal(narrower(['/projects/{id}/members'], '/projects/acme%2Fmembers', careful), 'p/other');
  // A wider rule, another method or another host decides nothing.
  assert.equal(narrower(['/projects/**', '/**'], '/projects/acme%2Fapp/issues'), null);
  assert.equal(narrower(['/projects/{id}/members'], '/projects/acme%2Fapp/issues'), null);
  assert.equal(narrower(['/projects/{id}/members'], '/projects/acme%2Fmembers', { methods: ['DELETE'] }), null);
  assert.equal(narrower(['/projects/{id}/members'], '/projects/acme%2Fmembers', { hosts: ['other.test'] }), null);
});
