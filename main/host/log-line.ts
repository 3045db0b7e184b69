import { writeSync } from 'node:fs';

/**
 * Writes one line where the host's log goes. What cannot be written (a full disk, a reader that went away) is lost and
 * ends nobody; the stream of that descriptor would be closed for good after its first error, so it is not used.
 */
export function logLine(line: string): void {
  try {
    writeSync(2, `${line}\n`);
  } catch {
    // There is no other place to say it.
  }
}
