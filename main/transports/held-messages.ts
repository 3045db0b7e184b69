import type { Duplex } from 'node:stream';
import type { Message } from '#contract/proxied.ts';

// A message of a WebSocket lies in memory from its first byte until it has been passed on. One may be large, and a token
// may have many connections: what all of them hold together has an end, and who holds most of it pays for it.

/** Of all callers together. */
const heldAtMost = 128 * 1024 * 1024;

/** Says when a message is complete. */
interface Messages {
  on(event: 'message', listener: (data: Uint8Array) => void): unknown;
}

export interface HeldMessages {
  /** Counts what comes in over this connection until whoever reads the messages asks for the next one. */
  counted(connection: Duplex, messages: Messages, incoming: AsyncIterable<Message>): AsyncIterable<Message>;
}

interface Held {
  /** Of a message that is not complete. */
  partBytes: number;
  /** Of messages that wait, and of the one that is being passed on. */
  wholeBytes: number;
}

/** Where too much is held, the connection that holds most is cut off. */
export function createHeldMessages(atMost = heldAtMost): HeldMessages {
  const connections = new Map<Duplex, Held>();
  let total = 0;

  function change(held: Held, which: keyof Held, bytes: number): void {
    held[which] += bytes;
    total += bytes;
    while (total > atMost) cutOffLargest();
  }

  function cutOffLargest(): void {
    let largest: Duplex | undefined;
    let most = -1;
    for (const [connection, { partBytes, wholeBytes }] of connections) {
      if (partBytes + wholeBytes <= most) continue;
      largest = connection;
      most = partBytes + wholeBytes;
    }
    // A connection that is gone takes what it held along: without one there is nothing.
    if (largest === undefined) total = 0;
    else leave(largest);
    largest?.destroy();
  }

  function leave(connection: Duplex): void {
    const held = connections.get(connection);
    if (held !== undefined) total -= held.partBytes + held.wholeBytes;
    connections.delete(connection);
  }

  return {
    counted(connection, messages, incoming) {
      const held: Held = { partBytes: 0, wholeBytes: 0 };
      const counts = (): boolean => connections.has(connection);
      if (!connection.destroyed) connections.set(connection, held);
      connection.once('close', () => leave(connection));
      // Before whoever makes messages of it: a chunk may complete one.
      connection.prependListener('data', (chunk: Uint8Array) => {
        if (counts()) change(held, 'partBytes', chunk.length);
      });
      messages.on('message', (data) => {
        if (!counts()) return;
        change(held, 'partBytes', -held.partBytes);
        change(held, 'wholeBytes', data.length);
      });
      async function* passedOn(): AsyncGenerator<Message> {
        for await (const message of incoming) {
          yield message;
          if (counts()) change(held, 'wholeBytes', -message.data.length);
        }
      }
      return passedOn();
    },
  };
}
