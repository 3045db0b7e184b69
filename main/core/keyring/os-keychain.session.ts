import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { systemRandom } from '../crypto/random.ts';
import { keychainCalls } from './keychain-calls.ts';
import { osKeychainProtector } from './os-keychain.ts';
import { protectorConformance } from './protector.conformance.ts';

// Runs inside a D-Bus session that os-keychain.test.ts made; the argument says what state its Secret Service is in.
// `KEPT` names a file through which a wrapped key travels from one session to the next.

const state = process.env.KEYCHAIN_STATE;
const kept = process.env.KEPT ?? '';
const make = () =>
  osKeychainProtector({
    calls: keychainCalls(state === 'silent' ? 300 : 5_000),
    randomBytes: systemRandom,
    service: 'aivault-test',
    account: 'vault-key',
  });

if (state === 'unlocked') {
  protectorConformance('keychain', async () => ({ wrapping: make, later: make, input: {}, keepsKey: true }));

  test('a key is kept for later sessions', async () => {
    const vaultKey = systemRandom(32);
    const wrapped = await make().wrap(vaultKey);
    writeFileSync(kept, JSON.stringify({ wrapped, vaultKey: Buffer.from(vaultKey).toString('hex') }));
  });
}

if (state === 'reopened') {
  test('a later session opens what an earlier one wrapped', async () => {
    const { wrapped, vaultKey } = JSON.parse(readFileSync(kept, 'utf8'));
    assert.equal(Buffer.from(await make().unwrap(wrapped, {})).toString('hex'), vaultKey);
  });
}

if (state === 'locked' || state === 'absent') {
  test('a keychain that gives nothing means locked: an error with a next step, and no new key', async () => {
    const { wrapped } = JSON.parse(readFileSync(kept, 'utf8'));
    await assert.rejects(make().unwrap(wrapped, {}), (error: { code?: string; hint?: string }) => {
      assert.equal(error.code, 'vault_locked');
      assert.match(error.hint ?? '', /Unlock the login keychain/);
      return true;
    });
    await assert.rejects(make().wrap(systemRandom(32)), { code: 'vault_locked' });
  });
}

if (state === 'silent') {
  test('a keychain that does not answer is given up after the deadline', async () => {
    const started = performance.now();
    await assert.rejects(make().wrap(systemRandom(32)), { code: 'vault_locked', message: /does not answer/ });
    assert.ok(performance.now() - started < 4_000);
    // The blocked call keeps this process from ending: now the silent service may be killed.
    writeFileSync(`${kept}.done`, '');
  });
}
