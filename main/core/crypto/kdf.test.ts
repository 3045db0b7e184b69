import assert from 'node:assert/strict';
import { test } from 'node:test';
import { argon2id as nobleArgon2id } from '@noble/hashes/argon2.js';
import { argon2id } from 'hash-wasm';
import { fromHex, toBase64, toHex, utf8 } from './bytes.ts';
import { defaultCost, deriveFromPassphrase, parseKdfParameters } from './kdf.ts';
import vector from './vectors/argon2id.json' with { type: 'json' };

const bytes = (hex: string): Uint8Array => fromHex(hex)!;
const salt = toBase64(new Uint8Array(16).fill(7));
const light = { memoryKiB: 19 * 1024, passes: 2, lanes: 1, salt };

test('the published Argon2id vector: an independent implementation agrees with RFC 9106', () => {
  const { memoryKiB: m, passes: t, lanes: p } = vector;
  const inputs = { m, t, p, key: bytes(vector.secret), personalization: bytes(vector.associatedData), dkLen: 32 };
  assert.equal(toHex(nobleArgon2id(bytes(vector.password), bytes(vector.salt), inputs)), vector.tag);
});

test('the worker gives what the independent implementation gives', async () => {
  const key = await deriveFromPassphrase('correct horse', light);
  const { memoryKiB: m, passes: t, lanes: p } = light;
  const expected = nobleArgon2id(utf8('correct horse'), new Uint8Array(16).fill(7), { m, t, p, dkLen: 32 });
  assert.equal(toHex(key), toHex(expected));
});

test('the library behind the worker agrees with it on more lanes and a keyed hash', async () => {
  const { memoryKiB, passes, lanes, password, salt: vectorSalt, secret } = vector;
  const ours = await argon2id({
    password: bytes(password),
    salt: bytes(vectorSalt),
    secret: bytes(secret),
    memorySize: memoryKiB,
    iterations: passes,
    parallelism: lanes,
    hashLength: 32,
    outputType: 'hex',
  });
  const options = { m: memoryKiB, t: passes, p: lanes, key: bytes(secret), dkLen: 32 };
  assert.equal(ours, toHex(nobleArgon2id(bytes(password), bytes(vectorSalt), options)));
});

test('a passphrase typed in another Unicode form is the same passphrase', async () => {
  const [composed, decomposed] = await Promise.all([
    deriveFromPassphrase('caf\u00e9', light),
    deriveFromPassphrase('cafe\u0301', light),
  ]);
  assert.deepEqual(composed, decomposed);
});

test('settings read from a header are refused outside their bounds, above and below', () => {
  assert.deepEqual(parseKdfParameters({ ...defaultCost, salt }), { ...defaultCost, salt });
  const wrong = [
    { memoryKiB: 8 },
    { memoryKiB: 2 ** 31 },
    { memoryKiB: 65_536.5 },
    { passes: 1 },
    { passes: 1_000 },
    { lanes: 0 },
    { lanes: 100 },
    { salt: 'AAAA' },
    { salt: '*' },
    { salt: 5 },
    { extra: 1 },
  ];
  for (const change of wrong) {
    const fields = { ...light, ...change } as Record<string, string | number>;
    assert.throws(() => parseKdfParameters(fields), { code: 'integrity_error' }, JSON.stringify(change));
  }
  assert.throws(() => parseKdfParameters({ memoryKiB: 65_536, passes: 3, salt }), { code: 'integrity_error' });
});
