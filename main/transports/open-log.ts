import { openSync, statSync } from 'node:fs';
import { makeFolder, unavailable } from './make-folder.ts';
import type { MeetingPoint } from './meeting-point.ts';

const maxLogBytes = 1024 * 1024;

/**
 * Opens the file a host without a terminal writes to: bugs with their references, never a secret. 0600, appended to,
 * begun anew once it is over 1 MiB. The caller closes the descriptor. It is the first file a new vault writes: where
 * its folder cannot be made or written, `storage_unavailable` names it.
 */
export function openLog({ runFolder, logFile }: MeetingPoint): number {
  try {
    makeFolder(runFolder);
    const size = statSync(logFile, { throwIfNoEntry: false })?.size ?? 0;
    return openSync(logFile, size > maxLogBytes ? 'w' : 'a', 0o600);
  } catch (cause) {
    throw unavailable(runFolder, 'written', cause);
  }
}
