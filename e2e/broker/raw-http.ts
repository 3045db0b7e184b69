import { connect } from 'node:net';

export interface RawAnswer {
  /** 0 where the connection ended without an answer. */
  readonly status: number;
  readonly text: string;
}

/** Writes exactly these lines (or bytes) to a local port and reads until the peer closes or falls silent. */
export function exchangeRaw(port: number, lines: readonly string[] | Buffer, silenceMs = 400): Promise<RawAnswer> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const chunks: Buffer[] = [];
    const end = (): void => {
      socket.destroy();
      const text = Buffer.concat(chunks).toString('latin1');
      resolve({ status: Number(/^HTTP\/1\.\d (\d{3})/.exec(text)?.[1] ?? 0), text });
    };
    let timer = setTimeout(end, 5_000);
    socket.on('data', (chunk) => {
      chunks.push(chunk);
      clearTimeout(timer);
      timer = setTimeout(end, silenceMs);
    });
    socket.on('error', () => {});
    socket.on('close', () => {
      clearTimeout(timer);
      end();
    });
    socket.write(Buffer.isBuffer(lines) ? lines : Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'));
  });
}
