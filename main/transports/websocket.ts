import { type IncomingMessage, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { pipeOver, type SocketLike } from '#contract/message-pipe.ts';
import type { Answer, Connect, Incoming } from '#contract/proxied.ts';
import { bareAnswer, hangUp } from './hang-up.ts';
import { createHeldMessages } from './held-messages.ts';
import { headerPairs } from './http-answer.ts';

// WebSocket handshakes at the endpoint: `/aivault/ws`, whose first message says where to, and `/v/…`. The handshake is
// answered only when the other side is there, so a refusal is an ordinary HTTP answer.

/** What a caller may send in one message; the broker holds it whole, and held-messages.ts counts what all of them hold. */
const maxMessageBytes = 16 * 1024 * 1024;

export type TakeWebSocket = (request: IncomingMessage, socket: Duplex, head: Buffer, target: string) => void;

/** True for the targets that may be upgraded. */
export function isWebSocketTarget(target: string): boolean {
  return target.startsWith('/v/') || target === '/aivault/ws' || target.startsWith('/aivault/ws?');
}

export function createTakeWebSocket(connect: Connect, paused: () => boolean = () => false): TakeWebSocket {
  const held = createHeldMessages();
  return (request, socket, head, target) => {
    // An attached listener is what keeps a reset from ending the process.
    socket.on('error', () => socket.destroy());
    take(request, socket, head, target).catch(() => socket.destroy());
  };

  async function take(request: IncomingMessage, socket: Duplex, head: Buffer, target: string): Promise<void> {
    if (paused()) return hangUp(socket, bareAnswer('503 Service Unavailable'));
    const gone = new AbortController();
    socket.once('close', () => gone.abort());
    // Nobody reads it yet, and the end of what is not read is not heard.
    const look = (): void => void (socket.readableLength === 0 && socket.read());
    const leave = (): void => void socket.destroy();
    socket.on('readable', look).once('end', leave);
    const incoming: Incoming = {
      door: target.startsWith('/v/') ? 'pass-through' : 'envelope',
      caller: { kind: 'bearer' },
      method: 'GET',
      target,
      headers: headerPairs(request.rawHeaders),
      body: null,
    };
    const connection = await connect(incoming, gone.signal);
    if (connection.kind === 'answered') return refuse(socket, connection.answer);
    const { WebSocketServer } = await import('ws');
    const server = new WebSocketServer({
      noServer: true,
      maxPayload: maxMessageBytes,
      perMessageDeflate: false,
      handleProtocols: () => connection.protocol ?? false,
    });
    server.on('wsClientError', () => socket.destroy());
    socket.off('readable', look).off('end', leave);
    server.handleUpgrade(request, socket, head, (opened) => {
      const pipe = pipeOver(opened as unknown as SocketLike);
      void connection.talk({ ...pipe, incoming: held.counted(socket, opened, pipe.incoming) });
    });
  }
}

/** Answers of a handshake are small and whole; anything else is an empty body. */
function refuse(socket: Duplex, { status, statusText, headers, body }: Answer): void {
  const bytes = body instanceof Uint8Array ? body : new Uint8Array(0);
  const lines = [`HTTP/1.1 ${status} ${statusText || STATUS_CODES[status] || ''}`];
  for (const [name, value] of headers) if (name !== 'content-length') lines.push(`${name}: ${value}`);
  lines.push(`content-length: ${bytes.length}`, 'connection: close', '', '');
  hangUp(socket, Buffer.concat([Buffer.from(lines.join('\r\n'), 'latin1'), bytes]));
}
