import { whereFrom } from '#contract/where-from.ts';

let done = false;

/**
 * What a process that holds keys does before anything else. Each line closes one way in or out that Node leaves open:
 * files for others, an end for want of a place to write, a debugger opened by a signal, and a crash that prints what it
 * was working on. Once per process.
 */
export function harden(log: (line: string) => void): void {
  if (done) return;
  done = true;
  process.umask(0o077);
  // What cannot be said, by us or by Node itself, is no reason to let go of the vault and of running calls.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
  // Node's own answer to SIGUSR1 is to open a debugger port.
  process.on('SIGUSR1', () => {});
  for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(event, (error: unknown) => {
      log(`the host ends because of ${whereFrom(error)}`);
      process.exit(1);
    });
  }
}
