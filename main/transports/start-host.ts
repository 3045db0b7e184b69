import { spawn } from 'node:child_process';
import { closeSync } from 'node:fs';
import path from 'node:path';
import type { Environment } from '#contract/environment.ts';
import { hostNodeFlags } from '#contract/host-node-flags.ts';
import { daemonProgram, hostEnvironment } from './daemon-program.ts';
import type { MeetingPoint } from './meeting-point.ts';
import { openLog } from './open-log.ts';
import { startReport } from './start-report.ts';

/**
 * Starts aivaultd in the background and resolves once it serves. It outlives this program until `aivault shutdown`.
 * What kept it from starting arrives as its own error: the child reports over an extra pipe, not over its exit code.
 */
export async function startHost(environment: Environment, point: MeetingPoint): Promise<void> {
  const program = daemonProgram();
  const log = openLog(point);
  const socket = environment.AIVAULTD_SOCKET?.trim();
  const child = spawn(
    process.execPath,
    [...hostNodeFlags, program, '--background', '--report', ...(socket ? ['--socket', path.resolve(socket)] : [])],
    {
      detached: true,
      env: hostEnvironment(environment),
      cwd: point.runFolder,
      stdio: ['ignore', log, log, 'pipe'],
      windowsHide: true,
    },
  );
  closeSync(log);
  try {
    await startReport(child);
  } finally {
    child.unref();
  }
}
