import { closeSync, constants, fchmodSync, fstatSync, lstatSync, openSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { AivaultError } from '#contract/errors.ts';

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
 * however it ends, so there is no stale lock to judge. Throws `host_busy` where another host holds it.
 */
export function lockVault(file: string): HostLock {
  // Made here, so that it is 0600 from the start; SQLite alone would follow the umask.
  const handle = openSync(file, constants.O_CREAT | constants.O_RDWR | constants.O_NOFOLLOW, 0o600);
  fchmodSync(handle, 0o600);
  const { ino } = fstatSync(handle);
  closeSync(handle);
  // Two that start at the same moment can stand in each other's way for an instant; the wait lets one of them win.
  const database = new DatabaseSync(file, { timeout: 250 });
  try {
    database.exec('BEGIN EXCLUSIVE');
  } catch (cause) {
    database.close();
    throw isBusy(cause)
      ? new AivaultError('host_busy', 'Another host owns this vault.', {
          hint: 'Ask that one, or stop it with `aivault shutdown`.',
          cause,
        })
      : new AivaultError('host_unreachable', 'The lock of the vault cannot be taken.', {
          hint: 'Remove host.lock from the vault folder if no host runs.',
          cause,
        });
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

/** SQLITE_BUSY; source: sqlite.org/rescode.html. */
function isBusy(cause: unknown): boolean {
  return (cause as { errcode?: number }).errcode === 5;
}
