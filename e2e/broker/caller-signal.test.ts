import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { dependingOn } from '#core/broker/caller-leaves.ts';
import { type Fixture, startFixture } from './fixture.ts';
import { envelopeIncoming } from './memory-ports.ts';

// One signal stands for a connection and outlives its requests: none of them may stay on it.

describe('the signal of a caller’s connection', () => {
  let f: Fixture;
  before(async () => {
    f = await startFixture();
  });
  after(() => f.close());

  const users = envelopeIncoming({ method: 'GET', path: '/v1/users' });

  it('is left by every request that is over, however it ended', async () => {
    const { signal } = new AbortController();
    const ends: Record<string, () => Promise<unknown>> = {
      'answered whole': async () => assert.equal((await f.pass(users, signal)).status, 200),
      'with a deadline': async () => assert.equal((await f.pass({ ...users, timeoutMs: 60_000 }, signal)).status, 200),
      refused: async () => {
        const { status } = await f.pass(envelopeIncoming({ method: 'DELETE', path: '/v1/users' }), signal);
        assert.equal(status, 403);
      },
      'broken by the upstream': async () => {
        f.upstream.behave((_request, response) => void response.destroy());
        assert.equal((await f.pass(users, signal)).status, 502);
      },
      'streamed to its end': async () => {
        f.upstream.behave((_request, response) => {
          response.write('a');
          response.end('b');
        });
        const { body } = await f.pass(users, signal);
        for await (const chunk of body as AsyncIterable<Uint8Array>) assert.ok(chunk.length > 0);
      },
      'stopped while it streamed': async () => {
        f.upstream.behave((_request, response) => void response.write('a'));
        const { body } = await f.pass(users, signal);
        for await (const chunk of body as AsyncIterable<Uint8Array>) {
          assert.ok(chunk.length > 0);
          break;
        }
      },
    };
    for (const [name, end] of Object.entries(ends)) {
      f.upstream.behave(null);
      for (let n = 0; n < 3; n += 1) await end();
      assert.equal(dependingOn(signal), 0, name);
    }
  });

  it('breaks off all that runs on it and nothing else', async () => {
    f.upstream.behave(() => {});
    const [mine, other] = [new AbortController(), new AbortController()];
    const before = f.upstream.requests.length;
    const broken = [f.pass(users, mine.signal), f.pass({ ...users, timeoutMs: 60_000 }, mine.signal)];
    const left = f.pass(users, other.signal);
    while (f.upstream.requests.length < before + 3) await new Promise((resolve) => setTimeout(resolve, 5));
    mine.abort();
    for (const { status } of await Promise.all(broken)) assert.equal(status, 502);
    assert.deepEqual([dependingOn(mine.signal), dependingOn(other.signal)], [0, 1]);
    assert.equal((await f.pass(users, mine.signal)).status, 502);
    other.abort();
    await left;
    assert.equal(f.upstream.requests.length, before + 3);
  });
});
