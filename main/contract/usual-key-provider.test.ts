import assert from 'node:assert/strict';
import { test } from 'node:test';
import { usualKeyProvider } from './usual-key-provider.ts';

test('a first vault uses the keychain on macOS and a key file elsewhere', () => {
  assert.equal(usualKeyProvider({ contained: false }, 'darwin').provider, 'keychain');
  for (const platform of ['linux', 'win32', 'freebsd'] as const) {
    assert.deepEqual(usualKeyProvider({ contained: false }, platform), { provider: 'file' });
  }
});

test('with AIVAULT_DIR everything lives inside that folder, the key too, on macOS as well', () => {
  assert.deepEqual(usualKeyProvider({ contained: true }, 'darwin'), { provider: 'file' });
});
