import assert from 'node:assert/strict';
import { test } from 'node:test';
import { accepted, checkAccepted, written } from './check-target.ts';
import { nodeReader, pythonReader } from './readers.ts';
import { randomFrom, trickyTarget } from './tricky-target.ts';

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
});

test('C5 Node’s and Python’s servers see what policy saw', async () => {
  const readers = [await nodeReader(), await pythonReader()];
  const random = randomFrom(7);
  try {
    for (let sent = 0; sent < 150; ) {
      const target = accepted(trickyTarget(random));
      if (target === null) continue;
      sent += 1;
      for (const reader of readers) {
        assert.deepEqual(await reader.read(written(target)), {
          raw: written(target),
          path: decodeURIComponent(target.path),
        });
      }
    }
  } finally {
    for (const reader of readers) await reader.close();
  }
});
