import type { Message, MessagePipe } from './proxied.ts';

/** What a WebSocket of the `ws` package looks like from here; both sides of a relay hold one. */
export interface SocketLike {
  readonly readyState: number;
  readonly isPaused: boolean;
  on(event: 'message', listener: (data: Uint8Array, binary: boolean) => void): unknown;
  on(event: 'close', listener: (code: number, reason: Uint8Array) => void): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
  pause(): void;
  resume(): void;
  send(data: Uint8Array, options: { binary: boolean }, done: (error?: Error | null) => void): void;
  close(code: number, reason: string): void;
  terminate(): void;
}

const openState = 1;
/** A peer that does not answer a close is not waited for any longer. */
const closeWithinMs = 2_000;
const text = new TextDecoder();

/** So many bytes may wait to be read before the peer is paused. */
const pauseAboveBytes = 1024 * 1024;

/** A WebSocket as a pipe of whole messages, with back-pressure both ways. */
export function pipeOver(socket: SocketLike): MessagePipe {
  const waiting: Message[] = [];
  let bytes = 0;
  let wake: (() => void) | null = null;
  let closed: { code: number; reason: string } | null = null;
  const signal = (): void => {
    wake?.();
    wake = null;
  };
  socket.on('message', (data, binary) => {
    waiting.push({ data, text: !binary });
    bytes += data.length;
    if (bytes > pauseAboveBytes) socket.pause();
    signal();
  });
  socket.on('close', (code, reason) => {
    closed = { code, reason: text.decode(reason) };
    signal();
  });
  // What went wrong ends in a close event; there is nobody else to tell.
  socket.on('error', () => {});

  async function* messages(): AsyncGenerator<Message> {
    for (;;) {
      const next = waiting.shift();
      if (next !== undefined) {
        bytes -= next.data.length;
        if (bytes <= pauseAboveBytes / 2 && socket.isPaused) socket.resume();
        yield next;
      } else if (closed !== null) return;
      else {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    }
  }

  return {
    incoming: messages(),
    send: ({ data, text }) =>
      new Promise((resolve, reject) => {
        socket.send(data, { binary: !text }, (error) => (error == null ? resolve() : reject(error)));
      }),
    close(code, reason) {
      if (socket.readyState !== openState) return socket.terminate();
      socket.close(sendable(code), reason.slice(0, 120));
      const late = setTimeout(() => socket.terminate(), closeWithinMs);
      socket.on('close', () => clearTimeout(late));
    },
    closed: () => closed ?? { code: 1006, reason: '' },
  };
}

/** RFC 6455 §7.4.1: 1005, 1006 and 1015 only ever stand for what was not said. */
function sendable(code: number): number {
  if (code === 1005) return 1000;
  const allowed = (code >= 1000 && code <= 1014 && code !== 1004 && code !== 1006) || (code >= 3000 && code <= 4999);
  return allowed ? code : 1011;
}
