import { randomBytes } from 'node:crypto';
import { harden } from '#host/harden.ts';
import { logLine } from '#host/log-line.ts';
import { openHost } from '#host/open-host.ts';
import { ownPaths } from '#host/paths.ts';
import { serveOverStdio } from '#host/stdio.ts';
import type { DaemonFlags } from './flags.ts';
import { report } from './report.ts';

/** Opens the vault and serves it until it is told to stop. Resolves when everything is closed. */
export async function runDaemon(flags: DaemonFlags): Promise<void> {
  const log = (line: string) => logLine(`${new Date().toISOString()} ${line}`);
  harden(log);
  const host = await openHost({
    paths: ownPaths(flags.socket),
    now: Date.now,
    randomBytes: (length) => new Uint8Array(randomBytes(length)),
    log,
    serve: !flags.stdio,
    shared: flags.shared,
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => void host.close());
  if (flags.stdio) serveOverStdio(host, process.stdin, process.stdout);
  report({ ready: true });
  if (!flags.background && host.serving !== null) {
    process.stdout.write(`aivaultd serves ${host.serving.baseUrl} (control socket ${host.serving.socket})\n`);
  }
  await host.closed;
}
