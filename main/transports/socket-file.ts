import { chmodSync, lstatSync, readdirSync, unlinkSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { AivaultError } from '#contract/errors.ts';
import { makeFolder } from './make-folder.ts';
import { checkFolder, checkSocket } from './socket-owner.ts';

/** What a host leaves in its run folder. A folder with anything else in it is somebody's, and keeps its permissions. */
const ourFiles = /^(aivaultd\.(sock|log)|host\.json(\.\d+)?|console-[\w-]+\.html)$/;

/**
 * Makes the folder 0700 if it is missing; one of ours that drifted is closed again. Throws `host_unreachable` where it is
 * not this user's or others may write to it (B4): a socket in /tmp is refused, and /tmp stays as it is.
 */
export function makePrivateFolder(folder: string): void {
  makeFolder(folder);
  const { mode } = lstatSync(folder);
  if ((mode & 0o077) !== 0 && readdirSync(folder).every((name) => ourFiles.test(name))) chmodSync(folder, 0o700);
  checkFolder(folder);
}

export interface SocketModes {
  /** 0600 for the operator's own socket, 0660 for the one a group shares. */
  readonly socket: number;
  /** Prepares or checks the folder. */
  folder(folder: string): void;
}

const privately: SocketModes = { socket: 0o600, folder: makePrivateFolder };

/**
 * Listens on a socket file that is created with its final permissions. A socket nobody answers on is taken away first;
 * one that is answered is `host_busy`; anything else in the way, or a folder or socket of another user, is refused.
 * Returns a function that removes the file, if it is still the one made here.
 */
export async function listenPrivately(
  server: net.Server,
  file: string,
  modes: SocketModes = privately,
): Promise<() => void> {
  if (process.platform === 'win32') {
    await listen(server, file);
    return () => {};
  }
  modes.folder(path.dirname(file));
  if (checkSocket(file)) {
    if (await answered(file)) throw new AivaultError('host_busy', 'Another host answers on this control socket.');
    unlinkSync(file);
  }
  const before = process.umask(0o777 & ~modes.socket);
  try {
    // The file is made inside this call, before it returns; so the mask covers it and nothing else.
    const listening = listen(server, file);
    process.umask(before);
    await listening;
  } finally {
    process.umask(before);
  }
  const made = lstatSync(file).ino;
  return () => {
    if (lstatSync(file, { throwIfNoEntry: false })?.ino === made) unlinkSync(file);
  };
}

function listen(server: net.Server, file: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause) =>
      reject(new AivaultError('host_unreachable', 'The control socket cannot be opened.', { cause })),
    );
    server.listen(file, resolve);
  });
}

function answered(file: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = net.connect(file);
    probe.once('connect', () => {
      probe.destroy();
      resolve(true);
    });
    probe.once('error', () => resolve(false));
  });
}
