import assert from 'node:assert/strict';
import { afterEach, describe, test } from 'node:test';
import { openTestCore, type TestCore } from '../core.fixture.ts';
import { createRegistry } from '../providers/catalog.ts';
import { type Provider, provider as providerSchema } from '../providers/schema.ts';

// In a suite of its own: hooks at the top of a file would run for every file of the process.
describe('registry updates', () => {
  // A registry update that widens what a stored secret may reach is held until the operator has looked at it.

  const acme = {
    $schema: './schema.json',
    provider: 'acme',
    name: 'Acme',
    category: 'data',
    docsUrl: 'https://acme.example/docs',
    keysUrl: 'https://acme.example/keys',
    secrets: [{ name: 'ACME_KEY', field: 'secret', label: 'key', example: 'EXAMPLE' }],
    auth: { kind: 'header', name: 'authorization', template: 'Bearer {{secret}}' },
    hosts: ['api.acme.example'],
    capabilities: [
      {
        id: 'acme/items',
        summary: 'Read and write items.',
        methods: ['GET'],
        paths: ['/v1/items', '/v1/items/{id}'],
        exclude: ['/v1/items/keys'],
        effect: 'read',
        example: { method: 'GET', path: '/v1/items' },
      },
    ],
    source: { kind: 'knowledge', checkedOn: '2026-01-01' },
  };
  type Draft = typeof acme;
  const registryOf = (change: (draft: Draft) => void = () => {}) => {
    const draft = structuredClone(acme);
    change(draft);
    return createRegistry([providerSchema.parse(draft) as Provider]);
  };

  let core: TestCore;
  afterEach(() => core.close());

  /** A vault with ACME_KEY stored under the first registry, reopened under a changed one. */
  async function updated(change: (draft: Draft) => void): Promise<void> {
    core = await openTestCore({ registry: registryOf() });
    await core.ask('secrets.create', { name: 'ACME_KEY', value: 'some-value-01' });
    await core.reopen({ registry: registryOf(change) });
  }
  const items = () => core.ask('capabilities.describe', { id: 'acme/items' });
  const held = async () =>
    (await core.ask('registry.review', {})).changes.map(({ capability, change, text }) => [capability, change, text]);

  test('I13 a new method, path and capability and a dropped exclusion wait; accepting lets them through', async () => {
    await updated(({ capabilities }) => {
      capabilities[0]!.methods.push('DELETE');
      capabilities[0]!.paths.push('/v1/admin/**');
      capabilities[0]!.exclude = [];
      capabilities.push({ ...capabilities[0]!, id: 'acme/keys', paths: ['/v1/keys'] });
    });
    assert.deepEqual(await held(), [
      ['acme/items', 'method', 'DELETE'],
      ['acme/items', 'path', '/v1/admin/**'],
      ['acme/items', 'exclusion', '/v1/items/keys'],
      ['acme/keys', 'capability', 'GET, DELETE /v1/keys'],
    ]);
    const before = await items();
    assert.deepEqual(
      [before.methods, before.paths, before.exclude],
      [['GET'], ['/v1/items', '/v1/items/{id}'], ['/v1/items/keys']],
    );
    assert.equal((await core.refusal('capabilities.describe', { id: 'acme/keys' })).code, 'capability_not_found');

    const { accepted } = await core.ask('registry.accept', { provider: 'acme' });
    assert.equal(accepted.length, 4);
    assert.deepEqual((await items()).methods, ['GET', 'DELETE']);
    assert.deepEqual(await held(), []);
    await core.reopen();
  });

  test('I13 another host or another way of sending the secret waits', async () => {
    await updated((draft) => {
      draft.hosts = ['api.evil.example', 'api.acme.example'];
      draft.auth = { ...draft.auth, name: 'x-other' };
    });
    assert.deepEqual(await held(), [
      [null, 'auth', 'how the secret is sent (header)'],
      [null, 'host', 'api.evil.example'],
    ]);
    const [credential] = (await core.ask('credentials.list', {})).credentials;
    assert.deepEqual(credential?.hosts, ['api.acme.example']);
    assert.equal(credential?.auth.kind === 'header' && credential.auth.name, 'authorization');
  });

  test('I13 a pattern that became wider waits, and what was accepted of it goes on working', async () => {
    await updated(({ capabilities }) => {
      capabilities[0]!.paths = ['/v1/**'];
    });
    assert.deepEqual(await held(), [['acme/items', 'path', '/v1/**']]);
    assert.deepEqual((await items()).paths, ['/v1/items', '/v1/items/{id}']);
  });

  test('a pattern that became narrower applies at once, whatever its parameters are called', async () => {
    await updated(({ capabilities }) => {
      capabilities[0]!.paths = ['/v1/items', '/v1/items/item-{number}'];
      capabilities[0]!.exclude = ['/v1/items/{everything}'];
    });
    assert.deepEqual(await held(), []);
    assert.deepEqual((await items()).paths, ['/v1/items', '/v1/items/item-{number}']);
  });

  test('narrowing and new words apply at once', async () => {
    await updated(({ capabilities, secrets }) => {
      capabilities[0]!.paths = ['/v1/items'];
      capabilities[0]!.summary = 'Read items.';
      secrets[0]!.label = 'API key';
    });
    assert.deepEqual(await held(), []);
    const now = await items();
    assert.deepEqual([now.paths, now.summary], [['/v1/items'], 'Read items.']);
  });

  test('a provider without a stored secret is simply the newer one', async () => {
    core = await openTestCore({ registry: registryOf() });
    await core.ask('vault.status', {});
    await core.reopen({ registry: registryOf(({ capabilities }) => capabilities[0]!.methods.push('DELETE')) });
    assert.deepEqual(await held(), []);
    assert.deepEqual((await items()).methods, ['GET', 'DELETE']);
  });

  test('a host the registry takes back is taken from stored credentials at once', async () => {
    const regional = (draft: Draft) => Object.assign(draft, { alternateHosts: ['eu.acme.example'] });
    core = await openTestCore({ registry: registryOf(regional) });
    const { secret } = await core.ask('secrets.create', { name: 'ACME_KEY', value: 'some-value-01' });
    const own = {
      id: 'mine',
      provider: 'acme',
      secretRef: `vault:secret:${secret.secretId}`,
      hosts: ['eu.acme.example'],
    };
    assert.equal((await core.ask('credentials.create', own)).ready, true);
    await core.reopen({ registry: registryOf() });
    const mine = (await core.ask('credentials.list', {})).credentials.find(({ id }) => id === 'mine');
    assert.equal(mine?.ready, false);
  });
});
