import { closeSync, writeSync } from 'node:fs';
import type { ErrorBody } from '#contract/errors.ts';

const reportDescriptor = 3;

/**
 * Tells the client that started this host how it went: one JSON line on descriptor 3, then its end. Does nothing where
 * no client asked for it (`--report`).
 */
export function report(outcome: { ready: true } | { error: ErrorBody }): void {
  if (!process.argv.includes('--report')) return;
  try {
    writeSync(reportDescriptor, `${JSON.stringify(outcome)}\n`);
    closeSync(reportDescriptor);
  } catch {
    // The client is gone; the host stays.
  }
}
