import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { PathVersion } from '#contract/schemas/paths.ts';
import { differingFields, versionFacts } from './version-difference.ts';

const first: PathVersion = {
  version: 1,
  createdAtMs: 0,
  createdBy: 'operator:cli',
  secretType: 'kv',
  bytes: 100,
  expiresAtMs: null,
};

describe('version-difference', () => {
  test('facts known without values are compared as words', () => {
    const facts = versionFacts(first, { ...first, version: 2, bytes: 2048, secretType: 'json' });
    assert.deepEqual(
      facts.filter(({ older, newer }) => older !== newer),
      [
        { name: 'Type', older: 'kv', newer: 'json' },
        { name: 'Size', older: '100 B', newer: '2 KiB' },
      ],
    );
    assert.equal(facts.find(({ name }) => name === 'Expires')?.older, 'never');
  });

  test('only fields that differ are told apart; the rest is a number', () => {
    const { differing, same } = differingFields(
      { host: 'db', password: 'old', dropped: 'x', port: 5432 },
      { host: 'db', password: 'new', added: true, port: 5432 },
    );
    assert.equal(same, 2);
    assert.deepEqual(differing, [
      { name: 'password', older: 'old', newer: 'new' },
      { name: 'dropped', older: 'x', newer: null },
      { name: 'added', older: null, newer: 'true' },
    ]);
  });

  test('a number and the same digits as text differ', () => {
    assert.equal(differingFields({ port: 1 }, { port: '1' }).differing.length, 1);
  });
});
