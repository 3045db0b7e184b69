import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, type Nginx, untilListening } from './nginx.ts';

/** Debian's mitmproxy as a header-injecting reverse proxy: the other yardstick. */
export async function startMitmproxy(upstreamPort: number): Promise<Nginx> {
  const folder = mkdtempSync(join(tmpdir(), 'aivault-mitm-'));
  const port = await freePort();
  const child = spawn(
    '/usr/bin/mitmdump',
    [
      '--quiet',
      '--listen-host',
      '127.0.0.1',
      '--listen-port',
      String(port),
      '--mode',
      `reverse:https://127.0.0.1:${upstreamPort}`,
      '--ssl-insecure',
      '--set',
      `confdir=${folder}`,
      '--set',
      'flow_detail=0',
      '--modify-headers',
      '/~q/authorization/Bearer sk-bench-0000000000000000',
      '--modify-headers',
      '/~q/host/up.test',
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  let said = '';
  child.stderr.on('data', (chunk) => {
    said += String(chunk);
  });
  await untilListening(port, child, () => said);
  return {
    port,
    pid: child.pid!,
    async close() {
      const exit = once(child, 'exit');
      child.kill('SIGKILL');
      await exit;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
