import assert from 'node:assert/strict';
import { request } from 'node:http';
import { after, before, describe, test } from 'node:test';
import type { Input } from '#contract/call.ts';
import { isOperationName, type OperationName, operations } from '#contract/operations.ts';
import { startTestHost, type TestHost } from '../test-host.ts';

// The log of a real host: nothing is changed, and no change refused, without an entry. Path secrets have a suite of
// their own (e2e/paths), and calls too (e2e/broker).

describe('the audit log of changes', () => {
  let host: TestHost;
  before(async () => {
    host = await startTestHost();
    await host.call('vault.init', { choice: { provider: 'passphrase', passphrase: 'correct horse battery' } });
  });
  after(() => host?.close());

  const newest = async () => (await host.call('audit.list', { limit: 1 })).entries[0];

  test('every operation that changes something leaves an entry when it is refused', async () => {
    const changing = Object.keys(operations).filter(
      (name): name is OperationName =>
        isOperationName(name) && operations[name].effect === 'write' && !name.startsWith('paths.'),
    );
    assert.ok(changing.length > 20, `${changing.length} operations`);
    for (const name of changing) {
      const answer = await host.client.call(name, { nonsense: true } as never);
      assert.ok(!answer.ok, name);
      const entry = await newest();
      assert.deepEqual(
        [entry?.kind, entry?.outcome, entry?.code, entry?.actor],
        [name, 'refused', answer.error.error, 'operator:cli'],
        name,
      );
    }
  });

  test('I7 a web page, and whoever comes by another name, is in the log: an entry for each second', async () => {
    const { port } = new URL(host.baseUrl);
    const asked = (headers: Record<string, string>) =>
      new Promise<number>((resolve, reject) => {
        const question = request({ port, host: '127.0.0.1', path: '/v/openai/v1/models', headers }, (answer) => {
          answer.resume();
          resolve(answer.statusCode!);
        });
        question.once('error', reject).end();
      });
    for (const [headers, status] of [
      [{ origin: 'https://evil.test' }, 403],
      [{ host: 'evil.test' }, 421],
      [{ origin: 'https://evil.test', connection: 'Upgrade', upgrade: 'websocket' }, 403],
    ] as const) {
      const before = (await host.call('audit.list', { kind: 'invoke', limit: 10 })).entries.length;
      assert.equal(await asked(headers), status);
      await new Promise((resolve) => setTimeout(resolve, 1_100));
      const { entries } = await host.call('audit.list', { kind: 'invoke', limit: 10 });
      assert.equal(entries.length, before + 1, JSON.stringify(headers));
      assert.deepEqual(
        [entries[0]?.actor, entries[0]?.outcome, entries[0]?.code],
        ['stranger', 'refused', 'origin_refused'],
      );
    }
  });

  test('and when it is done, under its own name', async () => {
    const entryOf = async <N extends OperationName>(name: N, input: Input<N>) => {
      const value = await host.call(name, input, { passphrase: 'correct horse battery' });
      const entry = await newest();
      assert.deepEqual([entry?.kind, entry?.outcome], [name, 'done'], name);
      return value;
    };
    const { secret } = await entryOf('secrets.create', { name: 'ACME', value: 'some-value-01' });
    const { secretId } = secret;
    await entryOf('secrets.rotate', { secretId, value: 'some-value-02' });
    await entryOf('secrets.update', { secretId, name: 'ACME2' });
    const secretRef = `vault:secret:${secretId}`;
    const auth = { kind: 'header', name: 'authorization', template: 'Bearer {{secret}}' } as const;
    await entryOf('credentials.create', { id: 'acme', provider: 'acme', secretRef, auth, hosts: ['up.test'] });
    const capability = 'acme/users';
    await entryOf('capabilities.create', { id: capability, credential: 'acme', methods: ['GET'], paths: ['/v1'] });
    await entryOf('policies.set', { capability, rateLimitPerMinute: 5 });
    await entryOf('bindings.set', { capability, secretRef });
    const { id } = await entryOf('tokens.mint', { capabilities: [capability] });
    await entryOf('tokens.revoke', { id });
    await entryOf('capabilities.setEnabled', { id: capability, enabled: false });
    await entryOf('capabilities.delete', { id: capability });
    await entryOf('credentials.delete', { id: 'acme' });
    await entryOf('secrets.delete', { secretId });
    await host.call('vault.lock', {});
    await entryOf('vault.unlock', { passphrase: 'correct horse battery' });
    const { entries } = await host.call('audit.list', { kind: 'vault.lock', outcome: 'done', limit: 1 });
    assert.equal(entries.length, 1);
  });
});
