import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { IncomingHttpHeaders } from 'node:http2';
import { createSecureServer, type Http2SecureServer, type ServerHttp2Stream } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { after, before, beforeEach, describe, it } from 'node:test';
import { createInvoke } from '#core/broker/pipeline.ts';
import { type Authority, createAuthority } from '../authority.ts';
import {
  createMemoryPorts,
  envelopeIncoming,
  type MemoryPorts,
  passThroughIncoming,
  testToken,
  textOf,
} from './memory-ports.ts';

const secret = 'S3CRET-value-01';
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe('an upstream that speaks HTTP/2 and nothing else', () => {
  let server: Http2SecureServer;
  let authority: Authority;
  let ports: MemoryPorts;
  let invoke: ReturnType<typeof createInvoke>;
  let behave: (stream: ServerHttp2Stream, headers: IncomingHttpHeaders, body: Buffer) => void;
  let sessions = 0;
  const sessionOf = new Map<string, Set<unknown>>();
  const seen: IncomingHttpHeaders[] = [];
  before(async () => {
    authority = createAuthority();
    server = createSecureServer({ ...authority.issue(['up.test']), allowHTTP1: false });
    server.on('session', () => {
      sessions += 1;
    });
    server.on('sessionError', () => {});
    server.on('stream', (stream, headers) => {
      const key = headers.authorization ?? '';
      sessionOf.set(key, (sessionOf.get(key) ?? new Set()).add(stream.session));
      const chunks: Buffer[] = [];
      stream.on('error', () => {});
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        seen.push(headers);
        behave(stream, headers, Buffer.concat(chunks));
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    ports = createMemoryPorts({
      devResolve: new Map([['up.test', { address: '127.0.0.1', port }]]),
      devCa: authority.cert,
    });
    ports.addCapability({ id: 'p1/users' });
    ports.addCredential({ id: 'c1' }, { secret });
    ports.addToken(testToken);
    invoke = createInvoke(ports);
  });
  after(async () => {
    await invoke.close();
    server.close();
    authority.close();
  });
  beforeEach(() => {
    seen.length = 0;
    behave = (stream, headers, body) => {
      stream.respond({ ':status': 200, 'content-type': 'application/json' });
      stream.end(JSON.stringify({ path: headers[':path'], auth: headers.authorization, body: body.toString() }));
    };
  });
  const send = (request: unknown, signal = new AbortController().signal) => invoke(envelopeIncoming(request), signal);

  it('answers through the same stages, key injected and searched for', async () => {
    const answer = await send({ method: 'POST', path: '/v1/users/7?a=1', body: 'hello' });
    assert.equal(answer.status, 200);
    assert.deepEqual(JSON.parse(await textOf(answer)), {
      path: '/v1/users/7?a=1',
      auth: 'Bearer [REDACTED]',
      body: 'hello',
    });
    assert.equal(seen[0]?.authorization, `Bearer ${secret}`);
    assert.equal(seen[0]?.[':authority'], 'up.test');
  });
  it('carries many calls at once and streams both ways', async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, i) => send({ method: 'GET', path: `/v1/users/${i}` })),
    );
    for (const [i, answer] of answers.entries()) assert.equal(JSON.parse(await textOf(answer)).path, `/v1/users/${i}`);
    assert.ok(sessions >= 1);
    async function* chunks() {
      for (let i = 0; i < 32; i++) yield Buffer.alloc(64 * 1024, 97);
    }
    behave = (stream, _headers, body) => {
      stream.respond({ ':status': 200, 'content-type': 'text/plain' });
      stream.write(`${body.length} `);
      setTimeout(() => stream.end('end'), 5);
    };
    const answer = await invoke(
      { ...passThroughIncoming('POST', '/v/c1/v1/users'), body: chunks() },
      new AbortController().signal,
    );
    assert.equal(await textOf(answer), `${32 * 64 * 1024} end`);
  });
  it('D5 two credentials of one host never meet in a session', async () => {
    ports.addCapability({ id: 'p2/users', provider: 'p2' });
    ports.addCredential({ id: 'c2', provider: 'p2' }, { secret: 'second-secret-01' });
    ports.addToken(testToken, { capabilities: new Set(['p1/users', 'p2/users']) });
    const call = async (capability: string) => {
      const request = { method: 'GET', path: '/v1/users' };
      await textOf(await invoke(envelopeIncoming(request, { capability }), new AbortController().signal));
    };
    for (let round = 0; round < 3; round++) await Promise.all([call('p1/users'), call('p2/users'), call('p1/users')]);
    const [one, two] = [secret, 'second-secret-01'].map((value) => sessionOf.get(`Bearer ${value}`)!);
    assert.ok(one!.size > 0 && two!.size > 0);
    assert.ok([...one!].every((session) => !two!.has(session)));
  });
  it('aborts the stream when the caller goes away', async () => {
    const closed = new Promise<void>((resolve) => {
      behave = (stream) => {
        stream.respond({ ':status': 200, 'content-type': 'text/event-stream' });
        stream.write('data: one\n\n');
        stream.on('close', () => resolve());
      };
    });
    const caller = new AbortController();
    const answer = await send({ method: 'GET', path: '/v1/users' }, caller.signal);
    await (answer.body as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]().next();
    const started = performance.now();
    caller.abort();
    await closed;
    assert.ok(performance.now() - started < 100);
  });
  it('breaks off where the upstream does', async () => {
    behave = (stream) => {
      stream.respond({ ':status': 200, 'content-type': 'text/plain' });
      stream.write('half');
      setTimeout(() => stream.destroy(new Error('broken')), 10);
    };
    const answer = await send({ method: 'GET', path: '/v1/users' });
    await assert.rejects(textOf(answer), { code: 'upstream_unreachable' });
    await sleep(5);
    assert.equal(ports.written.at(-1)?.outcome, 'failed');
  });
});
