import { spawn } from 'node:child_process';
import { closeSync, existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { AivaultError } from '#contract/errors.ts';
import { hostNodeFlags } from '#contract/host-node-flags.ts';

/** What a host needs: node:sqlite without a flag, and undici. */
export const oldestHostNode = 24;

/**
 * The Node this package brings along (`node-<platform>-<arch>`, an optional dependency), found as any module is.
 * Throws `host_unreachable` saying what is needed where there is none.
 */
function pinnedNode(): string {
  const name = `node-${process.platform}-${process.arch}`;
  try {
    const manifest = createRequire(import.meta.url).resolve(`${name}/package.json`);
    const program = path.join(path.dirname(manifest), 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
    if (existsSync(program)) return program;
  } catch {
    // Said below.
  }
  throw new AivaultError(
    'host_unreachable',
    `aivaultd needs Node ${oldestHostNode} or newer; this is Node ${process.versions.node}.`,
    {
      hint: `Install Node ${oldestHostNode}, or install this package with its optional dependencies (${name}).`,
    },
  );
}

/**
 * Runs this program again under the pinned Node, with the same flags of Node, and takes over its streams. In the
 * background nobody waits for it, so this process ends at once; otherwise it passes signals on and ends as the other ends.
 */
export function runPinned(
  args: readonly string[],
  { background, report }: { background: boolean; report: boolean },
): void {
  const program = process.argv[1]!;
  const child = spawn(pinnedNode(), [...process.execArgv, program, ...args], {
    detached: background,
    stdio: [background ? 'ignore' : 'inherit', 'inherit', 'inherit', report ? 3 : 'ignore'],
  });
  if (report) closeSync(3);
  if (background) {
    child.unref();
    return;
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal));
  child.once('exit', (code, signal) => {
    process.exitCode = code ?? 128 + (os.constants.signals[signal ?? 'SIGTERM'] ?? 0);
  });
}

/**
 * Started by hand, without the flags a host runs best with: the same process starts anew with them, under the same
 * number and with the same streams. Returns where they are there already, or where a process cannot be replaced.
 */
export function takeHostFlags(args: readonly string[], nodeOptions: string): void {
  const given = [...process.execArgv, nodeOptions].join(' ');
  const asked = hostNodeFlags.every((flag) => given.includes(flag.split('=', 1)[0]!));
  if (asked || process.platform === 'win32') return;
  process.execve?.(process.execPath, [
    process.execPath,
    ...hostNodeFlags,
    ...process.execArgv,
    process.argv[1]!,
    ...args,
  ]);
}
