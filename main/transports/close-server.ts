import type http from 'node:http';

const sweepEveryMs = 10;

/**
 * Stops listening at once and resolves when the last connection is gone: idle ones go now, busy ones as soon as their
 * answer is out, whatever is left when the grace is over is cut.
 */
export function closeServer(server: http.Server, graceMs: number): Promise<void> {
  return new Promise((resolve) => {
    const sweep = setInterval(() => server.closeIdleConnections(), sweepEveryMs);
    const cut = setTimeout(() => server.closeAllConnections(), graceMs);
    server.close(() => {
      clearInterval(sweep);
      clearTimeout(cut);
      resolve();
    });
    server.closeIdleConnections();
  });
}
