import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { brotliCompress, deflate, gzip, zstdCompress } from 'node:zlib';
import { WebSocketServer } from 'ws';
import type { Behaviour, FakeUpstream, Seen } from '../fake-upstream.ts';

// An upstream that says back what it was told, in every way upstreams have been seen to: the canary sweep's other side.

/** What the redactor promises to know. A secret that is cut, reversed or enciphered is beyond any broker. */
const encodings: readonly ((secret: string) => string)[] = [
  (secret) => secret,
  (secret) => Buffer.from(secret).toString('base64'),
  (secret) => Buffer.from(`u${secret}v`).toString('base64'),
  (secret) => Buffer.from(`us${secret}`).toString('base64'),
  (secret) => Buffer.from(secret).toString('base64url'),
  (secret) => Buffer.from(secret).toString('hex'),
  (secret) => Buffer.from(secret).toString('hex').toUpperCase(),
  (secret) => encodeURIComponent(secret),
  (secret) => encodeURIComponent(secret).replaceAll(/%../g, (found) => found.toLowerCase()),
  (secret) => Buffer.from(secret).toString('hex').replaceAll(/../g, '%$&'),
  (secret) => JSON.stringify(secret).slice(1, -1),
  (secret) => JSON.stringify(secret).slice(1, -1).replaceAll('/', '\\/'),
  (secret) => [...secret].map((char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`).join(''),
];

const packers = {
  gzip: promisify(gzip),
  deflate: promisify(deflate),
  br: promisify(brotliCompress),
  zstd: promisify(zstdCompress),
};

/** What an answer under each path leaks. The last segment chooses. */
export const leaks = [
  'echo',
  'encodings',
  'events',
  'bytes',
  'heads',
  'redirect',
  'unauthorised',
  'broken',
  'gzip',
  'deflate',
  'br',
  'zstd',
  'fields',
  'torn',
  'endless',
] as const;

/** `secretsOf` names what to say to this request. */
export function leaky(secretsOf: (request: Seen) => readonly string[]): Behaviour {
  return async (request, response) => {
    const leak = /\/leak\/([a-z]+)/.exec(request.target)?.[1] ?? 'echo';
    const secrets = secretsOf(request);
    const everything = secrets.flatMap((secret) => encodings.map((encode) => encode(secret)));
    const said = JSON.stringify({ target: request.target, headers: request.headers, body: String(request.body) });
    const text = `${said}\n${everything.join('\n')}\n`;
    if (leak in packers) {
      response.writeHead(200, { 'content-type': 'text/plain', 'content-encoding': leak });
      return void response.end(await packers[leak as keyof typeof packers](text));
    }
    switch (leak) {
      case 'encodings':
        response.writeHead(200, { 'content-type': 'text/plain' });
        return void response.end(text);
      case 'events':
      case 'bytes': {
        response.writeHead(200, {
          'content-type': leak === 'events' ? 'text/event-stream' : 'application/octet-stream',
        });
        const step = leak === 'events' ? 7 : 3;
        const stream = leak === 'events' ? everything.map((each) => `data: {"key":"${each}"}\n\n`).join('') : text;
        for (let at = 0; at < stream.length; at += step) {
          response.write(stream.slice(at, at + step));
          if (at % (40 * step) === 0) await wait(1);
        }
        return void response.end();
      }
      case 'heads':
        response.writeHead(200, /^[\x20-\x7e]+$/.test(secrets[0]!) ? secrets[0]! : 'Fine', {
          'content-type': 'text/plain',
          'x-request-id': request.header('authorization')[0] ?? secrets[0]!,
          etag: `"${encodeURIComponent(secrets[0]!)}"`,
          link: `<https://api.test${request.target}>; rel="next"`,
          'set-cookie': `session=${encodeURIComponent(secrets[0]!)}`,
          'www-authenticate': `Bearer realm="${encodeURIComponent(secrets[0]!)}"`,
          trailer: 'x-request-id',
        });
        response.write('ok');
        response.addTrailers({ 'x-request-id': encodeURIComponent(secrets[0]!) });
        return void response.end();
      case 'redirect':
        response.writeHead(302, {
          location: `https://evil.test${request.target}?k=${encodeURIComponent(secrets[0]!)}`,
        });
        return void response.end(text);
      case 'unauthorised':
      case 'broken':
        response.writeHead(leak === 'broken' ? 500 : 401, { 'content-type': 'text/html' });
        return void response.end(`<pre>${text}</pre>`);
      case 'fields':
        response.writeHead(200, { 'content-type': 'application/json' });
        return void response.end(JSON.stringify({ secrets, list: everything }));
      case 'torn':
        // Dies in the middle of the secret: what was held back must not come out with the error.
        response.writeHead(200, { 'content-type': 'text/plain' });
        response.write(`begin ${secrets[0]!.slice(0, -2)}`);
        await wait(30);
        return void response.destroy();
      case 'endless':
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        response.write(`data: ${secrets[0]!.slice(0, -2)}`);
        return;
      default:
        response.writeHead(200, { 'content-type': 'application/json' });
        return void response.end(said);
    }
  };
}

/** The same over WebSockets: every form as a message of its own, all in one binary message, and as the reason to close. */
export function leakySockets(upstream: FakeUpstream, secretsNow: () => readonly string[]): { close(): void } {
  const server = new WebSocketServer({ noServer: true });
  upstream.onUpgrade((request, socket, head) => {
    server.handleUpgrade(request, socket, head, (opened) => {
      const secrets = secretsNow();
      const everything = secrets.flatMap((secret) => encodings.map((encode) => encode(secret)));
      for (const each of everything) opened.send(`{"key":"${each}"}`);
      opened.send(Buffer.from(everything.join(' ')), { binary: true });
      opened.send(JSON.stringify({ url: request.url, headers: request.headers }));
      opened.close(4000, secrets[0]!.slice(0, 100));
    });
  });
  return server;
}
