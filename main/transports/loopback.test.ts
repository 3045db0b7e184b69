import assert from 'node:assert/strict';
import http from 'node:http';
import net from 'node:net';
import { after, before, describe, test } from 'node:test';
import type { Incoming, Invoke } from '#contract/proxied.ts';
import { collect } from './body-bytes.ts';
import { type Loopback, openLoopback } from './loopback.ts';

describe('the endpoint on 127.0.0.1', () => {
  const seen: Incoming[] = [];
  const echo: Invoke = async (incoming, signal) => {
    seen.push(incoming);
    if (incoming.target === '/v/slow/x') {
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      aborted.resolve();
    }
    if (incoming.target === '/v/stream/x') return { status: 200, statusText: '', headers: [], body: endless(signal) };
    const body =
      incoming.body instanceof Uint8Array || incoming.body === null ? incoming.body : await collect(incoming.body);
    return { status: 200, statusText: '', headers: [['x-got', String(body?.length ?? 'none')]], body };
  };
  const aborted = Promise.withResolvers<void>();
  let produced = 0;
  async function* endless(signal: AbortSignal): AsyncGenerator<Uint8Array> {
    while (!signal.aborted) {
      produced += 64 * 1024;
      yield new Uint8Array(64 * 1024);
    }
  }

  let endpoint: Loopback;
  let port: number;
  before(async () => {
    endpoint = await openLoopback({ port: 0, invoke: echo });
    port = Number(new URL(endpoint.baseUrl).port);
  });
  after(() => endpoint.close(0));

  /** Sends bytes as they are and answers everything that came back until the other side closes. */
  function raw(text: string): Promise<string> {
    return new Promise((resolve, reject) => {
      const socket = net.connect(port, '127.0.0.1');
      let answer = '';
      socket.setEncoding('latin1').on('data', (chunk) => {
        answer += chunk;
      });
      socket.once('error', reject).once('close', () => resolve(answer));
      socket.write(text, 'latin1');
      setTimeout(() => socket.end(), 150);
    });
  }
  const statusOf = (answer: string) => Number(answer.slice(9, 12));
  const request = (head: string, target = '/aivault/health') =>
    raw(`GET ${target} HTTP/1.1\r\n${head}connection: close\r\n\r\n`);

  const foreignHosts = (p: number) => [
    'rebind.test',
    `rebind.test:${p}`,
    `localhost.evil:${p}`,
    `evil.localhost:${p}`,
    `localhost.:${p}`,
    `LOCALHOST:${p}`,
    `Localhost:${p}`,
    'localhost',
    '127.0.0.1',
    '[::1]',
    `localhost:${p + 1}`,
    `127.0.0.1:${p + 1}`,
    `127.0.0.1:${p}0`,
    `127.0.0.1:0${p}`,
    `127.0.0.1.:${p}`,
    `127.1:${p}`,
    `127.0.0.2:${p}`,
    `0.0.0.0:${p}`,
    `0:${p}`,
    `2130706433:${p}`,
    `0x7f000001:${p}`,
    `0177.0.0.1:${p}`,
    `::1:${p}`,
    `[0:0:0:0:0:0:0:1]:${p}`,
    `[::ffff:127.0.0.1]:${p}`,
    `[::]:${p}`,
    `[::1%25lo]:${p}`,
    `user@127.0.0.1:${p}`,
    `127.0.0.1:${p}@evil`,
    `127.0.0.1:${p}/`,
    `127.0.0.1:${p},evil`,
    `127.0.0.1:${p} evil`,
    `evil 127.0.0.1:${p}`,
    `http://127.0.0.1:${p}`,
    `127.0.0.1:${p}.evil.test`,
    `127-0-0-1.evil.test:${p}`,
    `xn--localhost-9za:${p}`,
    '',
  ];

  test('A1: a Host that is not exactly one of ours is answered 421 with an empty body, before anything else', async () => {
    const before = seen.length;
    const variants = foreignHosts(port).map((host) => `host: ${host}\r\n`);
    variants.push(
      '',
      `host: 127.0.0.1:${port}\r\nhost: 127.0.0.1:${port}\r\n`,
      `host: 127.0.0.1:${port}\r\nHOST: evil\r\n`,
    );
    assert.ok(variants.length >= 40, `${variants.length} variants`);
    for (const head of variants) {
      for (const target of ['/v/openai/x', '/aivault/health']) {
        const answer = await request(head, target);
        assert.equal(statusOf(answer), 421, JSON.stringify(head));
        assert.ok(answer.endsWith('\r\n\r\n'), `an empty body for ${JSON.stringify(head)}`);
      }
    }
    assert.equal(seen.length, before, 'nothing reached the broker');
  });

  test('A1: an absolute target must name the same authority as Host', async () => {
    const host = `host: 127.0.0.1:${port}\r\n`;
    assert.equal(statusOf(await request(host, `http://127.0.0.1:${port}/aivault/health`)), 200);
    for (const target of [
      'http://evil.test/aivault/health',
      `http://localhost:${port}/aivault/health`,
      `http://127.0.0.1:${port}@evil/aivault/health`,
      `https://127.0.0.1:${port}/aivault/health`,
      `HTTP://127.0.0.1:${port}/aivault/health`,
      '*',
      'aivault/health',
    ]) {
      assert.notEqual(statusOf(await request(host, target)), 200, target);
    }
  });

  test('D01: health says ok and nothing else, to anybody who comes by one of our names', async () => {
    const answer = await request(`host: 127.0.0.1:${port}\r\nauthorization: Bearer wrong\r\n`);
    assert.equal(statusOf(answer), 200);
    assert.match(answer, /\r\n\r\n\{"ok":true\}$/);
  });

  test('our three names are served', async () => {
    for (const name of ['127.0.0.1', 'localhost', '[::1]']) {
      assert.equal(statusOf(await request(`host: ${name}:${port}\r\n`)), 200, name);
    }
  });

  test('A2, I7: what only a browser sends is origin_refused on every route, and no answer allows another origin', async () => {
    const before = seen.length;
    for (const head of [
      'origin: https://evil.test\r\n',
      'origin: null\r\n',
      'Origin: http://127.0.0.1\r\n',
      'sec-fetch-site: cross-site\r\n',
      'sec-fetch-site: same-origin\r\n',
      'Sec-Fetch-Site: none\r\nsec-fetch-site: same-site\r\n',
      'access-control-request-method: POST\r\n',
    ]) {
      for (const target of ['/v/openai/x', '/aivault/health', '/aivault/proxy', '/v1/secrets', '/']) {
        const answer = await request(`host: 127.0.0.1:${port}\r\n${head}`, target);
        assert.equal(statusOf(answer), 403, head);
        assert.match(answer, /aivault-error: origin_refused/);
        assert.doesNotMatch(answer, /access-control-/i);
      }
    }
    assert.equal(seen.length, before);
  });

  test('Sec-Fetch-Site: none and the other sec-fetch headers of Node pass', async () => {
    const answer = await request(`host: 127.0.0.1:${port}\r\nsec-fetch-site: none\r\nsec-fetch-mode: cors\r\n`);
    assert.equal(statusOf(answer), 200);
  });

  test('A6: every wrong address is answered with the same bytes, without a product name', async () => {
    const answers = new Set<string>();
    for (const target of [
      '/',
      '/favicon.ico',
      '/aivault',
      '/aivault/proxy',
      '/call/vault.status',
      '/events',
      '/invoke',
      '/v',
      '/v1',
      '/v1/secrets/x',
    ]) {
      answers.add((await request(`host: 127.0.0.1:${port}\r\n`, target)).replace(/date: .*\r\n/i, ''));
    }
    assert.equal(answers.size, 1);
    assert.match([...answers][0]!, /^HTTP\/1.1 404 /);
  });

  test('headers and target arrive as sent: order, case, duplicates and encoding kept', async () => {
    await request(`host: 127.0.0.1:${port}\r\nX-B: 1\r\nx-a: 2\r\nX-b: 3\r\n`, '/v/openai/a%2fb//c?x=%20&x');
    const last = seen.at(-1)!;
    assert.equal(last.door, 'pass-through');
    assert.equal(last.target, '/v/openai/a%2fb//c?x=%20&x');
    assert.deepEqual(last.headers.slice(1, 4), [
      ['X-B', '1'],
      ['x-a', '2'],
      ['X-b', '3'],
    ]);
    assert.equal(last.body, null);
  });

  test('small bodies of known length arrive whole, others as streams', async () => {
    const send = (body: string | Uint8Array, headers: Record<string, string> = {}) =>
      fetch(`${endpoint.baseUrl}/v/openai/x`, { method: 'POST', body: body as string, headers });
    assert.equal((await send('hello')).headers.get('x-got'), '5');
    assert.ok(seen.at(-1)!.body instanceof Uint8Array);
    assert.equal((await send(new Uint8Array(70_000))).headers.get('x-got'), '70000');
    assert.ok(!(seen.at(-1)!.body instanceof Uint8Array));
  });

  test('D3: a body under another transfer coding than chunked is refused, for nobody here could decode it', async () => {
    const before = seen.length;
    const send = (coding: string) =>
      raw(
        `POST /v/openai/x HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\nconnection: close\r\ntransfer-encoding: ${coding}\r\n\r\n2\r\nhi\r\n0\r\n\r\n`,
      );
    for (const coding of ['gzip, chunked', 'deflate,chunked', 'identity, chunked']) {
      const answer = await send(coding);
      assert.equal(statusOf(answer), 400, coding);
    }
    assert.equal(seen.length, before);
    assert.equal(statusOf(await send('Chunked')), 200);
  });

  test('A1: an expectation nobody knows changes nothing: the same doors, the same refusals', async () => {
    const expecting = 'expect: 200-maybe\r\n';
    assert.equal(statusOf(await request(`host: evil.test\r\n${expecting}`)), 421);
    assert.match(
      await request(`host: 127.0.0.1:${port}\r\norigin: https://evil.test\r\n${expecting}`),
      /aivault-error: origin_refused/,
    );
    assert.equal(statusOf(await request(`host: 127.0.0.1:${port}\r\n${expecting}`)), 200);
  });

  test('a client that goes away aborts its call', async () => {
    const gone = new AbortController();
    const call = fetch(`${endpoint.baseUrl}/v/slow/x`, { signal: gone.signal }).catch(() => {});
    while (seen.at(-1)?.target !== '/v/slow/x') await new Promise((resolve) => setTimeout(resolve, 5));
    gone.abort();
    await call;
    await aborted.promise;
  });

  test('a client that stops reading stops the stream behind it', async () => {
    const response = await new Promise<http.IncomingMessage>((resolve) => {
      http.get(`${endpoint.baseUrl}/v/stream/x`, { headers: { host: `127.0.0.1:${port}` } }, resolve);
    });
    response.pause();
    await new Promise((resolve) => setTimeout(resolve, 200));
    const held = produced;
    await new Promise((resolve) => setTimeout(resolve, 100));
    assert.equal(produced, held, 'nothing more is asked of the source');
    assert.ok(held < 32 * 1024 * 1024);
    response.destroy();
  });

  test('what is not HTTP is answered 400 and cannot stop the endpoint', async () => {
    assert.equal(statusOf(await raw('\x16\x03\x01\x02\x00\r\n\r\n')), 400);
    assert.equal(
      statusOf(await raw(`GET / HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\nx: ${'a'.repeat(80_000)}\r\n\r\n`)),
      431,
    );
    assert.equal(statusOf(await request(`host: 127.0.0.1:${port}\r\n`)), 200);
  });

  test('A5, B3: only 127.0.0.1 is bound, and a port that is taken is an error naming it', async () => {
    await assert.rejects(openLoopback({ port, invoke: echo }), (error: Error & { code?: string }) => {
      assert.equal(error.code, 'host_unreachable');
      assert.match(error.message, new RegExp(String(port)));
      return true;
    });
    const elsewhere = net.createServer();
    await new Promise<void>((resolve, reject) => elsewhere.once('error', reject).listen(port, '127.0.0.2', resolve));
    elsewhere.close();
  });

  test('A4: a WebSocket handshake without anybody to take it is an ordinary request', async () => {
    const head = `host: 127.0.0.1:${port}\r\nupgrade: websocket\r\nconnection: upgrade\r\n`;
    const answer = await raw(`GET /aivault/health HTTP/1.1\r\n${head}\r\n`);
    assert.equal(statusOf(answer), 200);
  });

  test('A4: a handshake from a page is refused before anybody takes it', async () => {
    let taken = 0;
    const open = await openLoopback({
      port: 0,
      invoke: echo,
      upgrade: (_request, socket) => {
        taken += 1;
        socket.end('HTTP/1.1 101 x\r\n\r\n');
      },
    });
    const there = port;
    port = Number(new URL(open.baseUrl).port);
    const shake = (head: string, target = '/v/openai/x') =>
      raw(`GET ${target} HTTP/1.1\r\nupgrade: websocket\r\nconnection: upgrade\r\n${head}\r\n`);
    assert.equal(statusOf(await shake(`host: 127.0.0.1:${port}\r\norigin: https://evil.test\r\n`)), 403);
    assert.equal(statusOf(await shake('host: evil.test\r\n')), 421);
    assert.equal(statusOf(await shake(`host: 127.0.0.1:${port}\r\n`, '/aivault/proxy')), 404);
    assert.equal(taken, 0);
    assert.equal(statusOf(await shake(`host: 127.0.0.1:${port}\r\n`)), 101);
    assert.equal(taken, 1);
    port = there;
    await open.close(0);
  });
});
