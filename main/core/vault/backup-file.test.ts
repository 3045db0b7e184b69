import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fromUtf8, utf8 } from '../crypto/bytes.ts';
import { systemRandom } from '../crypto/random.ts';
import { readBackupFile, writeBackupFile } from './backup-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'aivault-backup-file-'));
after(() => rmSync(folder, { recursive: true }));
const cost = { memoryKiB: 19 * 1024, passes: 2, lanes: 1 };
const passphrase = 'a passphrase';
let files = 0;

async function written(...records: string[]): Promise<string> {
  const path = join(folder, String(++files));
  const source = async function* () {
    for (const record of records) yield utf8(record);
  };
  await writeBackupFile({ path, passphrase, createdAtMs: 1, randomBytes: systemRandom, cost }, source());
  return path;
}

async function read(path: string): Promise<string[]> {
  const records: string[] = [];
  for await (const record of readBackupFile(path, passphrase)) records.push(fromUtf8(record));
  return records;
}

test('records come back in order; none at all is a backup too', async () => {
  assert.deepEqual(await read(await written('one', '', 'three')), ['one', '', 'three']);
  assert.deepEqual(await read(await written()), []);
});

test('a file that was cut, lengthened, reordered or changed at any byte gives nothing more', async () => {
  const path = await written('one', 'two');
  const good = readFileSync(path);
  const first = good.indexOf(10, good.indexOf(10) + 1) + 1;
  const length = good.readUInt32BE(first + 1) + 5;
  const [one, two, end] = [0, 1, 2].map((n) =>
    good.subarray(first + n * length, n === 2 ? undefined : first + (n + 1) * length),
  );
  const head = good.subarray(0, first);
  const bad = [
    Buffer.concat([good, Buffer.of(0)]),
    Buffer.concat([head, one!, two!]),
    Buffer.concat([head, two!, one!, end!]),
    Buffer.concat([head, one!, end!]),
    Buffer.concat([head, one!, two!, two!, end!]),
    head,
  ];
  for (const at of [20, 40, first, first + 1, first + 4, first + 5, first + 20, good.length - 1]) {
    const changed = Buffer.from(good);
    changed[at]! ^= 1;
    bad.push(changed);
  }
  for (const [number, content] of bad.entries()) {
    writeFileSync(path, content);
    const refused = (error: { code?: string }): boolean =>
      ['integrity_error', 'invalid_request'].includes(error.code ?? '');
    await assert.rejects(read(path), refused, `variant ${number}`);
  }
});

test('a chunk of one backup does not fit into another of the same passphrase', async () => {
  const [path, other] = [await written('one'), await written('one')];
  const [a, b] = [readFileSync(path), readFileSync(other)];
  const start = a.indexOf(10, a.indexOf(10) + 1) + 1;
  writeFileSync(path, Buffer.concat([a.subarray(0, start), b.subarray(start)]));
  await assert.rejects(read(path), { code: 'integrity_error' });
});
