import type { ServerResponse } from 'node:http';
import type { HostEvent } from '#contract/events.ts';

/** A listener that stopped reading is dropped before its backlog grows. */
const maxBacklogBytes = 256 * 1024;

/** Streams what the host announces as lines of JSON until the listener leaves. `listeners` holds those that listen now. */
export function streamEvents(
  onEvent: (listener: (event: HostEvent) => void) => () => void,
  listeners: Set<ServerResponse>,
  response: ServerResponse,
): void {
  response.writeHead(200, { 'content-type': 'application/x-ndjson', 'cache-control': 'no-store' });
  response.flushHeaders();
  const stop = onEvent((event) => {
    if (response.writableLength > maxBacklogBytes) response.destroy();
    else response.write(`${JSON.stringify(event)}\n`);
  });
  listeners.add(response);
  response.once('close', () => {
    listeners.delete(response);
    stop();
  });
}
