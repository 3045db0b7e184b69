import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chainHash, genesis } from './chain-hash.ts';

// The values are sha256sum's: whoever checks an exported chain has only the tools of their system.

test('an entry’s hash is SHA-256 of the hash before it and its body as UTF-8', () => {
  const first = 'c604179721e7a3464bea4facb6455b9d1ef91a4eb24711d83da007a4cc4bd3cc';
  assert.equal(Buffer.from(chainHash(genesis, '{"seq":1,"note":"é"}')).toString('hex'), first);
});

test('a body longer than the usual one is hashed whole', () => {
  const body = 'x'.repeat(40_000);
  const long = 'eb782ab5dd760d0ba09184d1e4321fa7675ad7afb4b441e6c55ef8526565a66f';
  assert.equal(Buffer.from(chainHash(genesis, body)).toString('hex'), long);
  assert.notDeepEqual(chainHash(genesis, `${body}x`), chainHash(genesis, body));
});
