import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, beforeEach, describe, it } from 'node:test';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import type { Answer } from '#contract/proxied.ts';
import { createInvoke } from '#core/broker/pipeline.ts';
import { startFakeUpstream } from '../fake-upstream.ts';
import { type Fixture, secret, startFixture } from './fixture.ts';
import { createMemoryPorts, envelopeIncoming, passThroughIncoming, testToken, textOf } from './memory-ports.ts';

const openPolicy = {
  rateLimitPerMinute: null,
  maxRequestBodyBytes: null,
  maxResponseBodyBytes: null,
  responseBodyBlocklist: [],
  askOperator: false,
};
const get = { method: 'GET', path: '/v1/users' };
const header = (answer: Answer, name: string) => answer.headers.find(([each]) => each === name)?.[1];
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe('answers on their way back', () => {
  let f: Fixture;
  before(async () => {
    f = await startFixture();
  });
  after(() => f.close());
  beforeEach(() => {
    f.upstream.forget();
    f.upstream.behave(null);
    f.ports.written.length = 0;
  });

  it('S29 E1 removes the secret from body, headers and status text', async () => {
    f.upstream.behave((seen, response) => {
      const value = seen.header('authorization')[0]!;
      const bare = value.slice('Bearer '.length);
      response.statusMessage = `OK ${bare}`;
      response.setHeader('location', `https://up.test/?key=${bare}`);
      response.setHeader('etag', Buffer.from(bare).toString('hex'));
      response.end(
        JSON.stringify({ value, basic: Buffer.from(`:${bare}`).toString('base64'), encoded: encodeURIComponent(bare) }),
      );
    });
    const answer = await f.send(get);
    const everything = JSON.stringify([answer.statusText, answer.headers]) + (await textOf(answer));
    assert.ok(!everything.includes(secret));
    assert.ok(!everything.includes(Buffer.from(secret).toString('base64').slice(0, 16)));
    assert.match(header(answer, 'location') ?? '', /REDACTED/);
    await sleep(5);
    assert.ok((f.ports.written.at(-1)?.facts.redactions ?? 0) > 0);
  });
  for (const [name, pack] of Object.entries({
    gzip: gzipSync,
    deflate: deflateSync,
    'deflate (raw)': deflateRawSync,
    br: brotliCompressSync,
    zstd: zstdCompressSync,
  })) {
    it(`E1 unpacks ${name} before it searches, and passes on plain text`, async () => {
      f.upstream.behave((seen, response) => {
        response.setHeader('content-encoding', name.split(' ')[0]!);
        response.setHeader('content-type', 'text/plain');
        response.end(pack(Buffer.from(`before ${seen.header('authorization')[0]} after`)));
      });
      const answer = await f.send({ ...get, headers: [{ name: 'accept-encoding', value: 'gzip, deflate, br, zstd' }] });
      assert.equal(await textOf(answer), 'before Bearer [REDACTED] after');
      assert.equal(header(answer, 'content-encoding'), undefined);
    });
  }
  it('streams server-sent events one by one, secret or not', async () => {
    let next: () => void = () => {};
    f.upstream.behave(async (seen, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write('data: one\n\n');
      await new Promise<void>((resolve) => (next = resolve));
      const value = seen.header('authorization')[0]!;
      response.write(`data: ${value.slice(0, 12)}`);
      await sleep(5);
      response.end(`${value.slice(12)}\n\n`);
    });
    const answer = await f.send(get);
    assert.equal(header(answer, 'content-type'), 'text/event-stream');
    const body = (answer.body as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]();
    assert.equal(
      Buffer.from((await body.next()).value as Uint8Array).toString(),
      'data: one\n\n',
      'the first event does not wait for the second',
    );
    next();
    let rest = '';
    for (let step = await body.next(); step.done !== true; step = await body.next())
      rest += Buffer.from(step.value).toString();
    assert.equal(rest, 'data: Bearer [REDACTED]\n\n');
    await sleep(5);
    assert.deepEqual(
      f.ports.written.map(({ outcome }) => outcome),
      ['begun', 'allowed'],
    );
  });
  it('E4 returns listed headers only, and A3 none that opens it to pages, listed or not', async () => {
    f.ports.addCredential({ id: 'c1', responseHeaders: ['access-control-*', 'aivault-*', 'set-cookie'] }, { secret });
    f.upstream.behave((_seen, response) => {
      response.setHeader('set-cookie', ['a=1', 'b=2']);
      response.setHeader('www-authenticate', 'Bearer realm="x"');
      response.setHeader('x-amz-meta-debug', 'y');
      response.setHeader('aivault-error', 'policy_violation');
      response.setHeader('access-control-allow-origin', '*');
      response.setHeader('x-ratelimit-remaining', '9');
      response.setHeader('link', '<https://up.test/2>; rel="next"');
      response.setHeader('content-type', 'text/plain');
      for (let i = 0; i < 200; i++) response.setHeader(`x-debug-${i}`, 'z');
      response.end('ok');
    });
    const answer = await f.send(get);
    assert.deepEqual(answer.headers.map(([name]) => name).sort(), [
      'content-type',
      'date',
      'link',
      'x-ratelimit-remaining',
    ]);
  });
  it('D1 returns a redirect and never follows it', async () => {
    for (const status of [301, 302, 303, 307, 308]) {
      f.upstream.forget();
      f.upstream.behave((_seen, response) => {
        response.writeHead(status, { location: 'https://other.test/elsewhere' });
        response.end();
      });
      const answer = await f.send(get);
      assert.equal(answer.status, status);
      assert.equal(header(answer, 'location'), 'https://other.test/elsewhere');
      assert.equal(f.upstream.requests.length, 1);
    }
  });
  it('gives the upstream’s status, 204 and HEAD without a body', async () => {
    for (const status of [200, 201, 204, 400, 401, 404, 429, 500]) {
      f.upstream.behave((_seen, response) => {
        response.writeHead(status, status === 204 ? {} : { 'content-type': 'text/plain' });
        response.end(status === 204 ? undefined : 'x');
      });
      const answer = await f.send(get);
      assert.equal(answer.status, status);
      assert.equal(answer.refusal, undefined);
      assert.equal(await textOf(answer), status === 204 ? '' : 'x');
    }
  });
  it('returns trailers, searched like everything else', async () => {
    f.upstream.behave((seen, response) => {
      response.writeHead(200, { trailer: 'content-digest, x-secret' });
      response.write('x');
      response.addTrailers({ 'content-digest': seen.header('authorization')[0]!, 'x-secret': '1' });
      response.end();
    });
    const answer = await f.send(get);
    await textOf(answer);
    assert.deepEqual(answer.trailers?.(), [['content-digest', 'Bearer [REDACTED]']]);
  });
  it('P05 S32 replaces listed fields, whatever encoding or range the caller asks for', async () => {
    f.ports.addCapability({ id: 'p1/users', policy: { ...openPolicy, responseBodyBlocklist: ['$.email', ' '] } });
    f.upstream.behave((seen, response) => {
      assert.deepEqual(seen.header('range'), []);
      assert.deepEqual(seen.header('accept-encoding'), []);
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ email: 'a@b.c', name: 'n' }));
    });
    const answer = await f.send({
      ...get,
      headers: [
        { name: 'accept-encoding', value: 'gzip' },
        { name: 'range', value: 'bytes=0-9' },
      ],
    });
    assert.deepEqual(JSON.parse(await textOf(answer)), { email: '[REDACTED]', name: 'n' });
    f.ports.addCapability({ id: 'p1/users' });
  });
  it('G23 refuses an answer that is not JSON where fields are hidden: the caller chooses the type', async () => {
    f.ports.addCapability({ id: 'p1/users', policy: { ...openPolicy, responseBodyBlocklist: ['$.email'] } });
    f.upstream.behave((seen, response) => {
      assert.deepEqual(seen.header('accept-charset'), []);
      response.setHeader('content-type', seen.header('accept')[0]!);
      response.end('<email>a@b.c</email>');
    });
    const headers = (accept: string) => [
      { name: 'accept', value: accept },
      { name: 'accept-charset', value: 'utf-16' },
    ];
    for (const accept of ['application/xml', 'text/csv', 'application/json; charset=utf-16']) {
      const answer = await f.send({ ...get, headers: headers(accept) });
      assert.equal(answer.refusal?.error, 'response_refused', accept);
    }
    f.upstream.behave((_seen, response) => void response.writeHead(204).end());
    assert.equal((await f.send(get)).status, 204);
    f.ports.addCapability({ id: 'p1/users' });
  });
  it('E1 counts every content-encoding header, and unpacks no transfer coding it does not know', async () => {
    f.ports.addCredential({ id: 'c1', refuseUnscannable: true }, { secret });
    f.upstream.behave((seen, response) => {
      response.writeHead(200, ['content-encoding', 'identity', 'content-encoding', 'gzip']);
      response.end(gzipSync(seen.header('authorization')[0]!));
    });
    assert.equal(await textOf(await f.send(get)), 'Bearer [REDACTED]');
    f.upstream.behave((seen, response) => {
      response.socket!.end(
        `HTTP/1.1 200 OK\r\ntransfer-encoding: gzip, chunked\r\n\r\n5\r\n${seen.method}xx\r\n0\r\n\r\n`,
      );
    });
    assert.ok(['response_refused', 'upstream_unreachable'].includes((await f.send(get)).refusal?.error ?? 'passed'));
    f.ports.addCredential({ id: 'c1' }, { secret });
  });
  it('refuses what it cannot search where the credential says so', async () => {
    f.upstream.behave((_seen, response) => {
      response.setHeader('content-encoding', 'dcb');
      response.end('opaque');
    });
    assert.equal(await textOf(await f.send(get)), 'opaque');
    f.ports.addCredential({ id: 'c1', refuseUnscannable: true }, { secret });
    assert.equal((await f.send(get)).refusal?.error, 'response_refused');
    f.upstream.behave((_seen, response) => {
      response.setHeader('content-encoding', 'gzip');
      response.end('this is no gzip');
    });
    await assert.rejects(textOf(await f.send(get)), { code: 'response_refused' });
    f.ports.addCredential({ id: 'c1' }, { secret });
  });
  it('S46 refuses an answer over its limit after exactly one request', async () => {
    f.ports.addCapability({ id: 'p1/users', policy: { ...openPolicy, maxResponseBodyBytes: 10 } });
    for (const chunked of [false, true]) {
      f.upstream.forget();
      f.upstream.behave((_seen, response) => {
        if (!chunked) response.setHeader('content-length', 11);
        response.write('12345');
        response.end('678901');
      });
      const answer = await f.send(get);
      assert.equal(answer.refusal?.error, 'response_refused');
      assert.equal(f.upstream.requests.length, 1);
    }
    f.ports.addCapability({ id: 'p1/users' });
  });
  it('E6 ends a decompression bomb', async () => {
    const bomb = gzipSync(Buffer.alloc(80 * 1024 * 1024));
    f.upstream.behave((_seen, response) => {
      response.setHeader('content-encoding', 'gzip');
      response.end(bomb);
    });
    await assert.rejects(textOf(await f.send(get)), { code: 'response_refused' });
  });
});

describe('broken upstreams, impatient callers', () => {
  let f: Fixture;
  before(async () => {
    f = await startFixture({ names: ['up.test', 'other.name'] });
  });
  after(() => f.close());
  beforeEach(() => {
    f.upstream.forget();
    f.upstream.behave(null);
    f.ports.written.length = 0;
  });
  const last = () => f.ports.written.at(-1)!;

  it('E20 times out in time', async () => {
    f.upstream.behave(async (_seen, response) => {
      await sleep(250);
      response.end('late');
    });
    const started = performance.now();
    const answer = await f.pass({ ...envelopeIncoming(get), timeoutMs: 50 });
    assert.equal(answer.refusal?.error, 'upstream_timeout');
    assert.equal(answer.status, 504);
    assert.ok(performance.now() - started < 2_000);
    assert.equal(last().outcome, 'failed');
    assert.equal(last().facts.code, 'upstream_timeout');
  });
  it('aborts the upstream within 100 ms when the caller goes away, before and within the answer', async () => {
    for (const streaming of [false, true]) {
      f.upstream.forget();
      f.upstream.behave((_seen, response) => {
        if (streaming) response.write('one');
      });
      const caller = new AbortController();
      const answering = f.pass(envelopeIncoming(get), caller.signal);
      if (streaming) {
        const body = ((await answering).body as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]();
        await body.next();
      } else {
        while (f.upstream.requests.length === 0) await sleep(2);
      }
      caller.abort();
      const started = performance.now();
      while (f.upstream.brokenOff === 0) await sleep(2);
      assert.ok(performance.now() - started < 100);
      await sleep(20);
      assert.equal(last().outcome, 'failed', 'and it is written down');
    }
  });
  it('breaks the body off when the upstream dies in the middle', async () => {
    for (const length of [undefined, 200_000]) {
      f.upstream.behave((_seen, response) => {
        response.writeHead(200, length === undefined ? {} : { 'content-length': length });
        response.write('half');
        setTimeout(() => response.destroy(), 10);
      });
      const answer = await f.send(get);
      assert.equal(answer.status, 200);
      await assert.rejects(textOf(answer), { code: 'upstream_unreachable' });
      await sleep(5);
      assert.equal(last().outcome, 'failed');
    }
  });
  it('says upstream_unreachable for a dead port, a wrong name and a rogue certificate', async () => {
    const rogue = await startFakeUpstream();
    const closed = await startFakeUpstream();
    await closed.close();
    const plain = createServer(() => assert.fail('a request was sent in the open')).listen(0, '127.0.0.1');
    await once(plain, 'listening');
    for (const [what, host, { port }, said] of [
      ['a dead port', 'up.test', closed, /cannot be reached/],
      ['a wrong name', 'other.name', f.upstream, /cannot prove who it is\..*a certificate of a public authority/],
      ['a rogue certificate', 'up.test', rogue, /cannot prove who it is\..*a certificate of a public authority/],
      ['plain HTTP', 'up.test', plain.address() as AddressInfo, /does not speak TLS\..*by TLS only/],
    ] as const) {
      const devResolve = new Map([[host, { address: '127.0.0.1', port }]]);
      const ports = createMemoryPorts({ devResolve, devCa: f.upstream.authority.cert });
      ports.addCapability({ id: 'p1/users', hosts: [host] });
      ports.addCredential({ id: 'c1', hosts: [host] }, { secret });
      ports.addToken(testToken);
      const invoke = createInvoke(ports);
      const answer = await invoke(envelopeIncoming(get), new AbortController().signal);
      await invoke.close();
      assert.equal(answer.refusal?.error, 'upstream_unreachable', what);
      assert.match(`${answer.refusal.message} ${answer.refusal.hint}`, said, what);
      assert.ok(!JSON.stringify(answer).includes(secret), what);
    }
    assert.deepEqual([f.upstream.requests.length, rogue.requests.length], [0, 0]);
    await rogue.close();
    plain.close();
  });
  it('I4 refuses to send what cannot be written down', async () => {
    f.ports.auditBroken = true;
    const answer = await f.send(get);
    f.ports.auditBroken = false;
    assert.equal(answer.refusal?.error, 'audit_unavailable');
    assert.equal(answer.status, 503);
    assert.equal(f.upstream.requests.length, 0);
  });
  it('I4 leaves one entry for every exit, with its trace and without a query’s values', async () => {
    await f.send({ method: 'GET', path: '/v1/users/7?password=hunter2' });
    await sleep(5);
    assert.equal(last().outcome, 'allowed');
    assert.equal(last().facts.status, 200);
    assert.equal(last().facts.path, '/v1/users/7');
    assert.equal(last().facts.trace?.length, 10);
    await f.send({ method: 'DELETE', path: '/v1/users' });
    assert.equal(last().outcome, 'refused');
    assert.equal(last().facts.code, 'policy_violation');
    assert.equal(last().facts.trace?.at(-1)?.outcome, 'refused');
    const text = JSON.stringify(f.ports.written);
    assert.ok(!text.includes('hunter2') && !text.includes(secret) && !text.includes(testToken));
  });
  it('I6 writes the beginning of a very long path, and how long it was', async () => {
    await f.send({ method: 'GET', path: `/v1/users/${'a'.repeat(7_990)}` });
    await sleep(5);
    assert.match(last().facts.path ?? '', /^\/v1\/users\/a{1990}… \(8000 characters\)$/);
    assert.equal(f.upstream.requests.at(-1)?.target.length, 8_000, 'what is sent is all of it');
  });
  it('I2 touches no secret for a request that policy refuses', async () => {
    f.ports.revealed.length = 0;
    await f.send({ method: 'DELETE', path: '/v1/users' });
    await f.send({ method: 'GET', path: '/admin' });
    assert.deepEqual(f.ports.revealed, []);
  });
  it('P01 refuses the third of two calls a minute, with retry-after, and sends nothing', async () => {
    f.ports.addCapability({ id: 'p1/users', policy: { ...openPolicy, rateLimitPerMinute: 2 } });
    assert.equal((await f.send(get)).status, 200);
    assert.equal((await f.send(get)).status, 200);
    const third = await f.send(get);
    assert.equal(third.status, 429);
    assert.equal(header(third, 'retry-after'), '30');
    assert.equal(f.upstream.requests.length, 2);
    f.ports.nowMs += 30_000;
    assert.equal((await f.send(get)).status, 200);
    f.ports.addCapability({ id: 'p1/users', policy: { ...openPolicy, rateLimitPerMinute: 0 } });
    assert.equal((await f.send(get)).status, 429);
    f.ports.addCapability({ id: 'p1/users' });
  });
  it('D5 never shares a connection between two credentials', async () => {
    f.ports.addCapability({ id: 'p2/users', provider: 'p2' });
    f.ports.addCredential({ id: 'c2', provider: 'p2' }, { secret: 'second-secret-01' });
    f.ports.addToken(testToken, { capabilities: new Set(['p1/users', 'p2/users']) });
    for (let i = 0; i < 3; i++) {
      await f.send(get);
      await f.send(get, { capability: 'p2/users' });
    }
    const used = (value: string) =>
      new Set(
        f.upstream.requests
          .filter((seen) => seen.header('authorization')[0] === `Bearer ${value}`)
          .map((seen) => seen.connection),
      );
    const [first, second] = [used(secret), used('second-secret-01')];
    assert.ok(first.size > 0 && second.size > 0);
    assert.ok([...first].every((connection) => !second.has(connection)));
  });
  it('streams a large upload and holds its limit on the way', async () => {
    async function* chunks(count: number) {
      for (let i = 0; i < count; i++) yield Buffer.alloc(64 * 1024, 97);
    }
    const upload = (count: number) => f.pass({ ...passThroughIncoming('POST', '/v/c1/v1/users'), body: chunks(count) });
    assert.equal((await upload(64)).status, 200);
    assert.equal(f.upstream.requests[0]?.body.length, 64 * 64 * 1024);
    f.ports.addCapability({ id: 'p1/users', policy: { ...openPolicy, maxRequestBodyBytes: 100_000 } });
    f.upstream.forget();
    assert.equal((await upload(64)).refusal?.error, 'too_large');
    assert.equal(f.upstream.requests.length, 0, 'it never arrived whole');
    f.ports.addCapability({ id: 'p1/users' });
  });
});

describe('where a request may go', () => {
  it('S35 C7 refuses at connect time a name that resolves to a private address, each time anew', async () => {
    let address = '127.0.0.1';
    let asked = 0;
    const lookup = async () => {
      asked += 1;
      return [{ address, family: 4 as const }];
    };
    const f = await startFixture({ names: [], pipeline: { lookup } });
    try {
      for (const bad of ['127.0.0.1', '10.0.0.1', '169.254.169.254', '100.64.0.1', '0.0.0.0']) {
        address = bad;
        const answer = await f.send(get);
        assert.equal(answer.refusal?.error, 'policy_violation', bad);
      }
      assert.equal(f.upstream.requests.length, 0);
      assert.equal(f.upstream.raw.length, 0, 'no connection was opened');
      assert.ok(asked >= 5);
      f.ports.addCredential({ id: 'c1', hosts: [`up.test:${f.upstream.port}`], allowLocal: true }, { secret });
      f.ports.addCapability({ id: 'p1/users', hosts: ['up.test'] });
      address = '127.0.0.1';
      assert.equal((await f.send(get)).status, 200, 'one local service the operator allowed');
      assert.deepEqual(f.upstream.requests[0]?.header('host'), [`up.test:${f.upstream.port}`]);
    } finally {
      await f.close();
    }
  });
});
