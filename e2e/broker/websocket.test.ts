import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, beforeEach, describe, it } from 'node:test';
import { WebSocket, WebSocketServer } from 'ws';
import { type HostFixture, hostSecret, startHostFixture } from './host-fixture.ts';

describe('WebSockets through a real host', () => {
  let f: HostFixture;
  let upstreamSockets: WebSocketServer;
  let lastHandshake: { url: string; headers: Record<string, unknown> } | null = null;
  before(async () => {
    f = await startHostFixture();
    upstreamSockets = new WebSocketServer({ noServer: true });
    f.upstream.onUpgrade((request, socket, head) => {
      lastHandshake = { url: request.url ?? '', headers: request.headers };
      if (request.url?.startsWith('/v1/users/closed') === true) {
        socket.end('HTTP/1.1 403 Forbidden\r\ncontent-type: text/plain\r\ncontent-length: 6\r\n\r\nnot me');
        return;
      }
      upstreamSockets.handleUpgrade(request, socket, head, (opened) => {
        opened.on('message', (data, binary) => {
          const text = String(data);
          if (text === 'pieces') {
            // One message in many frames, each with a part of the key (RFC 6455 §5.4).
            const said = `you sent ${request.headers.authorization}`;
            for (let at = 0; at < said.length; at += 3)
              opened.send(said.slice(at, at + 3), { fin: at + 3 >= said.length });
          } else if (text === 'secret') opened.send(`you sent ${request.headers.authorization}`);
          else if (text === 'bye') opened.close(4001, 'as you wish');
          else opened.send(data, { binary });
        });
      });
    });
  });
  after(async () => {
    upstreamSockets.close();
    await f.close();
  });
  beforeEach(() => {
    lastHandshake = null;
  });

  const url = (path: string) => f.host.baseUrl.replace('http:', 'ws:') + path;
  const open = async (
    path: string,
    headers: Record<string, string> = { authorization: `Bearer ${f.token}` },
    protocols: string[] = [],
  ) => {
    const socket = new WebSocket(url(path), protocols, { headers });
    await once(socket, 'open');
    return socket;
  };
  const refused = async (path: string, headers: Record<string, string>) => {
    const socket = new WebSocket(url(path), { headers });
    socket.on('error', () => {});
    const [, response] = await once(socket, 'unexpected-response');
    let body = '';
    for await (const chunk of response) body += String(chunk);
    return {
      status: response.statusCode as number,
      code: response.headers['aivault-error'] as string | undefined,
      body,
    };
  };
  const next = async (socket: WebSocket) => String((await once(socket, 'message'))[0]);

  it('passes messages both ways under /v/, with the real key upstream', async () => {
    const socket = await open('/v/c1/v1/users/live?model=x', undefined, ['chat']);
    assert.equal(lastHandshake?.url, '/v1/users/live?model=x');
    assert.equal(lastHandshake?.headers.authorization, `Bearer ${hostSecret}`);
    assert.equal(socket.protocol, 'chat');
    socket.send('hello');
    assert.equal(await next(socket), 'hello');
    socket.send(Buffer.from([1, 2, 255]));
    assert.deepEqual([...((await once(socket, 'message'))[0] as Buffer)], [1, 2, 255]);
    socket.send('bye');
    const [code, reason] = await once(socket, 'close');
    assert.deepEqual([code, String(reason)], [4001, 'as you wish']);
  });
  it('E1 searches frames for the secret', async () => {
    const socket = await open('/v/c1/v1/users/live');
    socket.send('secret');
    assert.equal(await next(socket), 'you sent Bearer [REDACTED]');
    socket.send('pieces');
    assert.equal(await next(socket), 'you sent Bearer [REDACTED]', 'cut into frames of three bytes');
    socket.close();
  });
  it('takes a connect frame at /aivault/ws', async () => {
    const socket = await open('/aivault/ws');
    socket.send(JSON.stringify({ capability: 'p1/users', path: '/v1/users/live' }));
    socket.send('hello');
    assert.equal(await next(socket), 'hello');
    assert.equal(lastHandshake?.headers.authorization, `Bearer ${hostSecret}`);
    socket.close();
  });
  it('refuses by policy what a GET would be refused, and never reaches the upstream', async () => {
    const mine = { authorization: `Bearer ${f.token}` };
    assert.equal((await refused('/v/c1/v1/users/..%2fadmin', mine)).code, 'policy_violation');
    assert.equal((await refused('/v/c1/admin', mine)).code, 'capability_not_found');
    assert.equal((await refused('/v/c1/v1/users/live', {})).status, 401);
    assert.equal((await refused('/aivault/ws', {})).status, 401);
    assert.equal((await refused('/v/c1/v1/users/live', { ...mine, origin: 'https://evil.test' })).status, 403, 'A4');
    for (const frame of [
      '{"capability":"p1/users","path":"/admin"}',
      '{"capability":"p1/users","path":"/v1/users","targetUrl":"wss://evil.test"}',
      '{"capability":"p1/users","path":"/v1/users","extra":1}',
      'no json',
    ]) {
      const socket = await open('/aivault/ws');
      socket.send(frame);
      const told = JSON.parse(await next(socket)) as { error: string };
      assert.match(told.error, /^(?:policy_violation|invalid_request)$/);
      const [code] = await once(socket, 'close');
      assert.equal(code, 1008);
    }
    assert.equal(lastHandshake, null);
  });
  it('P05 G23 is refused where fields of the answer are hidden', async () => {
    await f.host.call('policies.set', { capability: 'p1/users', responseBodyBlocklist: ['$.email'] });
    const mine = { authorization: `Bearer ${f.token}` };
    assert.equal((await refused('/v/c1/v1/users/live', mine)).code, 'response_refused');
    assert.equal(lastHandshake, null);
    await f.host.call('policies.set', { capability: 'p1/users', responseBodyBlocklist: [] });
  });
  it('E16 S46 holds the size limits of its capability, each way', async () => {
    for (const [limits, code] of [
      [{ maxRequestBodyBytes: 10, maxResponseBodyBytes: null }, 'too_large'],
      [{ maxRequestBodyBytes: null, maxResponseBodyBytes: 10 }, 'response_refused'],
    ] as const) {
      await f.host.call('policies.set', { capability: 'p1/users', ...limits });
      const socket = await open('/v/c1/v1/users/live');
      socket.send('12345');
      assert.equal(await next(socket), '12345');
      socket.send('1234567');
      assert.equal(((await once(socket, 'close')) as [number])[0], 1009);
      await new Promise((resolve) => setTimeout(resolve, 100));
      const { entries } = await f.host.call('audit.list', { limit: 1, outcome: 'failed' });
      assert.equal(entries[0]?.code, code);
    }
    await f.host.call('policies.set', {
      capability: 'p1/users',
      maxRequestBodyBytes: null,
      maxResponseBodyBytes: null,
    });
  });
  it('gives back what an upstream answers instead of upgrading', async () => {
    const answer = await refused('/v/c1/v1/users/closed', { authorization: `Bearer ${f.token}` });
    assert.deepEqual(answer, { status: 403, code: undefined, body: 'not me' });
  });
  it('B6 ends a connection whose token is revoked', async () => {
    const { token, id } = await f.host.call('tokens.mint', { capabilities: ['p1/users'] });
    const socket = await open('/v/c1/v1/users/live', { authorization: `Bearer ${token}` });
    socket.send('hello');
    assert.equal(await next(socket), 'hello');
    const closed = once(socket, 'close');
    await f.host.call('tokens.revoke', { id });
    await closed;
  });
  it('closes the upstream when the caller goes away, and writes the call down', async () => {
    const socket = await open('/v/c1/v1/users/live');
    const closed = new Promise<void>((resolve) => {
      for (const each of upstreamSockets.clients) each.once('close', () => resolve());
    });
    socket.terminate();
    await closed;
    let entry: { note?: string | undefined; status?: number | undefined } | undefined;
    for (let i = 0; i < 50 && entry === undefined; i++) {
      const { entries } = await f.host.call('audit.list', { limit: 1, outcome: 'failed' });
      entry = entries[0];
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    assert.equal(entry?.note, 'websocket');
    assert.equal(entry?.status, 101);
  });
});
