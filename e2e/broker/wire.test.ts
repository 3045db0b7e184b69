import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import type { Answer } from '#contract/proxied.ts';
import { auth as authSchema } from '#contract/schemas/auth.ts';
import { strategyOf } from '#core/broker/auth/strategies.ts';
import { registry } from '#core/providers/load.ts';
import { type Fixture, secret, startFixture } from './fixture.ts';
import { passThroughIncoming, testToken, textOf } from './memory-ports.ts';

// What happens on the way to an upstream and back that is neither a header nor a path: redirects, keys in addresses,
// hints ahead of an answer, bodies nobody takes, rates of several tokens.

const get = { method: 'GET', path: '/v1/users' };
const location = (answer: Answer) => answer.headers.find(([name]) => name === 'location')?.[1];
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const everythingOf = async (answer: Answer) =>
  JSON.stringify([answer.statusText, answer.headers, answer.refusal, answer.planned]) + (await textOf(answer));

describe('on the wire', () => {
  let f: Fixture;
  before(async () => {
    // A second name of the same server: following a redirect would be seen there.
    f = await startFixture({ names: ['up.test', 'other.test'] });
    f.ports.addCapability({ id: 'q1/users', provider: 'q1' });
    f.ports.addCredential(
      { id: 'q1', provider: 'q1', auth: { kind: 'query', name: 'key', template: '{{secret}}' } },
      { secret },
    );
    f.ports.addCapability({ id: 'tg/users', provider: 'tg' });
    f.ports.addCredential({ id: 'tg', provider: 'tg', auth: { kind: 'path', prefix: '/bot{{secret}}' } }, { secret });
    f.ports.addToken(testToken, { capabilities: new Set(['p1/users', 'q1/users', 'tg/users']) });
  });
  after(() => f.close());
  beforeEach(() => {
    f.upstream.forget();
    f.upstream.behave(null);
    f.ports.written.length = 0;
  });

  for (const status of [301, 302, 303, 307, 308]) {
    it(`D1 a ${status} is returned wherever it leads, to the same host too, and asked for nowhere`, async () => {
      for (const target of [
        '/v1/users/elsewhere',
        'https://up.test/v1/users/2',
        'https://up.test:8443/v1/users',
        'http://up.test/v1/users',
        'https://a.up.test/',
        'https://other.test/v1/users',
        '//other.test/',
      ]) {
        f.upstream.forget();
        f.upstream.behave((_seen, response) => void response.writeHead(status, { location: target }).end());
        const answer = await f.send({ method: 'POST', path: '/v1/users', body: 'x' });
        assert.equal(answer.status, status);
        assert.equal(location(answer), target);
        await sleep(2);
        assert.equal(f.upstream.requests.length, 1, target);
      }
    });
  }
  it('D1 a page that refreshes itself is a page', async () => {
    f.upstream.behave((_seen, response) => {
      response.writeHead(200, { 'content-type': 'text/html', refresh: '0; url=https://other.test/' });
      response.end('<meta http-equiv="refresh" content="0;url=https://other.test/">');
    });
    const answer = await f.send(get);
    assert.ok(!answer.headers.some(([name]) => name === 'refresh'));
    assert.match(await textOf(answer), /^<meta/);
    assert.equal(f.upstream.requests.length, 1);
  });

  for (const capability of ['q1/users', 'tg/users']) {
    it(`D1 D2 ${capability}: a key in the address shows in no redirect, echo or failure`, async () => {
      const clean = async (answer: Answer) => assert.ok(!(await everythingOf(answer)).includes(secret));
      f.upstream.behave((seen, response) => {
        response.writeHead(302, { location: `https://up.test${seen.target}`, 'content-location': seen.target });
        response.end(`<a href="${seen.target}">`);
      });
      const moved = await f.send(get, { capability });
      assert.match(location(moved) ?? '', /REDACTED/);
      await clean(moved);
      f.upstream.behave((seen, response) => void response.writeHead(404).end(`no ${seen.target} here`));
      await clean(await f.send(get, { capability }));
      f.upstream.behave((_seen, response) => void response.destroy());
      const dropped = await f.send(get, { capability });
      assert.equal(dropped.refusal?.error, 'upstream_unreachable');
      await clean(dropped);
      f.upstream.behave(() => {});
      const incoming = passThroughIncoming('GET', `/v/${capability.split('/')[0]}/v1/users`);
      const late = await f.pass({ ...incoming, timeoutMs: 50 });
      assert.equal(late.refusal?.error, 'upstream_timeout');
      await clean(late);
      const provider = capability.split('/')[0]!;
      const { auth } = f.ports.credentials.get(provider)!;
      for (const name of ['wrong-name.example', 'nowhere.invalid']) {
        f.ports.addCapability({ id: capability, provider, hosts: [name] });
        f.ports.addCredential({ id: provider, provider, auth, hosts: [name] }, { secret });
        await clean(await f.send(get, { capability }));
      }
      f.ports.addCapability({ id: capability, provider });
      f.ports.addCredential({ id: provider, provider, auth }, { secret });
      await sleep(5);
      assert.ok(!JSON.stringify(f.ports.written).includes(secret));
    });
  }

  it('E1 hints ahead of the answer are not passed on', async () => {
    f.upstream.behave((seen, response) => {
      response.writeEarlyHints({ link: `</x?${seen.header('authorization')[0]!.slice(7)}>; rel=preload` });
      response.writeContinue();
      response.end('ok');
    });
    const answer = await f.send(get);
    assert.ok(!(await everythingOf(answer)).includes(secret));
    assert.ok(!answer.headers.some(([name]) => name === 'link'));
  });

  it('E6 an upstream that does not take a body stops whoever sends it', async () => {
    let asked = 0;
    async function* endless() {
      for (;;) {
        asked += 1;
        yield Buffer.alloc(64 * 1024);
      }
    }
    f.upstream.onRequestHead((message) => void message.pause());
    const caller = new AbortController();
    const answering = f.pass({ ...passThroughIncoming('POST', '/v/c1/v1/users'), body: endless() }, caller.signal);
    await sleep(400);
    const soon = asked;
    await sleep(400);
    assert.equal(asked, soon, 'nothing more is taken from the caller');
    assert.ok(asked < 512, `${asked} pieces of 64 KiB are under way`);
    caller.abort();
    await answering;
    f.upstream.onRequestHead(null);
  });

  it('I6 P01 each token has its own bucket, each capability too', async () => {
    const policy = { ...f.ports.capabilities.get('p1/users')!.policy, rateLimitPerMinute: 1 };
    f.ports.addCapability({ id: 'p1/users', policy });
    f.ports.addCapability({ id: 'p1/other', paths: ['/v1/other'], policy });
    const capabilities = new Set(['p1/users', 'p1/other']);
    const [one, two] = ['avp_bucket-one-00000000000000000', 'avp_bucket-two-00000000000000000'];
    f.ports.addToken(one, { tokenId: 'tok_1', capabilities });
    f.ports.addToken(two, { tokenId: 'tok_2', capabilities });
    const users = async (token: string) => (await f.send(get, { token })).status;
    const other = async (token: string) =>
      (await f.send({ method: 'GET', path: '/v1/other' }, { token, capability: 'p1/other' })).status;
    assert.deepEqual([await users(one), await users(one)], [200, 429]);
    assert.equal(await users(two), 200, 'another token');
    assert.equal(await other(one), 200, 'another capability');
    assert.deepEqual([await users(two), await other(one)], [429, 429]);
    f.ports.addCapability({ id: 'p1/users' });
  });
});

describe('C8 for every provider of the registry', () => {
  let f: Fixture;
  before(async () => {
    f = await startFixture();
  });
  after(() => f.close());

  it('the caller’s own value where the broker puts the key is refused, and no secret is touched for it', async () => {
    let tried = 0;
    for (const { provider, auth: stored } of registry().providers) {
      const auth = authSchema.parse(stored);
      const strategy = strategyOf(auth);
      f.ports.addCapability({ id: `${provider}/x`, provider, paths: ['/**'] });
      f.ports.addCredential({ id: provider, provider, auth }, { secret });
      f.ports.addToken(testToken, { capabilities: new Set([`${provider}/x`]) });
      f.ports.revealed.length = 0;
      const refused = async (request: object, what: string) => {
        tried += 1;
        const answer = await f.send({ method: 'GET', path: '/a', ...request }, { capability: `${provider}/x` });
        assert.equal(answer.refusal?.error, 'policy_violation', `${provider}: ${what}`);
      };
      for (const name of [...strategy.ownedHeaders(auth), 'authorization', 'cookie', 'x-api-key']) {
        for (const spelled of [name, name.toUpperCase(), name.replaceAll('-', '_')])
          await refused({ headers: [{ name: spelled, value: 'mine' }] }, spelled);
      }
      for (const name of strategy.ownedQuery(auth)) {
        for (const spelled of [name, name.toUpperCase(), `%${name.charCodeAt(0).toString(16)}${name.slice(1)}`])
          await refused({ path: `/a?${spelled}=mine` }, spelled);
      }
      const prefix = strategy.ownedPath(auth);
      if (prefix !== null) await refused({ path: `${prefix}mine/a` }, prefix);
      assert.deepEqual(f.ports.revealed, [], provider);
    }
    assert.ok(tried > 2_000, String(tried));
    assert.equal(f.upstream.requests.length, 0);
  });
});
