import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemRandom } from '../crypto/random.ts';
import { makeHeader, openHeader, parseHeader } from './header.ts';

const facts = { vaultId: 'e2a1f3f0-5d3c-4c57-9c54-111111111111', createdAtMs: 1, development: false };
const secrets = { vaultKey: systemRandom(32), seed: systemRandom(32) };
const key = { provider: 'file', parameters: { path: '/somewhere/kek.key' }, wrapped: 'AAAA' } as const;
const header = makeHeader(facts, secrets, key, null);

test('a header comes back from its text, and opens with its key only', () => {
  const read = parseHeader(JSON.stringify(header));
  assert.deepEqual(read, header);
  assert.deepEqual(openHeader(read, secrets.vaultKey).seed, secrets.seed);
  assert.throws(() => openHeader(read, systemRandom(32)), { code: 'integrity_error' });
});

test('flags and seed belong to this vault: edited or moved, they do not open', () => {
  const other = makeHeader({ ...facts, vaultId: '11111111-5d3c-4c57-9c54-111111111111' }, secrets, key, null);
  const edits = [{ development: true }, { seed: other.seed }, { flags: other.flags }, { vaultId: other.vaultId }];
  for (const edit of edits) {
    assert.throws(() => openHeader({ ...header, ...edit }, secrets.vaultKey), { code: 'integrity_error' });
  }
});

test('anything but a header of this format is refused', () => {
  const wrong = [
    '',
    '{}',
    'null',
    '[]',
    JSON.stringify({ ...header, format: 2 }),
    JSON.stringify({ ...header, more: 1 }),
    JSON.stringify({ ...header, vaultId: '../vault' }),
    JSON.stringify({ ...header, fingerprint: header.fingerprint.toUpperCase() }),
    JSON.stringify({ ...header, createdAtMs: -1 }),
    JSON.stringify({ ...header, key: { ...header.key, provider: 'none' } }),
    JSON.stringify({ ...header, key: { ...header.key, parameters: { path: ['x'] } } }),
    JSON.stringify({ ...header, seed: 'not base64' }),
  ];
  for (const text of wrong) assert.throws(() => parseHeader(text), { code: 'integrity_error' }, text);
});

test('a header holds no key and no seed in the clear', () => {
  const text = JSON.stringify(header);
  for (const secret of [secrets.vaultKey, secrets.seed]) {
    assert.ok(!text.includes(Buffer.from(secret).toString('base64')));
    assert.ok(!text.includes(Buffer.from(secret).toString('hex')));
  }
});
