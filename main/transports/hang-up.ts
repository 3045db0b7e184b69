import type { Duplex } from 'node:stream';

/** How long a peer may take to read our last words; then the connection is cut, whether it hangs up or not. */
const lastWordsMs = 500;

/** Says something and ends the connection for good: a peer that never closes its side holds nothing of ours. */
export function hangUp(socket: Duplex, lastWords: string | Uint8Array): void {
  socket.end(lastWords);
  const timer = setTimeout(() => socket.destroy(), lastWordsMs);
  socket.once('close', () => clearTimeout(timer));
}

/** The smallest answer there is. */
export function bareAnswer(status: string): string {
  return `HTTP/1.1 ${status}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n`;
}
