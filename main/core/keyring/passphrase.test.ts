import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { systemRandom } from '../crypto/random.ts';
import { passphraseProtector } from './passphrase.ts';
import { protectorConformance } from './protector.conformance.ts';

const stateFolder = mkdtempSync(join(tmpdir(), 'aivault-passphrase-'));
after(() => rmSync(stateFolder, { recursive: true }));
const cost = { memoryKiB: 19 * 1024, passes: 2, lanes: 1 };
const base = { stateFolder, randomBytes: systemRandom };
const wrapping = (passphrase: string) => passphraseProtector({ ...base, passphrase, cost });
const input = { passphrase: 'correct horse battery' };

protectorConformance('passphrase', async () => ({
  wrapping: () => wrapping(input.passphrase),
  later: () => passphraseProtector(base),
  input,
  keepsKey: false,
}));

test('a wrong passphrase, and none, are told apart from a damaged vault (V05)', async () => {
  const wrapped = await wrapping(input.passphrase).wrap(systemRandom(32));
  const later = passphraseProtector(base);
  await assert.rejects(later.unwrap(wrapped, { passphrase: 'wrong' }), { code: 'vault_locked', message: /not right/ });
  await assert.rejects(later.unwrap(wrapped, {}), { code: 'vault_locked', message: /opens with its passphrase/ });
  const cheap = { ...wrapped, parameters: { ...wrapped.parameters, memoryKiB: 8 } };
  await assert.rejects(later.unwrap(cheap, input), { code: 'integrity_error' });
});

test('new vaults use 64 MiB and three passes', async () => {
  const wrapped = await passphraseProtector({ ...base, ...input }).wrap(systemRandom(32));
  const { salt, ...costs } = wrapped.parameters;
  assert.deepEqual(costs, { memoryKiB: 65_536, passes: 3, lanes: 1 });
  assert.equal(Buffer.from(String(salt), 'base64').length, 16);
});

test('no new passphrase, no new key', async () => {
  await assert.rejects(passphraseProtector(base).wrap(systemRandom(32)), { code: 'invalid_request' });
  await assert.rejects(wrapping('').wrap(systemRandom(32)), { code: 'invalid_request' });
});
