import assert from 'node:assert/strict';
import { test } from 'node:test';
import { xchacha20poly1305 } from '@noble/ciphers/chacha.js';
import fc from 'fast-check';
import { Opener, open, seal, sealOverhead } from './aead.ts';
import { concatBytes, fromHex, toHex } from './bytes.ts';
import { systemRandom } from './random.ts';
import vector from './vectors/xchacha20-poly1305.json' with { type: 'json' };

const bytes = (hex: string): Uint8Array => fromHex(hex)!;
const none = new Uint8Array(0);
const integrityError = { code: 'integrity_error' };

test('the published XChaCha20-Poly1305 vector opens, and is what sealing writes with that nonce', () => {
  const sealed = concatBytes(bytes(vector.ciphertext), bytes(vector.tag));
  const blob = concatBytes(Uint8Array.of(1), bytes(vector.nonce), sealed);
  assert.equal(toHex(open(bytes(vector.key), blob, bytes(vector.aad))), vector.plaintext);
  const written = seal(bytes(vector.key), bytes(vector.plaintext), bytes(vector.aad));
  const same = xchacha20poly1305(bytes(vector.key), written.subarray(1, 25), bytes(vector.aad));
  assert.deepEqual(written.subarray(25), same.encrypt(bytes(vector.plaintext)));
});

test('what was sealed opens again, at every length', () => {
  const key = systemRandom(32);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.uint8Array({ maxLength: 40 }), (plain, aad) => {
      const blob = seal(key, plain, aad);
      assert.equal(blob.length, plain.length + sealOverhead);
      assert.deepEqual(open(key, blob, aad), plain);
    }),
    { numRuns: 200 },
  );
});

test('an opener gives the published plaintext and what `open` gives, as often as it is asked', () => {
  const blob = concatBytes(Uint8Array.of(1), bytes(vector.nonce), bytes(vector.ciphertext), bytes(vector.tag));
  const opener = new Opener(bytes(vector.key), blob, bytes(vector.aad));
  for (let i = 0; i < 3; i++) assert.equal(toHex(opener.open()), vector.plaintext);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.uint8Array({ maxLength: 40 }), (plain, aad) => {
      const key = systemRandom(32);
      const sealed = seal(key, plain, aad);
      const other = new Opener(key, sealed, aad);
      key.fill(0);
      sealed.fill(0);
      assert.deepEqual([other.open(), other.open()], [plain, plain]);
    }),
    { numRuns: 100 },
  );
});

test('an opener takes its own copies of a Buffer too, whose slices are views', () => {
  const key = Buffer.from(systemRandom(32));
  const sealed = Buffer.from(seal(key, bytes('00112233'), none));
  const opener = new Opener(key, sealed, none);
  key.fill(0);
  sealed.fill(0);
  assert.equal(toHex(opener.open()), '00112233');
});

test('an opener refuses a changed bit and another place (F5), and opens nothing once it was told to forget', () => {
  const key = systemRandom(32);
  const blob = seal(key, bytes('00112233'), bytes('aa'));
  const changed = blob.slice();
  changed[30]! ^= 1;
  assert.throws(() => new Opener(key, changed, bytes('aa')), integrityError);
  assert.throws(() => new Opener(key, blob, bytes('ab')), integrityError);
  assert.throws(() => new Opener(key, blob.subarray(0, 20), bytes('aa')), integrityError);
  const opener = new Opener(key, blob, bytes('aa'));
  opener.forget();
  assert.throws(() => opener.open(), integrityError);
});

test('every single changed bit of a sealed value is noticed (F5)', () => {
  const key = systemRandom(32);
  const blob = seal(key, bytes('00112233'), bytes('aa'));
  for (let bit = 0; bit < blob.length * 8; bit++) {
    const changed = blob.slice();
    changed[bit >> 3]! ^= 1 << (bit & 7);
    assert.throws(() => open(key, changed, bytes('aa')), integrityError);
  }
});

test('another key, another place, a cut or a lengthened blob do not open', () => {
  const key = systemRandom(32);
  const blob = seal(key, bytes('00112233'), bytes('aa'));
  assert.throws(() => open(systemRandom(32), blob, bytes('aa')), integrityError);
  assert.throws(() => open(key, blob, bytes('ab')), integrityError);
  assert.throws(() => open(key, blob, none), integrityError);
  assert.throws(() => open(key, concatBytes(blob, Uint8Array.of(0)), bytes('aa')), integrityError);
  for (let length = 0; length < blob.length; length++) {
    assert.throws(() => open(key, blob.subarray(0, length), bytes('aa')), integrityError);
  }
});

test('two seals of the same value share no nonce', () => {
  const key = systemRandom(32);
  const nonces = new Set(Array.from({ length: 500 }, () => toHex(seal(key, none, none).subarray(1, 25))));
  assert.equal(nonces.size, 500);
});

test('a key that is not 32 bytes is refused before anything is sealed', () => {
  assert.throws(() => seal(new Uint8Array(31), none, none), { code: 'internal' });
});
