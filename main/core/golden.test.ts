import assert from 'node:assert/strict';
import { cpSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { openTestCore, type TestCore } from './core.fixture.ts';
import { systemRandom } from './crypto/random.ts';
import { filled } from './filled-core.fixture.ts';
import { type GoldenFacts, goldenFolder, goldenKey } from './golden.fixture.ts';
import { openRowStore } from './store/database.ts';
import { createSecrets } from './vault/secrets.ts';
import { createVault } from './vault/vault.ts';

const environment = { AIVAULT_KEY: goldenKey };
const versions = readdirSync(goldenFolder).sort();

/** A core on a copy of a golden vault. */
async function opened(version: string): Promise<TestCore> {
  const core = await openTestCore({ choice: null, environment });
  await core.core.close();
  for (const name of readdirSync(core.folder)) rmSync(join(core.folder, name), { recursive: true });
  for (const name of ['vault.db', 'audit.db']) cpSync(join(goldenFolder, version, name), join(core.folder, name));
  await core.reopen();
  return core;
}

/** The plain values, which no operation gives. */
async function valuesIn(folder: string, ids: GoldenFacts['ids']): Promise<string[]> {
  const store = await openRowStore(join(folder, 'vault.db'));
  const deps = { store, environment, now: () => 0, randomBytes: systemRandom };
  const places = { defaultKeyFile: join(folder, 'no.key'), stateFolder: join(folder, 'state') };
  const vault = await createVault({ ...deps, ...places });
  const secrets = createSecrets({ vault, now: deps.now, randomBytes: systemRandom });
  await vault.unlock({});
  const values = [ids.openAi, ids.own, ids.bound].map((id) => {
    const material = secrets.reveal(id);
    const text = material.use((bytes) => Buffer.from(bytes).toString());
    material.wipe();
    return text;
  });
  await vault.close();
  await store.close();
  return values;
}

test('there is a golden vault', () => assert.ok(versions.length > 0));

for (const version of versions) {
  suite(`the golden vault of ${version}`, () => {
    const facts = JSON.parse(readFileSync(join(goldenFolder, version, 'facts.json'), 'utf8')) as GoldenFacts;

    test('opens, whole, with every row it ever had', async () => {
      const core = await opened(version);
      try {
        const status = await core.ask('vault.status', {});
        assert.equal(status.state, 'unlocked');
        assert.deepEqual(status.damaged, []);
        assert.equal(status.fingerprint, facts.fingerprint);
        const { secrets } = await core.ask('secrets.list', {});
        assert.deepEqual(secrets.map((each) => each.name).sort(), ['BOUND_KEY', 'OPENAI_API_KEY', 'OWN_KEY']);
        const { capabilities } = await core.ask('capabilities.list', {});
        const ready = (id: string) => capabilities.find((each) => each.id === id)?.ready;
        assert.deepEqual(
          [ready('own/use'), ready('openai/chat-completions'), ready('openai/embeddings')],
          [true, true, false],
        );
        const { policy } = (await core.ask('policies.show', { capability: 'openai/chat-completions' })) as {
          policy: { rateLimitPerMinute: number | null };
        };
        assert.equal(policy.rateLimitPerMinute, 1);
        assert.equal((await core.ask('bindings.list', {})).bindings.length, 1);
        assert.deepEqual(
          (await core.ask('tokens.list', {})).tokens.map((each) => each.name),
          ['kept'],
        );
        const read = await core.ask('paths.read', { path: filled.path });
        assert.deepEqual((read as { data: unknown }).data, filled.pathData);
        await core.ask('vault.rotateMaster', { newKey: '61'.repeat(32) });
      } finally {
        await core.close();
      }
    });

    test('has an audit log that verifies', async () => {
      const core = await opened(version);
      try {
        const verdict = await core.ask('audit.verify', {});
        assert.ok(verdict.intact);
        assert.ok(verdict.entries >= facts.auditEntries);
      } finally {
        await core.close();
      }
    });

    test('still gives its values to the broker', async () => {
      const core = await opened(version);
      await core.core.close();
      const expected = [filled.openAiKey, filled.ownKey, filled.boundKey];
      assert.deepEqual(await valuesIn(core.folder, facts.ids), expected);
      rmSync(core.folder, { recursive: true });
    });

    test('has a backup that restores', async () => {
      const core = await openTestCore({ choice: null, environment });
      try {
        const path = join(goldenFolder, version, 'vault.backup');
        const choice = { provider: 'env', variable: 'AIVAULT_KEY' } as const;
        await core.ask('backup.restore', { path, passphrase: filled.backupPassphrase, choice });
        assert.equal((await core.ask('vault.status', {})).state, 'unlocked');
        assert.equal((await core.ask('secrets.list', {})).secrets.length, 3);
        await core.core.close();
        assert.deepEqual(await valuesIn(core.folder, facts.ids), [filled.openAiKey, filled.ownKey, filled.boundKey]);
      } finally {
        rmSync(core.folder, { recursive: true });
      }
    });
  });
}
