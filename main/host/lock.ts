import { closeSync, constants, fchmodSync, fstatSync, lstatSync, openSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { AivaultError } from '#contract/errors.ts';
import { unavailable } from '#transports/make-folder.ts';

/** Held for as long as this process owns the vault. */
export interface HostLock {
  /** False once the file was removed or replaced: the vault this process owns can no longer be found by anybody. */
  stands(): boolean;
  release(): void;
}

/** A database nobody refers to is closed by the garbage collector, and its lock with it; so somebody refers to it here. */
const held = new Set<DatabaseSync>();

/**
 * One host per vault. The lock is SQLite's own on an empty database: the kernel drops it the moment the process ends,
 * however it ends, so there is no stale lock to judge. Throws `host_busy` where another host holds it, and
 * `storage_unavailable` where its folder cannot be written.
 */
export function lockVault(file: string): HostLock {
  const ino = makeFile(file);
  // Two that start at the same moment can stand in each other's way for an instant; the wait lets one of them win.
  const database = new DatabaseSync(file, { timeout: 250 });
  try {
    database.exec('BEGIN EXCLUSIVE');
  } catch (cause) {
    database.close();
    throw whyNot(file, cause);
  }
  held.add(database);
  return {
    stands: () => {
      try {
        return lstatSync(file, { throwIfNoEntry: false })?.ino === ino;
      } catch {
        // Out of reach for the moment is not gone.
        return true;
      }
    },
    release: () => {
      held.delete(database);
      database.close();
    },
  };
}

/** The file's number. It is made here, so that it is 0600 from the start; SQLite alone would follow the umask. */
function makeFile(file: string): number {
  try {
    const handle = openSync(file, constants.O_CREAT | constants.O_RDWR | constants.O_NOFOLLOW, 0o600);
    fchmodSync(handle, 0o600);
    const { ino } = fstatSync(handle);
    closeSync(handle);
    return ino;
  } catch (cause) {
    throw unavailable(path.dirname(file), 'written', cause);
  }
}

/** SQLITE_BUSY, READONLY, IOERR, FULL and CANTOPEN; source: sqlite.org/rescode.html. */
function whyNot(file: string, cause: unknown): AivaultError {
  const code = ((cause as { errcode?: number }).errcode ?? 0) & 0xff;
  if (code === 5) {
    const hint = 'Ask that one, or stop it with `aivault shutdown`.';
    return new AivaultError('host_busy', 'Another host owns this vault.', { hint, cause });
  }
  if ([8, 10, 13, 14].includes(code)) return unavailable(path.dirname(file), 'written', cause);
  const hint = 'Remove host.lock from the vault folder if no host runs.';
  return new AivaultError('host_unreachable', 'The lock of the vault cannot be taken.', { hint, cause });
}
