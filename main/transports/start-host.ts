import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, statSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { AivaultError, errorFromBody } from '#contract/errors.ts';
import { daemonProgram, hostEnvironment } from './daemon-program.ts';
import type { MeetingPoint } from './meeting-point.ts';

const startPatienceMs = 30_000;
const maxLogBytes = 1024 * 1024;

/**
 * Starts aivaultd in the background and resolves once it serves. It outlives this program until `aivault shutdown`.
 * What kept it from starting arrives as its own error: the child reports over an extra pipe, not over its exit code.
 */
export async function startHost(
  environment: Readonly<Record<string, string | undefined>>,
  point: MeetingPoint,
): Promise<void> {
  const program = daemonProgram();
  mkdirSync(point.runFolder, { recursive: true, mode: 0o700 });
  const log = openSync(point.logFile, isLong(point.logFile) ? 'w' : 'a', 0o600);
  const socket = environment.AIVAULTD_SOCKET?.trim();
  const child = spawn(process.execPath, [program, '--background', ...(socket ? ['--socket', socket] : [])], {
    detached: true,
    env: hostEnvironment(environment),
    cwd: point.vaultFolder === point.baseFolder ? process.cwd() : '/',
    stdio: ['ignore', log, log, 'pipe'],
    windowsHide: true,
  });
  closeSync(log);
  try {
    await report(child.stdio[3] as Readable, child);
  } finally {
    child.stdio[3]?.destroy();
    child.unref();
  }
}

function isLong(file: string): boolean {
  const entry = statSync(file, { throwIfNoEntry: false });
  return entry !== undefined && entry.size > maxLogBytes;
}

/** One JSON line: `{"ready":true}` or `{"error":{…}}`. The pipe's end without one means the child died. */
function report(
  pipe: Readable,
  child: { once(event: 'error', listener: (error: Error) => void): unknown },
): Promise<void> {
  return new Promise((resolve, reject) => {
    let text = '';
    const died = (cause?: unknown) =>
      reject(
        new AivaultError('host_unreachable', 'The host ended before it served.', {
          hint: 'Run `aivaultd` to see why.',
          cause,
        }),
      );
    const timer = setTimeout(died, startPatienceMs);
    child.once('error', died);
    pipe.setEncoding('utf8');
    pipe.on('data', (chunk: string) => {
      text += chunk;
    });
    pipe.once('error', died);
    pipe.once('close', () => {
      clearTimeout(timer);
      const line = text.split('\n', 1)[0] ?? '';
      if (line === '') return died();
      const value = JSON.parse(line) as { ready?: true; error?: unknown };
      if (value.ready === true) resolve();
      else reject(errorFromBody(value.error));
    });
  });
}
