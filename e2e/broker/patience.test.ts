import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { after, before, beforeEach, describe, it } from 'node:test';
import { createGzip } from 'node:zlib';
import { type HostFixture, startHostFixture } from './host-fixture.ts';

// E6, I6: slow, endless and greedy peers on either side cost the host no memory, and no other caller its turn.

const mebibyte = 1024 * 1024;
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe('patience with slow and endless peers', () => {
  let f: HostFixture;
  before(async () => {
    f = await startHostFixture();
    // What a host needs to have compiled and cached is there before anything is measured.
    for (let i = 0; i < 50; i++) await (await f.ask('/v/c1/v1/users')).text();
  });
  after(() => f.close());
  beforeEach(() => {
    f.upstream.behave(null);
    f.upstream.forget();
  });

  const resident = () =>
    Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${f.host.pid}/status`, 'utf8'))?.[1]) * 1024;
  async function growth(during: () => Promise<void>): Promise<number> {
    const started = resident();
    let most = started;
    const timer = setInterval(() => {
      most = Math.max(most, resident());
    }, 20);
    await during();
    clearInterval(timer);
    return (most - started) / mebibyte;
  }
  /** Writes zeros for ever, as fast as they are taken. */
  function endless(response: NodeJS.WritableStream, from: NodeJS.WritableStream = response): void {
    const block = Buffer.alloc(256 * 1024);
    const more = (): void => {
      while ((response as { destroyed?: boolean }).destroyed !== true)
        if (!from.write(block)) return void from.once('drain', more);
    };
    more();
  }

  it('sends the head of a stream on before its first byte', async () => {
    f.upstream.behave((_seen, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.flushHeaders();
    });
    const caller = new AbortController();
    const answer = await Promise.race([f.ask('/v/c1/v1/users', { signal: caller.signal }), sleep(2_000)]);
    assert.ok(answer instanceof Response, 'the head does not wait');
    assert.equal(answer.headers.get('content-type'), 'text/event-stream');
    caller.abort();
  });

  it('answers HEAD with the length and no body', async () => {
    f.upstream.behave((_seen, response) => {
      response.writeHead(200, { 'content-type': 'text/plain', 'content-length': 12345, etag: '"x"' });
      response.end();
    });
    await f.host.call('capabilities.create', {
      id: 'p1/head',
      provider: 'p1',
      methods: ['HEAD'],
      paths: ['/v1/heads/**'],
    });
    const { token } = await f.host.call('tokens.mint', { capabilities: ['p1/head'] });
    const answer = await f.ask('/v/c1/v1/heads/1', { method: 'HEAD', headers: { authorization: `Bearer ${token}` } });
    assert.equal(answer.status, 200);
    assert.equal(answer.headers.get('content-length'), '12345');
    assert.equal(answer.headers.get('etag'), '"x"');
  });

  it('holds nothing for a caller that does not read', async () => {
    f.upstream.behave((_seen, response) => endless(response));
    const grown = await growth(async () => {
      const sockets = Array.from({ length: 4 }, () => {
        const socket = connect(Number(new URL(f.host.baseUrl).port), '127.0.0.1');
        socket.on('error', () => {});
        socket.write(
          `GET /v/c1/v1/users HTTP/1.1\r\nhost: ${new URL(f.host.baseUrl).host}\r\nauthorization: Bearer ${f.token}\r\n\r\n`,
        );
        return socket.pause();
      });
      await sleep(1_500);
      for (const socket of sockets) socket.destroy();
    });
    assert.ok(grown < 64, `grew by ${grown.toFixed(0)} MiB`);
  });

  it('E6 ends a decompression bomb without swallowing it', async () => {
    f.upstream.behave((_seen, response) => {
      response.writeHead(200, { 'content-type': 'text/plain', 'content-encoding': 'gzip' });
      const gzip = createGzip({ level: 1 });
      gzip.pipe(response);
      endless(response, gzip);
    });
    const grown = await growth(async () => {
      await assert.rejects(async () => {
        const answer = await f.ask('/v/c1/v1/users', { headers: { 'accept-encoding': 'gzip' } });
        for await (const _chunk of answer.body!) {
          // Read as fast as it comes.
        }
      });
    });
    assert.ok(grown < 96, `grew by ${grown.toFixed(0)} MiB`);
  });

  it('E16 breaks off an endless upload at its limit', async () => {
    await f.host.call('capabilities.create', { id: 'p1/up', provider: 'p1', methods: ['POST'], paths: ['/v1/up'] });
    await f.host.call('policies.set', { capability: 'p1/up', maxRequestBodyBytes: 1_000_000 });
    const { token } = await f.host.call('tokens.mint', { capabilities: ['p1/up'] });
    const status = await new Promise<number>((resolve, reject) => {
      const sent = request(
        `${f.host.baseUrl}/v/c1/v1/up`,
        { method: 'POST', headers: { authorization: `Bearer ${token}` } },
        (response) => {
          resolve(response.statusCode ?? 0);
          sent.destroy();
        },
      );
      sent.on('error', reject);
      endless(sent);
    });
    assert.equal(status, 413);
    assert.equal(f.upstream.requests.length, 0, 'no whole request arrived');
  });

  it('hangs up on callers that never finish their head, and serves others meanwhile', async () => {
    const { port: text, host } = new URL(f.host.baseUrl);
    let open = 0;
    const sockets = Array.from({ length: 50 }, () => {
      const socket = connect(Number(text), '127.0.0.1');
      open += 1;
      socket
        .on('error', () => {})
        .on('close', () => {
          open -= 1;
        });
      socket.resume();
      socket.write(`GET /v/c1/v1/users HTTP/1.1\r\nhost: ${host}\r\n`);
      return socket;
    });
    const dribble = setInterval(() => {
      for (const socket of sockets) if (!socket.destroyed) socket.write('x');
    }, 500);
    for (let i = 0; i < 5; i++) assert.equal((await f.ask('/v/c1/v1/users')).status, 200);
    const until = Date.now() + 25_000;
    while (open > 0 && Date.now() < until) await sleep(100);
    clearInterval(dribble);
    for (const socket of sockets) socket.destroy();
    assert.equal(open, 0, 'every one of them was cut off');
    assert.equal((await f.ask('/v/c1/v1/users')).status, 200);
  });

  it('I6 lets one token have 256 open calls, and another token its own', async () => {
    f.upstream.behave((_seen, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write('data: x\n\n');
    });
    const caller = new AbortController();
    const open = await Promise.all(
      Array.from({ length: 256 }, () => f.ask('/v/c1/v1/users', { signal: caller.signal })),
    );
    assert.ok(open.every((answer) => answer.status === 200));
    const one = await f.ask('/v/c1/v1/users', { signal: caller.signal });
    assert.equal(one.status, 429);
    assert.equal(one.headers.get('retry-after'), '1');
    const { token } = await f.host.call('tokens.mint', { capabilities: ['p1/users'] });
    const other = await f.ask('/v/c1/v1/users', {
      signal: caller.signal,
      headers: { authorization: `Bearer ${token}` },
    });
    assert.equal(other.status, 200);
    caller.abort();
    await sleep(100);
    f.upstream.behave(null);
    assert.equal((await f.ask('/v/c1/v1/users')).status, 200, 'and gives the places back');
  });

  it('I6 keeps so many bytes of one token’s requests in memory, and gives the room back', async () => {
    const { port, hostname, host } = new URL(f.host.baseUrl);
    const half = Buffer.alloc(15 * mebibyte, ' ');
    let refused = 0;
    const grown = await growth(async () => {
      const sockets = Array.from({ length: 40 }, () => connect(Number(port), hostname));
      for (const socket of sockets) {
        // Whoever is refused while it still writes may lose the answer with its connection: gone is refused too.
        const ended = new Promise<void>((resolve) => {
          socket.on('error', () => {}).once('close', () => resolve());
          socket.on('data', (answer) => /^HTTP\/1.1 429/.test(String(answer)) && resolve());
        });
        void ended.then(() => (refused += 1));
        socket.write(`POST /aivault/proxy HTTP/1.1\r\nhost: ${host}\r\nauthorization: Bearer ${f.token}\r\n`);
        socket.write(`content-type: application/json\r\ncontent-length: ${2 * half.length}\r\n\r\n`);
        socket.write(half);
      }
      for (let tries = 0; tries < 100 && refused < 36; tries++) await sleep(50);
      assert.ok(refused >= 36, `${refused} of 40 were refused`);
      for (const socket of sockets) socket.destroy();
    });
    assert.ok(grown < 400, `grew by ${grown} MiB`);
    await sleep(200);
    const body = JSON.stringify({ capability: 'p1/users', request: { body: 'x'.repeat(20 * mebibyte) } });
    const headers = { 'content-type': 'application/json' };
    assert.equal((await f.ask('/aivault/proxy', { method: 'POST', headers, body })).status, 200);
  });

  it('I6 holds so much of messages that are not finished, and leaves the others alone', async () => {
    const { port, hostname, host } = new URL(f.host.baseUrl);
    const key = Buffer.alloc(16, 1).toString('base64');
    // One message of 16 MiB, masked with zeros, of which the last mebibyte does not come (RFC 6455 §5.2).
    const frame = Buffer.concat([
      Buffer.from([0x82, 0xff, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0]),
      Buffer.alloc(15 * mebibyte),
    ]);
    const sockets: Socket[] = [];
    let cutOff = 0;
    const grown = await growth(async () => {
      for (let n = 0; n < 30; n++) {
        const socket = connect(Number(port), hostname);
        sockets.push(socket);
        socket.on('error', () => {}).on('close', () => (cutOff += 1));
        socket.write(`GET /aivault/ws HTTP/1.1\r\nhost: ${host}\r\nauthorization: Bearer ${f.token}\r\n`);
        socket.write(
          `connection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: ${key}\r\n\r\n`,
        );
        const [answer] = await once(socket, 'data');
        assert.match(String(answer), /^HTTP\/1.1 101/);
        socket.write(frame);
      }
      for (let tries = 0; tries < 100 && cutOff < 20; tries++) await sleep(50);
    });
    assert.ok(cutOff >= 20, `${cutOff} of 30 were cut off`);
    assert.ok(grown < 400, `grew by ${grown} MiB`);
    assert.equal((await f.ask('/v/c1/v1/users')).status, 200);
    // Whoever says no more than that is waited for ten seconds, and not for their goodbye.
    for (let tries = 0; tries < 160 && cutOff < 30; tries++) await sleep(100);
    assert.equal(cutOff, 30, 'all of them are gone');
  });
});
