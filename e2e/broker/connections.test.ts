import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { after, afterEach, before, describe, it } from 'node:test';
import { type HostFixture, startHostFixture } from './host-fixture.ts';
import { exchangeRaw } from './raw-http.ts';

// What a connection to the endpoint outlives: strange upstreams, pipelined requests, callers that leave at any moment.

describe('connections to the endpoint', () => {
  let f: HostFixture;
  let port: number;
  before(async () => {
    f = await startHostFixture();
    port = Number(new URL(f.host.baseUrl).port);
  });
  after(() => f.close());
  afterEach(async () => {
    f.upstream.behave(null);
    f.upstream.forget();
    assert.equal((await fetch(`${f.host.baseUrl}/aivault/health`)).status, 200, f.host.output());
    assert.equal(f.host.output().includes('Warning'), false, f.host.output());
  });

  const request = (line: string, ...more: string[]) =>
    [line, `host: 127.0.0.1:${port}`, `authorization: Bearer ${f.token}`, ...more, '', ''].join('\r\n');
  const get = (...more: string[]) => request('GET /v/c1/v1/users HTTP/1.1', ...more);
  const send = (...texts: string[]) => exchangeRaw(port, Buffer.from(texts.join(''), 'latin1'));
  const answersIn = (text: string) => [...text.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status]) => Number(status));
  const until = async (what: string, holds: () => boolean | Promise<boolean>) => {
    for (const deadline = Date.now() + 5_000; !(await holds()); ) {
      assert.ok(Date.now() < deadline, `${what} does not come`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  };
  const open = async (...texts: string[]): Promise<Socket> => {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => {});
    socket.write(texts.join(''), 'latin1');
    return socket;
  };
  const lastEntries = async (limit: number) => (await f.host.call('audit.list', { limit, kind: 'invoke' })).entries;

  const reasons = {
    'a control byte': 'O\x01K',
    'characters HTTP/1.1 has not': 'Не найдено',
    'half a character': 'O\xff',
  };
  for (const [name, reason] of Object.entries(reasons)) {
    it(`survives a reason phrase with ${name}, and passes the answer on`, async () => {
      f.upstream.behave((_request, _response, { socket }) => {
        const encoding = name === 'half a character' ? 'latin1' : 'utf8';
        socket.end(Buffer.from(`HTTP/1.1 203 ${reason}\r\ncontent-length: 2\r\n\r\nhi`, encoding));
      });
      const { status, text } = await send(get());
      assert.equal(status, 203, text);
      assert.match(text, /\r\n\r\nhi$/);
      assert.equal((await lastEntries(1))[0]?.outcome, 'allowed');
    });
  }

  it('passes header bytes beyond ASCII on as they came, in a whole answer and in a stream', async () => {
    for (const framing of ['content-length: 2\r\n\r\nhi', 'connection: close\r\n\r\nhi']) {
      f.upstream.behave((_request, _response, { socket }) => {
        socket.end(Buffer.from(`HTTP/1.1 203 d\xe9j\xe0\r\netag: "\xe9\xff"\r\n${framing}`, 'latin1'));
      });
      const { text } = await send(get());
      assert.ok(text.includes('\r\netag: "\xe9\xff"\r\n'), text);
    }
  });

  it('sends the head of a stream before its first byte', async () => {
    f.upstream.behave((_request, response) => void response.writeHead(203).flushHeaders());
    const { status, text } = await send(get());
    assert.equal(status, 203, text);
  });

  it('takes every way to announce an empty body for one, and answers the next request', async () => {
    for (const length of [[], ['content-length: 0'], ['content-length: 00'], ['transfer-encoding: chunked']]) {
      const body = length[0]?.startsWith('transfer') ? '0\r\n\r\n' : '';
      const { text } = await send(request('POST /v/c1/v1/users HTTP/1.1', ...length), body, get());
      assert.deepEqual(answersIn(text), [200, 200], `${length}: ${text}`);
    }
    assert.equal(f.upstream.requests.length, 8);
    assert.ok(f.upstream.requests.every(({ body }) => body.length === 0));
  });

  it('D01 says that it is well to anybody on this machine, and nothing else', async () => {
    const { text } = await send(request('GET /aivault/health HTTP/1.1', 'connection: close'));
    assert.match(text, /^HTTP\/1\.1 200 /);
    assert.equal(text.slice(text.indexOf('\r\n\r\n') + 4), '{"ok":true}');
  });

  it('D02 answers nonsense, ends what has no end, and goes on', async () => {
    const post = (...lines: string[]) =>
      request('POST /aivault/proxy HTTP/1.1', 'content-type: application/json', 'connection: close', ...lines);
    for (const body of ['', '{', '[]', 'null', '{"capability":7}', '\0', `${'['.repeat(10_000)}`])
      assert.deepEqual(
        answersIn((await send(post(`content-length: ${body.length}`), body)).text),
        [400],
        body.slice(0, 9),
      );
    assert.deepEqual(answersIn((await send('nonsense\r\n\r\n')).text), [400]);

    // Refused as soon as it is too much, and never held.
    const hundred = 100 * 1024 * 1024;
    let sent = 0;
    const socket = await open(post('transfer-encoding: chunked'));
    socket.resume();
    const over = new Promise<void>((resolve) => socket.on('close', () => resolve()));
    const chunk = `10000\r\n${'x'.repeat(65_536)}\r\n`;
    while (!socket.destroyed && sent < hundred) {
      sent += 65_536;
      if (!socket.write(chunk)) await Promise.race([once(socket, 'drain').catch(() => {}), over]);
    }
    socket.end();
    await over;
    assert.ok(sent < hundred, 'it was not read to its end');

    const half = await open('POST /aivault/proxy HTTP/1.1\r\nhost: ');
    half.resume().end();
    await once(half, 'close');
  });

  it('answers what follows a question of its own on the same connection', async () => {
    for (const path of ['/aivault/health', '/nothing/here']) {
      const { text } = await send(request(`GET ${path} HTTP/1.1`), get());
      assert.deepEqual(answersIn(text), [path === '/nothing/here' ? 404 : 200, 200], text);
    }
  });

  it('breaks off every pipelined request of a caller that leaves, and writes each down once', async () => {
    f.upstream.behave(() => {});
    const many = 20;
    const socket = await open(...Array.from({ length: many }, () => get()));
    await until('every request', () => f.upstream.requests.length === many);
    socket.destroy();
    await until('the end of all', () => f.upstream.brokenOff === many);
    await until('every entry', async () => {
      const entries = await lastEntries(many);
      return entries.length === many && entries.every(({ outcome }) => outcome === 'failed');
    });
    assert.equal((await lastEntries(many + 1)).filter(({ outcome }) => outcome === 'failed').length, many);
  });

  it('breaks off the request that runs, and not the one before it on the same connection', async () => {
    f.upstream.behave((seen, response) => {
      if (seen.connection > 0 && f.upstream.requests.length === 1) response.end('first');
    });
    const socket = await open(get());
    await new Promise((resolve) => socket.once('data', resolve));
    socket.write(get(), 'latin1');
    await until('the second', () => f.upstream.requests.length === 2);
    socket.destroy();
    await until('its end', () => f.upstream.brokenOff === 1);
    await until('its entry', async () => (await lastEntries(1))[0]?.outcome === 'failed');
    assert.deepEqual(
      (await lastEntries(2)).map(({ outcome }) => outcome),
      ['failed', 'allowed'],
    );
  });

  it('breaks off a stream whose caller leaves, whether or not anything is read', async () => {
    for (const reads of [true, false]) {
      f.upstream.forget();
      f.upstream.behave((_request, response) => {
        response.writeHead(200, { 'content-type': 'text/plain' });
        const timer = setInterval(() => response.write('x'.repeat(64 * 1024)), 2);
        response.on('close', () => clearInterval(timer));
      });
      const socket = await open(get());
      if (reads) socket.resume();
      else socket.pause();
      await until('the request', () => f.upstream.requests.length === 1);
      await new Promise((resolve) => setTimeout(resolve, 100));
      socket.destroy();
      await until('its end', () => f.upstream.brokenOff === 1);
      await until('its entry', async () => (await lastEntries(1))[0]?.outcome === 'failed');
    }
  });

  it('survives callers that leave just when they are answered', async () => {
    for (let round = 0; round < 40; round += 1) {
      const sockets = await Promise.all(Array.from({ length: 10 }, () => open(get())));
      const expected = 10 * (round + 1);
      f.upstream.behave((_request, response) => {
        response.end('answer');
        if (f.upstream.requests.length % 10 === 0) for (const socket of sockets) socket.destroy();
      });
      await new Promise((resolve) => setTimeout(resolve, round % 8));
      for (const socket of sockets) socket.resetAndDestroy();
      assert.ok(f.upstream.requests.length <= expected);
    }
    const places = await Promise.all(Array.from({ length: 30 }, () => f.ask('/v/c1/v1/users')));
    assert.ok(places.every(({ status }) => status === 200));
  });
});
