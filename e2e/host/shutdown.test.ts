import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type FakeUpstream, startFakeUpstream } from '../fake-upstream.ts';
import { startTestHost, type TestHost } from '../test-host.ts';

// A host that is told to stop lets running calls finish, for as long as it was told, and then is gone.

describe('a host that is told to stop', () => {
  let upstream: FakeUpstream;
  let folder: string | undefined;
  let host: TestHost;
  let token: string;

  const start = async () => {
    const environment = {
      AIVAULT_DEV_RESOLVE: upstream.resolve('api.openai.com'),
      AIVAULT_DEV_CA_CERT_PATH: upstream.authority.certPath,
    };
    host = await startTestHost(folder === undefined ? { environment } : { environment, folder });
    folder = host.folder;
  };
  before(async () => {
    upstream = await startFakeUpstream({ names: ['api.openai.com'] });
    await start();
    await host.call('vault.status', {});
    await host.call('secrets.create', { name: 'OPENAI_API_KEY', value: 'sk-of-a-stopping-host-0123', scope: 'global' });
    ({ token } = await host.call('tokens.mint', { capabilities: ['openai/models'] }));
  });
  after(async () => {
    await host?.close();
    await upstream?.close();
  });

  const call = () => fetch(`${host.baseUrl}/v/openai/v1/models`, { headers: { authorization: `Bearer ${token}` } });
  const arrived = async (count: number) => {
    while (upstream.requests.length < count) await new Promise((resolve) => setTimeout(resolve, 5));
  };
  const ended = async () => {
    for (let i = 0; i < 800; i++) {
      try {
        process.kill(host.pid, 0);
      } catch {
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    assert.fail('the host did not end');
  };

  test('finishes the call that is running, takes no new one, and ends as soon as it is done', async () => {
    upstream.behave((_seen, response) => void setTimeout(() => response.end('{"late":true}'), 700));
    const running = call();
    await arrived(1);
    const told = performance.now();
    assert.equal((await host.call('host.shutdown', { graceMs: 9_000 })).stopping, true);
    await new Promise((resolve) => setTimeout(resolve, 100));
    await assert.rejects(call());
    const answer = await running;
    assert.equal(answer.status, 200);
    assert.deepEqual(await answer.json(), { late: true });
    await ended();
    assert.ok(performance.now() - told < 8_000, 'it did not wait for the whole grace');
    assert.equal(upstream.requests.length, 1);
  });

  test('cuts what is still running when the grace is over, and the log says how it went', async () => {
    await start();
    upstream.forget();
    upstream.behave((_seen, response) => void response.write('endless'));
    const running = call().then((answer) => answer.text());
    running.catch(() => {});
    await arrived(1);
    await host.call('host.shutdown', { graceMs: 200 });
    await assert.rejects(running);
    await ended();
    await start();
    const { entries } = await host.call('audit.list', { kind: 'invoke', limit: 1 });
    assert.ok(['failed', 'unknown'].includes(entries[0]!.outcome), entries[0]!.outcome);
  });
});
