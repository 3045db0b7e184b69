import type { Readable, Writable } from 'node:stream';
import { serveConnection } from '#transports/control-socket.ts';
import { PipePair } from '#transports/pipe-pair.ts';
import type { Host } from './open-host.ts';

/** Serves one client over a pair of pipes; the host closes when that client does. */
export function serveOverStdio(host: Host, input: Readable, output: Writable): void {
  const pair = new PipePair(input, output);
  pair.once('close', () => void host.close(0));
  serveConnection(pair, host);
}
