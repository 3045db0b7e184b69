import { type FileHandle, open, rm } from 'node:fs/promises';
import path from 'node:path';
import { AivaultError } from '#contract/errors.ts';
import type { ChainLine } from '#contract/schemas/audit.ts';
import type { ChainRow } from '../store/store.ts';

/** One line of an export: what is needed to check the chain without the database. */
export function chainLineOf({ seq, tsMs, body, hash }: ChainRow): ChainLine {
  return { seq, tsMs, body, hash: Buffer.from(hash).toString('hex') };
}

/**
 * Writes entries as JSON lines into a new file, 0600, and has it on the disk when it resolves. Throws `already_exists`
 * rather than touch a file that is there; of one that cannot be written whole nothing stays.
 */
export async function writeExportFile(file: string, pages: AsyncIterable<readonly ChainRow[]>): Promise<void> {
  const handle = await open(file, 'wx', 0o600).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'EEXIST') throw new AivaultError('already_exists', `There is a file at ${file} already.`);
    throw cannotWrite(file, cause);
  });
  try {
    await writeLines(handle, pages);
    await syncFolder(path.dirname(file));
  } catch (cause) {
    await rm(file, { force: true });
    throw cause instanceof AivaultError ? cause : cannotWrite(file, cause);
  }
}

async function writeLines(handle: FileHandle, pages: AsyncIterable<readonly ChainRow[]>): Promise<void> {
  try {
    await handle.chmod(0o600);
    for await (const rows of pages) {
      await handle.appendFile(rows.map((row) => `${JSON.stringify(chainLineOf(row))}\n`).join(''));
    }
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** The name is to survive a power cut too: what it holds is about to be removed elsewhere. Not every system can. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => null);
  await handle?.sync().catch(() => undefined);
  await handle?.close();
}

function cannotWrite(file: string, cause: unknown): AivaultError {
  return new AivaultError('storage_unavailable', `The export ${file} cannot be written.`, { cause });
}
