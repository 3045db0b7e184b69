import { readFileSync, renameSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { unavailable } from '#transports/make-folder.ts';
import { type Discovery, parseDiscovery } from '#transports/meeting-point.ts';

/** Publishes where this host listens: complete or not at all, and 0600 from the start. Throws `storage_unavailable`. */
export function writeDiscovery(file: string, discovery: Discovery): void {
  const draft = `${file}.${discovery.pid}`;
  try {
    rmSync(draft, { force: true });
    writeFileSync(draft, `${JSON.stringify(discovery)}\n`, { mode: 0o600, flag: 'wx' });
    renameSync(draft, file);
  } catch (cause) {
    rmSync(draft, { force: true });
    throw unavailable(path.dirname(file), 'written', cause);
  }
}

/** Takes the file away, unless a later host has already written its own. */
export function removeDiscovery(file: string, pid: number): void {
  try {
    if (parseDiscovery(readFileSync(file, 'utf8'))?.pid === pid) unlinkSync(file);
  } catch {
    // Already gone.
  }
}
