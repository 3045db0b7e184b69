import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hkdf as nobleHkdf } from '@noble/hashes/hkdf.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { fromHex, toHex } from './bytes.ts';
import { deriveSubkey, hkdf, mac } from './hkdf.ts';
import hkdfVectors from './vectors/hkdf-sha256.json' with { type: 'json' };
import hmacVectors from './vectors/hmac-sha256.json' with { type: 'json' };

const bytes = (hex: string): Uint8Array => fromHex(hex)!;

test('HKDF-SHA-256 gives the outputs of RFC 5869', () => {
  for (const { key, salt, info, output } of hkdfVectors.cases) {
    assert.equal(toHex(hkdf(bytes(key), bytes(salt), bytes(info), output.length / 2)), output);
  }
});

test('HMAC-SHA-256 gives the outputs of RFC 4231', () => {
  for (const { key, data, mac: expected } of hmacVectors.cases) {
    assert.equal(toHex(mac(bytes(key), bytes(data))), expected);
  }
});

test('a subkey is HKDF with its label, as an independent implementation computes it', () => {
  const key = new Uint8Array(32).fill(3);
  const expected = nobleHkdf(sha256, key, new Uint8Array(0), new TextEncoder().encode('aivault rows v1'), 32);
  assert.deepEqual(deriveSubkey(key, 'rows'), expected);
  assert.notDeepEqual(deriveSubkey(key, 'rows'), deriveSubkey(key, 'ledger'));
});
