import { createHash } from 'node:crypto';
import { type FileHandle, open as openFile, rename, rm } from 'node:fs/promises';
import { isAbsolute } from 'node:path';
import { z } from 'zod';
import { AivaultError } from '#contract/errors.ts';
import { open, seal } from '../crypto/aead.ts';
import { concatBytes, encodeFields, fromBase64, toBase64, utf8, wipe } from '../crypto/bytes.ts';
import { deriveSubkey } from '../crypto/hkdf.ts';
import { defaultCost, deriveFromPassphrase, type KdfParameters, parseKdfParameters } from '../crypto/kdf.ts';
import type { RandomBytes } from '../crypto/random.ts';

// A backup file, format 1:
//   line 1   `aivault backup 1`
//   line 2   JSON: when it was made, how its passphrase becomes a key (Argon2id), and a check value sealed under that key
//   then     chunks: a byte (1 for the last one, else 0), a length (4 bytes, big-endian), and that many sealed bytes
// Every chunk is bound to the two lines, to its number and to being last or not: none can be left out, moved or added.

const magic = 'aivault backup 1';
const largestLine = 4096;
const largestChunk = 16 * 1024 * 1024;
const header = z.strictObject({
  createdAtMs: z.int().nonnegative(),
  kdf: z.record(z.string(), z.union([z.string(), z.number()])),
  check: z.base64(),
});

export interface NewBackupFile {
  /** Absolute; must not exist. */
  readonly path: string;
  readonly passphrase: string;
  readonly createdAtMs: number;
  readonly randomBytes: RandomBytes;
  /** For tests: the real cost takes half a second. */
  readonly cost?: Omit<KdfParameters, 'salt'>;
}

/** Writes all records, 0600, under a temporary name first. Answers with the size in bytes. */
export async function writeBackupFile(file: NewBackupFile, records: AsyncIterable<Uint8Array>): Promise<number> {
  const { path } = file;
  requireAbsolute(path);
  await reserve(path);
  const temporary = `${path}.new`;
  try {
    const handle = await openFile(temporary, 'w', 0o600);
    let bytes: number;
    try {
      await handle.chmod(0o600);
      bytes = await writeAll(handle, file, records);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, path);
    return bytes;
  } catch (cause) {
    await Promise.all([rm(temporary, { force: true }), rm(path, { force: true })]);
    if (cause instanceof AivaultError) throw cause;
    throw new AivaultError('storage_unavailable', `The backup ${path} cannot be written.`, { cause });
  }
}

/** Takes the name with an empty file, so that nothing that is there is ever overwritten. */
async function reserve(path: string): Promise<void> {
  try {
    await (await openFile(path, 'wx', 0o600)).close();
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'EEXIST') {
      throw new AivaultError('already_exists', `There is a file at ${path} already.`);
    }
    throw new AivaultError('storage_unavailable', `The backup ${path} cannot be written.`, { cause });
  }
}

async function writeAll(handle: FileHandle, file: NewBackupFile, records: AsyncIterable<Uint8Array>): Promise<number> {
  const kdf = { ...(file.cost ?? defaultCost), salt: toBase64(file.randomBytes(16)) };
  const key = await keyOf(file.passphrase, kdf);
  try {
    const check = toBase64(seal(key, utf8(magic), checkPlace(kdf)));
    const lines = utf8(`${magic}\n${JSON.stringify({ createdAtMs: file.createdAtMs, kdf, check })}\n`);
    const digest = createHash('sha256').update(lines).digest('hex');
    let bytes = lines.length;
    await handle.write(lines);
    const write = async (record: Uint8Array, number: number, last: boolean): Promise<void> => {
      const sealed = seal(key, record, chunkPlace(digest, number, last));
      wipe(record);
      const head = new Uint8Array(5);
      head[0] = last ? 1 : 0;
      new DataView(head.buffer).setUint32(1, sealed.length);
      const chunk = concatBytes(head, sealed);
      await handle.write(chunk);
      bytes += chunk.length;
    };
    let number = 0;
    for await (const record of records) await write(record, number++, false);
    await write(new Uint8Array(0), number, true);
    return bytes;
  } finally {
    wipe(key);
  }
}

/**
 * The records of a backup, in order. Throws `not_found`, `invalid_request` (no backup, or a wrong passphrase) and
 * `integrity_error` (cut short or changed).
 */
export async function* readBackupFile(path: string, passphrase: string): AsyncGenerator<Uint8Array> {
  requireAbsolute(path);
  const handle = await openFile(path, 'r').catch((cause: unknown) => {
    throw new AivaultError('not_found', `The backup ${path} cannot be read.`, { cause });
  });
  try {
    const { key, digest, start } = await readHead(handle, passphrase);
    try {
      yield* readChunks(handle, key, digest, start);
    } finally {
      wipe(key);
    }
  } finally {
    await handle.close();
  }
}

async function readHead(
  handle: FileHandle,
  passphrase: string,
): Promise<{ key: Uint8Array; digest: string; start: number }> {
  const beginning = new Uint8Array(largestLine);
  const { bytesRead } = await handle.read(beginning, 0, largestLine, 0);
  const end = beginning.indexOf(10, magic.length + 1);
  const text = Buffer.from(beginning.subarray(0, Math.min(bytesRead, Math.max(end, 0)))).toString('latin1');
  if (!text.startsWith(`${magic}\n`)) throw noBackup();
  const { kdf, check } = parseHead(text.slice(magic.length + 1));
  const key = await keyOf(passphrase, kdf);
  try {
    open(key, fromBase64(check) ?? new Uint8Array(0), checkPlace(kdf));
  } catch (cause) {
    throw new AivaultError('invalid_request', 'The passphrase is not the one of this backup.', { cause });
  }
  const lines = beginning.subarray(0, end + 1);
  return { key, digest: createHash('sha256').update(lines).digest('hex'), start: end + 1 };
}

function parseHead(line: string): z.output<typeof header> {
  try {
    const parsed = header.parse(JSON.parse(line));
    parseKdfParameters(parsed.kdf);
    return parsed;
  } catch (cause) {
    throw noBackup(cause);
  }
}

async function* readChunks(
  handle: FileHandle,
  key: Uint8Array,
  digest: string,
  start: number,
): AsyncGenerator<Uint8Array> {
  let at = start;
  const take = async (length: number): Promise<Uint8Array> => {
    const bytes = new Uint8Array(length);
    const { bytesRead } = await handle.read(bytes, 0, length, at);
    if (bytesRead !== length) throw new AivaultError('integrity_error', 'The backup is cut short.');
    at += length;
    return bytes;
  };
  for (let number = 0; ; number++) {
    const head = await take(5);
    const length = new DataView(head.buffer).getUint32(1);
    if (head[0]! > 1 || length > largestChunk) throw new AivaultError('integrity_error', 'The backup was changed.');
    const last = head[0] === 1;
    const record = open(key, await take(length), chunkPlace(digest, number, last));
    if (last) break;
    yield record;
    wipe(record);
  }
  const { size } = await handle.stat();
  if (size !== at) throw new AivaultError('integrity_error', 'The backup has something after its end.');
}

async function keyOf(passphrase: string, kdf: Readonly<Record<string, string | number>>): Promise<Uint8Array> {
  const derived = await deriveFromPassphrase(passphrase, parseKdfParameters(kdf));
  const key = deriveSubkey(derived, 'backup');
  wipe(derived);
  return key;
}

function checkPlace(kdf: Readonly<Record<string, string | number>>): Uint8Array {
  return encodeFields('aivault backup check', ...Object.entries(kdf).flat());
}

function chunkPlace(digest: string, number: number, last: boolean): Uint8Array {
  return encodeFields('aivault backup chunk', digest, number, last ? 1 : 0);
}

function requireAbsolute(path: string): void {
  if (!isAbsolute(path)) throw new AivaultError('invalid_request', 'The path of a backup must be absolute.');
}

function noBackup(cause?: unknown): AivaultError {
  return new AivaultError('invalid_request', 'The file is not a backup this version reads.', { cause });
}
