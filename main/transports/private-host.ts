import { spawn } from 'node:child_process';
import { closeSync } from 'node:fs';
import type { Environment } from '#contract/environment.ts';
import { hostNodeFlags } from '#contract/host-node-flags.ts';
import { daemonProgram, hostEnvironment } from './daemon-program.ts';
import type { HostConnection } from './host-client.ts';
import type { MeetingPoint } from './meeting-point.ts';
import { openLog } from './open-log.ts';
import { PipePair } from './pipe-pair.ts';
import { http } from './quick-http.ts';
import { startReport } from './start-report.ts';

/**
 * A host of this program's own (`AIVAULTD_DISABLE=1`): a child that speaks the control socket's HTTP over its standard
 * streams, with the same lock but no socket and no port, and that ends with this program.
 */
export async function startPrivateHost(environment: Environment, point: MeetingPoint): Promise<HostConnection> {
  const log = openLog(point);
  const child = spawn(process.execPath, [...hostNodeFlags, daemonProgram(), '--stdio', '--report'], {
    env: hostEnvironment(environment),
    stdio: ['pipe', 'pipe', log, 'pipe'],
    windowsHide: true,
  });
  closeSync(log);
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  await startReport(child);
  const pair = new PipePair(child.stdout!, child.stdin!);
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  agent.createConnection = (() => pair) as unknown as typeof agent.createConnection;
  return {
    agent,
    single: true,
    close: async () => {
      agent.destroy();
      pair.destroy();
      await ended;
    },
  };
}
