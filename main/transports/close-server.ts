import type http from 'node:http';
import type { Duplex } from 'node:stream';

const sweepEveryMs = 10;

/**
 * Stops listening at once and resolves when the last connection is gone: idle ones go now, busy ones as soon as their
 * answer is out, whatever is left when the grace is over is cut. `upgraded` are sockets the server let go of and waits for
 * all the same.
 */
export function closeServer(
  server: http.Server,
  graceMs: number,
  upgraded: ReadonlySet<Duplex> = new Set(),
): Promise<void> {
  return new Promise((resolve) => {
    const sweep = setInterval(() => server.closeIdleConnections(), sweepEveryMs);
    const cut = setTimeout(() => {
      server.closeAllConnections();
      for (const socket of upgraded) socket.destroy();
    }, graceMs);
    server.close(() => {
      clearInterval(sweep);
      clearTimeout(cut);
      resolve();
    });
    server.closeIdleConnections();
  });
}
