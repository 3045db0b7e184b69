import { mkdirSync, openSync, statSync } from 'node:fs';
import type { MeetingPoint } from './meeting-point.ts';

const maxLogBytes = 1024 * 1024;

/**
 * Opens the file a host without a terminal writes to: bugs with their references, never a secret. 0600, appended to,
 * begun anew once it is over 1 MiB. The caller closes the descriptor.
 */
export function openLog({ runFolder, logFile }: MeetingPoint): number {
  mkdirSync(runFolder, { recursive: true, mode: 0o700 });
  const size = statSync(logFile, { throwIfNoEntry: false })?.size ?? 0;
  return openSync(logFile, size > maxLogBytes ? 'w' : 'a', 0o600);
}
