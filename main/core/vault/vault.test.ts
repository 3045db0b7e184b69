import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { systemRandom } from '../crypto/random.ts';
import { openRowStore } from '../store/database.ts';
import { createSecrets } from './secrets.ts';
import { createVault } from './vault.ts';

test('smoke', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'aivault-'));
  const store = await openRowStore(join(folder, 'vault', 'vault.db'));
  const deps = {
    store,
    defaultKeyFile: join(folder, 'keys', 'kek.key'),
    stateFolder: join(folder, 'state'),
    environment: {},
    now: () => Date.now(),
    randomBytes: systemRandom,
  };
  const vault = await createVault(deps);
  assert.equal(vault.facts().state, 'missing');
  await vault.init({ provider: 'file' }, { development: false });
  const secrets = createSecrets({ vault, now: deps.now, randomBytes: systemRandom });
  const value = Buffer.from('hello-secret');
  const row = await vault.change((tx) =>
    secrets.insert(tx, { name: 'A', scope: 'global', value, pinnedProvider: null, hosts: [] }),
  );
  assert.ok(secrets.valueEquals(row.secretId, value));
  const t = performance.now();
  for (let i = 0; i < 200; i++) {
    await vault.change((tx) =>
      secrets.insert(tx, { name: `B${i}`, scope: 'global', value, pinnedProvider: null, hosts: [] }),
    );
  }
  console.log('per insert', (performance.now() - t) / 200);
  await vault.rotateMaster({});
  assert.ok(secrets.valueEquals(row.secretId, value));
  vault.lock();
  assert.equal(vault.facts().state, 'locked');
  await vault.unlock({});
  console.log(vault.facts());
  assert.ok(secrets.valueEquals(row.secretId, value));
  await vault.close();
  await store.close();
  await rm(folder, { recursive: true });
});
