import {
  chmodSync,
  closeSync,
  constants,
  existsSync,
  fchmodSync,
  fstatSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { AivaultError } from '#contract/errors.ts';

// Small files only their owner may read: key files and anchors. Written whole or not at all.

/** The file's text; null where there is none. Throws `integrity_error` for a link, a foreign owner or a large file. */
export function readPrivateFile(path: string): string | null {
  let descriptor: number;
  try {
    descriptor = openSync(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0));
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    if (code === 'ELOOP') throw refused(path, 'is a symbolic link');
    throw new AivaultError('storage_unavailable', `The file ${path} cannot be read.`, { cause });
  }
  try {
    const found = fstatSync(descriptor);
    if (!found.isFile()) throw refused(path, 'is not an ordinary file');
    if (process.getuid !== undefined && found.uid !== process.getuid()) throw refused(path, 'belongs to another user');
    if (found.size > 65_536) throw refused(path, 'is too large');
    return readFileSync(descriptor, 'utf8');
  } finally {
    closeSync(descriptor);
  }
}

/** Creates it with this text, 0600 in a 0700 folder. False where something by that name is there already. */
export function createPrivateFile(path: string, text: string): boolean {
  const temporary = `${path}.${process.pid}.new`;
  try {
    makeFolder(dirname(path));
    rmSync(temporary, { force: true });
    const descriptor = openSync(temporary, 'wx', 0o600);
    try {
      fchmodSync(descriptor, 0o600);
      writeFileSync(descriptor, text);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    return placed(temporary, path);
  } catch (cause) {
    throw unwritable(path, cause);
  }
}

/** Gives a finished file its name, unless something has that name. */
function placed(temporary: string, path: string): boolean {
  try {
    linkSync(temporary, path);
    syncFolder(dirname(path));
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(temporary, { force: true });
  }
}

/** Puts this text in its place at once: a reader, or a crash, sees the old text or the new. Never waits for the disk here. */
export async function replacePrivateFile(path: string, text: string): Promise<void> {
  const temporary = `${path}.${process.pid}.new`;
  try {
    makeFolder(dirname(path));
    await rm(temporary, { force: true });
    const file = await open(temporary, 'wx', 0o600);
    try {
      await file.chmod(0o600);
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (cause) {
    throw unwritable(path, cause);
  }
}

/**
 * Makes the folder and those above it that are missing, each 0700 whatever the umask. Step by step, as in
 * transports/make-folder.ts, which core may not know: Node's recursive mkdir never comes back where a folder is there and
 * still has no room for another (/proc).
 */
function makeFolder(folder: string): void {
  if (statSync(folder, { throwIfNoEntry: false }) !== undefined) return;
  const above = dirname(folder);
  if (above !== folder) makeFolder(above);
  try {
    mkdirSync(folder, { mode: 0o700 });
    chmodSync(folder, 0o700);
  } catch (error) {
    // Somebody made it at the same moment.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

/** Removes the file and what a crash left of its making; one that is not there is removed already. */
export function removePrivateFile(path: string): void {
  rmSync(path, { force: true });
  const folder = dirname(path);
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder)) {
    const isLeft = name.startsWith(`${basename(path)}.`) && /^\.\d+\.new$/.test(name.slice(basename(path).length));
    if (isLeft) rmSync(join(folder, name), { force: true });
  }
}

/** Makes a new name last through a power cut. Windows has no such call and needs none. */
function syncFolder(folder: string): void {
  if (process.platform === 'win32') return;
  const descriptor = openSync(folder, 'r');
  fsyncSync(descriptor);
  closeSync(descriptor);
}

function unwritable(path: string, cause: unknown): AivaultError {
  return new AivaultError('storage_unavailable', `The file ${path} cannot be written.`, { cause });
}

function refused(path: string, why: string): AivaultError {
  return new AivaultError('integrity_error', `The file ${path} ${why}; it is not used.`);
}
