import assert from 'node:assert/strict';
import {
  chownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { after, test } from 'node:test';
import { systemRandom } from '../crypto/random.ts';
import { keyFileProtector } from './key-file.ts';
import { protectorConformance } from './protector.conformance.ts';

const root = mkdtempSync(join(tmpdir(), 'aivault-key-file-'));
after(() => rmSync(root, { recursive: true }));
let folders = 0;
const freshPath = (): string => join(root, String(++folders), 'keys', 'kek.key');
const at = (path: string) => keyFileProtector({ path, randomBytes: systemRandom });
const base64Key = Buffer.alloc(32, 9).toString('base64');
const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8);

protectorConformance('key file', async () => {
  const path = freshPath();
  let current: Awaited<ReturnType<ReturnType<typeof at>['wrap']>> | undefined;
  const wrapping = () => {
    const protector = keyFileProtector({
      path,
      randomBytes: systemRandom,
      ...(current === undefined ? {} : { current }),
    });
    return { ...protector, wrap: async (key: Uint8Array) => (current = await protector.wrap(key)) };
  };
  return { wrapping, later: () => at(path), input: {}, keepsKey: true };
});

test('the key file is 0600 in a 0700 folder, whatever the umask (G57)', async () => {
  const path = freshPath();
  for (const mask of [0, 0o777]) {
    const before = process.umask(mask);
    try {
      const wrapped = await at(path).wrap(systemRandom(32));
      await at(path).writeAnchor(wrapped, { vaultId: '', generation: 0, root: '', auditSeq: 0, auditHash: '' });
    } finally {
      process.umask(before);
    }
    assert.equal(modeOf(path), '600');
    assert.equal(modeOf(`${path}.anchor`), '600');
    assert.equal(modeOf(join(path, '..')), '700');
    rmSync(path);
  }
});

test('a key file that is there is adopted, as base64 or as hex (V23)', async () => {
  for (const text of [base64Key, `${base64Key}\n`, '09'.repeat(32), ` ${'0A'.repeat(32)}\n`]) {
    const path = freshPath();
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(path, text);
    const key = systemRandom(32);
    assert.deepEqual(await at(path).unwrap(await at(path).wrap(key), {}), key);
    assert.equal(readFileSync(path, 'utf8'), text);
  }
});

test('anything that is not a key is an error and stays as it is (G36, V10)', async () => {
  for (const text of [
    '',
    'garbage',
    base64Key.slice(1),
    `${base64Key}=`,
    'zz'.repeat(32),
    '09'.repeat(31),
    'x'.repeat(100_000),
  ]) {
    const path = freshPath();
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(path, text);
    await assert.rejects(at(path).wrap(systemRandom(32)), { code: 'integrity_error' });
    assert.equal(readFileSync(path, 'utf8'), text);
  }
});

test('a missing key file is said to be missing, and never made by unlocking', async () => {
  const path = freshPath();
  const wrapped = await at(path).wrap(systemRandom(32));
  rmSync(path);
  await assert.rejects(at(path).unwrap(wrapped, {}), { code: 'vault_locked' });
  assert.deepEqual(readdirSync(join(path, '..')), []);
});

test('another key in the file does not open the vault, and says so', async () => {
  const path = freshPath();
  const wrapped = await at(path).wrap(systemRandom(32));
  writeFileSync(path, base64Key);
  await assert.rejects(at(path).unwrap(wrapped, {}), { code: 'integrity_error', message: /does not open this vault/ });
});

test('a symbolic link, a folder or a file of another user is refused', async (t) => {
  const path = freshPath();
  const wrapped = await at(path).wrap(systemRandom(32));
  const elsewhere = `${path}.elsewhere`;
  writeFileSync(elsewhere, readFileSync(path));
  rmSync(path);
  symlinkSync(elsewhere, path);
  await assert.rejects(at(path).unwrap(wrapped, {}), { code: 'integrity_error', message: /symbolic link/ });
  rmSync(path);
  mkdirSync(path);
  await assert.rejects(at(path).unwrap(wrapped, {}), { code: 'integrity_error' });
  if (process.getuid?.() !== 0) return t.diagnostic('needs root to make a file of another user');
  rmSync(path, { recursive: true });
  writeFileSync(path, readFileSync(elsewhere));
  chownSync(path, 65_534, 65_534);
  await assert.rejects(at(path).unwrap(wrapped, {}), { code: 'integrity_error', message: /another user/ });
});

test('re-keying never touches the file in use: a given or random key goes under a new name (V07, V10)', async () => {
  const path = freshPath();
  const current = await at(path).wrap(systemRandom(32));
  const before = readFileSync(path, 'utf8');
  const options = { path, randomBytes: systemRandom, current };
  const next = await keyFileProtector({ ...options, newKey: '11'.repeat(32) }).wrap(systemRandom(32));
  assert.notEqual(next.parameters.path, path);
  assert.equal(readFileSync(String(next.parameters.path), 'utf8'), Buffer.alloc(32, 0x11).toString('base64'));
  assert.equal(readFileSync(path, 'utf8'), before);
  const files = readdirSync(join(path, '..')).length;
  await assert.rejects(keyFileProtector({ ...options, newKey: 'garbage' }).wrap(systemRandom(32)), {
    code: 'invalid_request',
  });
  assert.equal(readdirSync(join(path, '..')).length, files);
});

test('key files take turns with the plain name instead of growing longer ones', async () => {
  const path = freshPath();
  const names: string[] = [];
  let current = await at(path).wrap(systemRandom(32));
  for (let n = 0; n < 4; n++) {
    const before = current;
    const options = { path: String(before.parameters.path), randomBytes: systemRandom, current: before };
    current = await keyFileProtector(options).wrap(systemRandom(32));
    await at(path).discard(before);
    names.push(basename(String(current.parameters.path)).replace(/-[0-9a-f]{8}/, '-x'));
  }
  assert.deepEqual(names, ['kek-x.key', 'kek.key', 'kek-x.key', 'kek.key']);
});

test('a folder that cannot be made is an error that says so', async () => {
  const path = freshPath();
  mkdirSync(join(path, '..', '..'), { recursive: true });
  writeFileSync(join(path, '..'), 'a file where the folder should be');
  await assert.rejects(at(path).wrap(systemRandom(32)), { code: 'storage_unavailable', message: /cannot be written/ });
});

test('a key that is discarded leaves nothing behind, also where a crash left it half placed', async () => {
  const path = freshPath();
  const wrapped = await at(path).wrap(systemRandom(32));
  const half = `${path}.4711.new`;
  writeFileSync(half, readFileSync(path));
  writeFileSync(`${path}.4711.newer`, 'of somebody else');
  await at(path).discard(wrapped);
  assert.deepEqual(readdirSync(join(path, '..')), ['kek.key.4711.newer']);
  await at(path).discard(wrapped);
});
