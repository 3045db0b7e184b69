import { spawn } from 'node:child_process';
import http from 'node:http';
import { AivaultError } from '#contract/errors.ts';
import { daemonProgram, hostEnvironment } from './daemon-program.ts';
import type { HostConnection } from './host-client.ts';
import { PipePair } from './pipe-pair.ts';

/**
 * A host of this program's own (`AIVAULTD_DISABLE=1`): a child that speaks the control socket's HTTP over its standard
 * streams, with the same lock but no socket and no port, and that ends with this program.
 */
export async function startPrivateHost(
  environment: Readonly<Record<string, string | undefined>>,
): Promise<HostConnection> {
  const child = spawn(process.execPath, [daemonProgram(), '--stdio'], {
    env: hostEnvironment(environment),
    stdio: ['pipe', 'pipe', 'inherit'],
    windowsHide: true,
  });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', (cause) =>
      reject(new AivaultError('host_unreachable', 'The private host did not start.', { cause })),
    );
  });
  const pair = new PipePair(child.stdout, child.stdin);
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
