import { lstatSync } from 'node:fs';
import path from 'node:path';
import { AivaultError } from '#contract/errors.ts';

// Whoever can put a socket where a client looks can harvest what the client sends (B3, B4). So both ends look at the
// owner and kind of the file and of its folder, through no symbolic link, before they trust it.

const distrusted = (what: string) =>
  new AivaultError('host_unreachable', `The control socket cannot be trusted: ${what}.`, {
    hint: 'Somebody else may have put it there; look at the folder before you remove it.',
  });

function mine(uid: number): boolean {
  const self = process.getuid?.();
  return self === undefined || uid === self;
}

/** True where a socket of this user stands there; false where nothing does. Throws `host_unreachable` for anything else. */
export function checkSocket(socket: string): boolean {
  if (process.platform === 'win32') return true;
  const file = lstatSync(socket, { throwIfNoEntry: false });
  if (file === undefined) return false;
  if (!file.isSocket()) throw distrusted('the file is not a socket');
  if (!mine(file.uid)) throw distrusted('it belongs to another user');
  checkFolder(path.dirname(socket));
  return true;
}

/** Throws `host_unreachable` unless the folder is a real one, this user's, and closed to writes by anybody else. */
export function checkFolder(folder: string): void {
  const entry = lstatSync(folder);
  if (entry.isSymbolicLink() || !entry.isDirectory()) throw distrusted('its folder is not a folder');
  if (!mine(entry.uid)) throw distrusted('its folder belongs to another user');
  if ((entry.mode & 0o022) !== 0) throw distrusted('others may write to its folder');
}
