import { mkdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { AivaultError } from '#contract/errors.ts';

/**
 * Makes the folder and those above it that are missing, each 0700. Throws `storage_unavailable` where that is impossible.
 * Step by step: Node's recursive mkdir never comes back where a folder is there and still has no room for another (/proc).
 */
export function makeFolder(folder: string): void {
  try {
    makeEach(folder);
  } catch (cause) {
    throw unavailable(folder, 'made', cause);
  }
}

/** A folder of ours where nothing can be made or written: another owner, a full or a read-only disk. */
export function unavailable(folder: string, what: 'made' | 'written', cause: unknown): AivaultError {
  return new AivaultError('storage_unavailable', `The folder ${folder} cannot be ${what}.`, {
    hint: 'Check its owner, its permissions and the disk, or name another folder with AIVAULT_DIR.',
    cause,
  });
}

function makeEach(folder: string): void {
  if (statSync(folder, { throwIfNoEntry: false }) !== undefined) return;
  const above = path.dirname(folder);
  if (above !== folder) makeEach(above);
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    // Somebody made it at the same moment.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}
