import { lstat, readdir } from 'node:fs/promises';
import path from 'node:path';
import type { CorePaths } from '../core-paths.ts';

/** A file or folder of the vault that others can reach or that is not this user's. */
export interface Drift {
  readonly text: string;
  /** The command that puts it right. */
  readonly next: string;
}

/**
 * Looks at everything a vault keeps: files 0600, folders 0700, all of this user. `keyFile` is where the key lies, if in a
 * file. Nothing is looked at on Windows, where modes say nothing.
 */
export async function permissionDrift(paths: CorePaths, keyFile: string | null): Promise<Drift[]> {
  if (process.platform === 'win32') return [];
  const beside = (await readdir(paths.vaultFolder).catch(() => []))
    .filter((name) => /\.db(?:-(?:wal|shm|journal|calls))?$/.test(name))
    .map((name) => path.join(paths.vaultFolder, name));
  const files = new Set([paths.database, paths.audit, ...beside, ...(keyFile === null ? [] : [keyFile])]);
  const folders = new Set([paths.baseFolder ?? paths.vaultFolder, paths.vaultFolder, paths.stateFolder]);
  if (keyFile !== null) folders.add(path.dirname(keyFile));
  const wanted: [place: string, mode: number][] = [
    ...[...folders].map((folder): [string, number] => [folder, 0o700]),
    ...[...files].map((file): [string, number] => [file, 0o600]),
  ];
  const drifts: Drift[] = [];
  for (const [place, mode] of wanted) {
    const found = await lstat(place).catch(() => null);
    if (found === null) continue;
    if ((found.mode & 0o777 & ~mode) !== 0) {
      drifts.push({ text: `Others can reach ${place}.`, next: `chmod ${mode.toString(8)} '${place}'` });
    } else if (process.getuid !== undefined && found.uid !== process.getuid()) {
      drifts.push({ text: `${place} belongs to another user.`, next: `chown "$(id -u)" '${place}'` });
    }
  }
  return drifts;
}

const synchronised =
  /[/\\](?:Dropbox|OneDrive[^/\\]*|Google Drive|GoogleDrive|iCloud Drive|Mobile Documents|Nextcloud|pCloud Drive)(?:[/\\]|$)/i;

/** Whether a folder lies where a program copies everything to somebody else's machine. */
export function isSynchronised(folder: string): boolean {
  return synchronised.test(folder);
}
