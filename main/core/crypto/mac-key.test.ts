import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { fromHex, toHex } from './bytes.ts';
import { MacKey } from './mac-key.ts';
import vectors from './vectors/hmac-sha256.json' with { type: 'json' };

test('a MacKey gives the outputs of RFC 4231', () => {
  for (const { key, data, mac } of vectors.cases) {
    assert.equal(toHex(new MacKey(fromHex(key)!).mac(fromHex(data)!)), mac);
  }
});

test('many messages under one key, of every length, are what a new Hmac gives each time', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), fc.array(fc.uint8Array({ maxLength: 2_000 })), (key, messages) => {
      const macKey = new MacKey(key);
      for (const message of messages) {
        assert.deepEqual(macKey.mac(message), createHmac('sha256', key).update(message).digest());
      }
    }),
  );
});

test('a forgotten key gives other outputs', () => {
  const key = new MacKey(new Uint8Array(32).fill(1));
  const before = key.mac(Uint8Array.of(1));
  key.forget();
  assert.notDeepEqual(key.mac(Uint8Array.of(1)), before);
});
