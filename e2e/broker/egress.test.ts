import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type Server } from 'node:net';
import { after, before, beforeEach, describe, it } from 'node:test';
import type { Answer } from '#contract/proxied.ts';
import { auth as authSchema } from '#contract/schemas/auth.ts';
import type { Address } from '#core/broker/upstream/resolve.ts';
import { openTestCore } from '#core/core.fixture.ts';
import { type Authority, createAuthority } from '../authority.ts';
import { type FakeUpstream, startFakeUpstream } from '../fake-upstream.ts';
import { type Fixture, secret, startFixture } from './fixture.ts';
import { envelopeIncoming, passThroughIncoming, testToken, textOf } from './memory-ports.ts';

// Where connections go and how long anybody waits for them: one way out for calls, WebSockets and token endpoints.

const get = { method: 'GET', path: '/v1/users' };
const signal = () => new AbortController().signal;

describe('C7 every way out asks where it leads', () => {
  const asked: string[] = [];
  let addresses: readonly Address[] = [];
  let f: Fixture;
  before(async () => {
    const lookup = async (name: string) => {
      asked.push(name);
      return addresses;
    };
    f = await startFixture({ names: [], pipeline: { lookup } });
    f.ports.addCapability({ id: 'oa/users', provider: 'oa' });
    f.ports.addCredential(
      {
        id: 'oa',
        provider: 'oa',
        auth: authSchema.parse({
          kind: 'oauth2',
          grant: 'client_credentials',
          tokenEndpoint: 'https://id.test/token',
        }),
        hosts: ['up.test', 'id.test'],
        secretIds: { secret: 's' },
      },
      { secret: JSON.stringify({ clientId: 'c', clientSecret: 'client-secret-01' }) },
    );
    f.ports.addToken(testToken, { capabilities: new Set(['p1/users', 'oa/users']) });
  });
  after(() => f.close());
  beforeEach(() => {
    asked.length = 0;
  });

  for (const address of ['127.0.0.1', '169.254.169.254', '10.0.0.1', '100.64.0.1']) {
    it(`a call, a token endpoint and a WebSocket do not reach ${address}`, async () => {
      addresses = [{ address, family: 4 }];
      assert.equal((await f.send(get)).refusal?.error, 'policy_violation');
      assert.equal((await f.send(get, { capability: 'oa/users' })).refusal?.error, 'policy_violation');
      const connection = await f.invoke.connect(passThroughIncoming('GET', '/v/c1/v1/users'), signal());
      assert.equal(connection.kind === 'answered' && connection.answer.refusal?.error, 'policy_violation');
      assert.deepEqual(asked, ['up.test', 'id.test', 'up.test']);
      assert.equal(f.upstream.raw.length, 0, 'no connection was opened');
    });
  }

  it('S35 a name that turns private after it was checked is not asked again for that connection', async () => {
    // The first answer is allowed for this credential; whoever asked twice would dial the second.
    let answers = 0;
    const flipping = async () => {
      answers += 1;
      return [{ address: answers === 1 ? '127.0.0.1' : '169.254.169.254', family: 4 as const }];
    };
    const other = await startFixture({ names: [], pipeline: { lookup: flipping } });
    try {
      other.ports.addCredential({ id: 'c1', hosts: [`up.test:${other.upstream.port}`], allowLocal: true }, { secret });
      assert.equal((await other.send(get)).status, 200);
      assert.equal(answers, 1);
    } finally {
      await other.close();
    }
  });
});

describe('--allow-local', () => {
  it('asks for presence where the vault can, and then reaches that one service', async () => {
    const upstream = await startFakeUpstream({ names: ['127.0.0.1'] });
    const core = await openTestCore({
      choice: { provider: 'passphrase', passphrase: 'correct horse' },
      egress: { devResolve: new Map(), devCa: upstream.authority.cert },
      developmentHooksSet: true,
    });
    try {
      const { secret: stored } = await core.ask('secrets.create', { name: 'K', value: secret });
      const host = `127.0.0.1:${upstream.port}`;
      const wish = {
        id: 'c1',
        provider: 'p1',
        secretRef: `vault:secret:${stored.secretId}`,
        auth: { kind: 'header' as const, name: 'authorization', template: 'Bearer {{secret}}' },
        hosts: [host],
      };
      assert.equal((await core.refusal('credentials.create', wish)).code, 'policy_violation');
      const local = { ...wish, allowLocal: true };
      for (const presence of [{}, { presence: { passphrase: 'wrong' } }])
        assert.equal((await core.refusal('credentials.create', local, presence)).code, 'presence_required');
      assert.deepEqual((await core.ask('credentials.list', {})).credentials, []);
      await core.ask('credentials.create', local, { presence: { passphrase: 'correct horse' } });
      const paths = ['/v1/users'];
      await core.ask('capabilities.create', { id: 'p1/users', credential: 'c1', methods: ['GET'], paths });
      const { token } = await core.ask('tokens.mint', { capabilities: ['p1/users'] });
      const answer = await core.core.invoke(envelopeIncoming(get, { token }), signal());
      assert.equal(answer.status, 200, JSON.stringify(answer.refusal));
      assert.deepEqual(upstream.requests[0]?.header('host'), [host]);
    } finally {
      await core.close();
      await upstream.close();
    }
  });
});

describe('a local service at an IPv6 address', () => {
  let authority: Authority;
  let f: Fixture;
  before(async () => {
    authority = createAuthority();
    f = await startFixture({ names: [], upstream: { authority } });
  });
  after(async () => {
    await f.close();
    authority.close();
  });

  /** An upstream on [::1] whose certificate is for these names, as c1 and p1/users know it. */
  async function local(
    names: readonly string[],
  ): Promise<{ upstream: FakeUpstream; host: string; close(): Promise<void> }> {
    const upstream = await startFakeUpstream({ authority, names });
    const door = createServer((socket) => {
      const other = connect(upstream.port, '127.0.0.1');
      socket.on('error', () => other.destroy());
      other.on('error', () => socket.destroy());
      socket.pipe(other).pipe(socket);
    });
    door.listen(0, '::1');
    await once(door, 'listening');
    const host = `[::1]:${(door.address() as { port: number }).port}`;
    f.ports.addCapability({ id: 'p1/users', hosts: [host] });
    f.ports.addCredential({ id: 'c1', hosts: [host], allowLocal: true }, { secret });
    const close = (): Promise<void> => {
      door.close();
      return upstream.close();
    };
    return { upstream, host, close };
  }
  const webSocket = async () => {
    const connection = await f.invoke.connect(passThroughIncoming('GET', '/v/c1/v1/users'), signal());
    assert.equal(connection.kind, 'answered');
    return connection.kind === 'answered' ? (connection.answer.refusal?.error ?? connection.answer.status) : null;
  };

  it('is reached as the operator named it, and only there', async () => {
    const { upstream, host, close } = await local(['::1']);
    const answer = await f.send(get);
    assert.equal(answer.status, 200, JSON.stringify(answer.refusal));
    assert.equal(await webSocket(), 200, 'answered instead of upgraded');
    assert.deepEqual(upstream.requests[0]?.header('host'), [host]);
    f.ports.addCredential({ id: 'c1', hosts: [host] }, { secret });
    assert.equal((await f.send(get)).refusal?.error, 'policy_violation', 'without --allow-local');
    assert.equal(upstream.requests.length, 2);
    await close();
  });
  it('C1 has to show a certificate for that address', async () => {
    for (const name of ['up.test', '127.0.0.1', '::2']) {
      const { upstream, close } = await local([name]);
      assert.equal((await f.send(get)).refusal?.error, 'upstream_unreachable', name);
      assert.equal(await webSocket(), 'upstream_unreachable', name);
      assert.equal(upstream.requests.length, 0);
      await close();
    }
  });
});

describe('E6 deadlines', () => {
  let f: Fixture;
  let mute: Server;
  before(async () => {
    // Takes connections and never says a word: no TLS handshake comes to its end.
    mute = createServer((socket) => socket.on('error', () => {}));
    mute.listen(0, '127.0.0.1');
    await once(mute, 'listening');
    f = await startFixture({ pipeline: { connectWithinMs: 200, silentForMs: 300 } });
  });
  after(async () => {
    await f.close();
    mute.close();
  });
  beforeEach(() => {
    f.upstream.forget();
    f.upstream.behave(null);
  });
  const timed = async (answering: Promise<Answer>): Promise<string | undefined> => {
    const started = performance.now();
    const { refusal } = await answering;
    assert.ok(performance.now() - started < 4_000);
    return refusal?.error;
  };

  it('a name that does not resolve in time', async () => {
    const slow = await startFixture({
      names: [],
      pipeline: { connectWithinMs: 100, lookup: () => new Promise(() => {}) },
    });
    assert.equal(await timed(slow.send(get)), 'upstream_timeout');
    const connection = await slow.invoke.connect(passThroughIncoming('GET', '/v/c1/v1/users'), signal());
    assert.equal(connection.kind === 'answered' && connection.answer.refusal?.error, 'upstream_timeout');
    await slow.close();
  });
  it('a connection that does not come to stand, for a call and for a WebSocket', async () => {
    const { port } = mute.address() as { port: number };
    const silent = await startFixture({
      names: [],
      pipeline: { connectWithinMs: 200, lookup: async () => [{ address: '127.0.0.1', family: 4 }] },
    });
    silent.ports.addCredential({ id: 'c1', hosts: [`up.test:${port}`], allowLocal: true }, { secret });
    assert.equal(await timed(silent.send(get)), 'upstream_timeout');
    const connection = await silent.invoke.connect(passThroughIncoming('GET', '/v/c1/v1/users'), signal());
    assert.equal(connection.kind === 'answered' && connection.answer.refusal?.error, 'upstream_timeout');
    await silent.close();
  });
  it('an upstream that takes the request and says nothing', async () => {
    f.upstream.behave(() => {});
    assert.equal(await timed(f.send(get)), 'upstream_timeout');
    assert.equal(f.upstream.requests.length, 1, 'and is not asked again');
  });
  it('an upstream that falls silent within its answer', async () => {
    f.upstream.behave((_seen, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write('data: 1\n\n');
    });
    const answer = await f.send(get);
    assert.equal(answer.status, 200);
    const started = performance.now();
    await assert.rejects(textOf(answer), { code: 'upstream_timeout' });
    assert.ok(performance.now() - started < 4_000);
    assert.equal(f.upstream.brokenOff, 1, 'its connection is closed');
  });
  it('one that says something now and then is left to it', async () => {
    f.upstream.behave((_seen, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      let said = 0;
      const timer = setInterval(() => {
        response.write(`data: ${++said}\n\n`);
        if (said < 12) return;
        clearInterval(timer);
        response.end();
      }, 150);
    });
    assert.match(await textOf(await f.send(get)), /data: 12\n\n$/);
  });
});
