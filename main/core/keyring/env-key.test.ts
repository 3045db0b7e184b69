import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { systemRandom } from '../crypto/random.ts';
import { envKeyProtector } from './env-key.ts';
import { protectorConformance } from './protector.conformance.ts';

const stateFolder = mkdtempSync(join(tmpdir(), 'aivault-env-key-'));
after(() => rmSync(stateFolder, { recursive: true }));
const variable = 'MY_VAULT_KEY';
const protector = (value?: string, newKey?: string) =>
  envKeyProtector({
    variable,
    environment: { [variable]: value },
    stateFolder,
    ...(newKey === undefined ? {} : { newKey }),
  });
const key = '0a'.repeat(32);

protectorConformance('environment', async () => ({
  wrapping: () => protector(key),
  later: () => protector(key),
  input: {},
  keepsKey: false,
}));

test('a variable that is missing, blank or no key is an error of its own kind (V23)', async () => {
  const wrapped = await protector(key).wrap(systemRandom(32));
  await assert.rejects(protector(undefined).unwrap(wrapped, {}), { code: 'vault_locked', message: /is not set/ });
  await assert.rejects(protector('  ').unwrap(wrapped, {}), { code: 'vault_locked' });
  await assert.rejects(protector('garbage').unwrap(wrapped, {}), {
    code: 'integrity_error',
    message: /does not hold a key/,
  });
  await assert.rejects(protector('0b'.repeat(32)).unwrap(wrapped, {}), {
    code: 'integrity_error',
    message: /does not open/,
  });
  await assert.rejects(protector(undefined).wrap(systemRandom(32)), { code: 'vault_locked' });
});

test('re-keying wraps under the key the variable will hold from now on', async () => {
  const next = '0c'.repeat(32);
  const vaultKey = systemRandom(32);
  const wrapped = await protector(key, next).wrap(vaultKey);
  assert.deepEqual(await protector(next).unwrap(wrapped, {}), vaultKey);
  await assert.rejects(protector(key).unwrap(wrapped, {}), { code: 'integrity_error' });
  await assert.rejects(protector(key, 'garbage').wrap(vaultKey), { code: 'invalid_request' });
});
