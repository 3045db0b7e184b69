import assert from 'node:assert/strict';
import { test } from 'node:test';
import { missing } from '../needs.ts';
import { checkHost } from './check-host.ts';
import { accepted, checkAccepted, checkNamed } from './check-target.ts';
import { throughServers } from './through-servers.ts';
import { randomFrom, trickyTarget, withEncodedSlashes } from './tricky-target.ts';

test('C5 accepted targets are read alike, 20,000 of them', () => {
  const random = randomFrom(20_261_120);
  let kept = 0;
  for (let i = 0; i < 20_000; i++) {
    const target = accepted(trickyTarget(random));
    if (target === null) continue;
    kept += 1;
    checkAccepted(target);
  }
  assert.ok(kept > 1_000);
});

test('C5 where encoded slashes are named nothing hides behind them, 20,000 targets', () => {
  const random = randomFrom(20_261_121);
  let kept = 0;
  for (let i = 0; i < 20_000; i++) {
    const target = accepted(withEncodedSlashes(trickyTarget(random), random), () => true);
    if (target === null || !target.path.includes('%2F')) continue;
    kept += 1;
    checkNamed(target);
  }
  assert.ok(kept > 1_000);
});

test('C1 C2 a request goes to a host of its capability, whatever the credential’s look like, 20,000 times', () => {
  const random = randomFrom(20_261_122);
  let allowed = 0;
  for (let i = 0; i < 20_000; i++) if (checkHost(random)) allowed += 1;
  assert.ok(allowed > 1_000);
});

test('C5 the check itself notices each trick, were policy to let it through', () => {
  for (const path of [
    '/v1/users/../x',
    '/a/%2e%2e/b',
    '/a%2fb',
    '/a%252fb',
    '/a/%252e%252e/b',
    '/a\\b',
    '/a/..;/b',
    '/a/%2e%3b/b',
    '/a%00',
    '/a b',
    '/a#b',
    '/a/%ef%bc%8e%ef%bc%8e/b',
  ]) {
    assert.throws(() => checkAccepted({ path, query: null }), Error, path);
  }
  for (const path of ['/a/..%2Fb', '/a%2F%2Fb', '/a%2F', '/a/b%2F..;x', '/a/%252Fb', '/a%2fb']) {
    assert.throws(() => checkNamed({ path, query: null }), Error, path);
  }
});

test('C5 Node’s, Python’s and nginx’s servers see what policy saw, 10,000 targets', {
  skip: missing('nginx', 'python3'),
}, async () => {
  assert.deepEqual(await throughServers(10_000, 7), ['node', 'python', 'nginx']);
});
