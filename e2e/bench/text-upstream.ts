import { randomBytes } from 'node:crypto';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';

// A process of its own that answers every request with a long text no compressor or lucky byte helps with: base64 of
// random bytes in lines of JSON. Certificate, key and size come in over standard input, its port goes out.

let input = '';
for await (const chunk of process.stdin) input += chunk;
const { cert, key, bytes } = JSON.parse(input) as { cert: string; key: string; bytes: number };
const line = () => `{"id":${randomBytes(3).readUIntBE(0, 3)},"data":"${randomBytes(90).toString('base64')}"}\n`;
const block = Buffer.from(Array.from({ length: 8000 }, line).join(''));

const server = createServer({ cert, key }, (_request, response) => {
  response.writeHead(200, { 'content-type': 'application/x-ndjson' });
  let left = bytes;
  const more = (): void => {
    while (left > 0) {
      left -= block.length;
      if (!response.write(block)) return void response.once('drain', more);
    }
    response.end();
  };
  more();
});
server.listen(0, '127.0.0.1', () => process.stdout.write(`${(server.address() as AddressInfo).port}\n`));
