import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { inspect } from 'node:util';
import type { Scope } from '#contract/schemas/scope.ts';
import { secretMetadata } from '#contract/schemas/secrets.ts';
import type { SecretRow } from './secret-row.ts';
import type { NewSecret } from './secrets.ts';
import { type OpenedVault, withTempVault } from './vault.fixture.ts';

const value = Buffer.from('S3CRET-value-01');
const workspace: Scope = { workspace: { workspace_id: 'w' } };
const group: Scope = { group: { workspace_id: 'w', group_id: 'g' } };

function insert({ vault, secrets }: OpenedVault, name: string, more: Partial<NewSecret> = {}): Promise<SecretRow> {
  const secret = { name, scope: 'global', value, pinnedProvider: null, hosts: [], ...more } as const;
  return vault.change((tx) => secrets.insert(tx, secret));
}

async function revealed({ secrets }: OpenedVault, secretId: string): Promise<string> {
  const material = secrets.reveal(secretId);
  try {
    return material.use((bytes) => Buffer.from(bytes).toString());
  } finally {
    material.wipe();
  }
}

test('what is stored is revealed, after a restart too, and is nowhere on disk in the clear (V11)', () =>
  withTempVault(async (temp) => {
    const { secretId } = await insert(await temp.create(), 'OPENAI_API_KEY', {
      pinnedProvider: 'openai',
      hosts: ['api.openai.com'],
    });
    const opened = await temp.reopen();
    assert.equal(await revealed(opened, secretId), 'S3CRET-value-01');
    assert.equal(opened.secrets.reveal(secretId).valueVersion, 1);
    await temp.close();
    const disk = readFileSync(temp.file).toString('latin1');
    for (const hidden of ['S3CRET', 'OPENAI', 'openai', value.toString('base64')]) assert.ok(!disk.includes(hidden));
  }));

test('metadata fits the contract and says everything but the value', () =>
  withTempVault(async (temp) => {
    const opened = await temp.create();
    const row = await insert(opened, 'K', { aliases: ['b', 'a', 'a', 'K'], scope: workspace });
    const metadata = opened.secrets.metadata(row, { lastUsedAtMs: 5 });
    assert.deepEqual(secretMetadata.parse(metadata), metadata);
    assert.deepEqual(metadata.aliases, ['a', 'b']);
    assert.equal('pinnedProvider' in metadata, false);
    assert.ok(!JSON.stringify(metadata).includes('sealed'));
  }));

test('a value prints as [secret] however it is printed, and is gone after wipe', () =>
  withTempVault(async (temp) => {
    const opened = await temp.create();
    const material = opened.secrets.reveal((await insert(opened, 'K')).secretId);
    for (const text of [
      String(material),
      JSON.stringify({ material }),
      inspect(material, { showHidden: true, depth: 9 }),
    ]) {
      assert.match(text, /\[secret\]/);
      assert.ok(!text.includes('S3CRET'));
    }
    material.wipe();
    material.use((bytes) => assert.deepEqual(bytes, new Uint8Array(value.length)));
  }));

test('names and aliases are unique together within a scope, and free in another (V13, G33)', () =>
  withTempVault(async (temp) => {
    const opened = await temp.create();
    for (const scope of ['global', workspace, group] as const) await insert(opened, 'K', { scope, aliases: ['alias'] });
    for (const scope of ['global', workspace, group] as const) {
      const taken = { code: 'already_exists' };
      await assert.rejects(insert(opened, 'K', { scope }), taken);
      await assert.rejects(insert(opened, 'alias', { scope }), taken);
      await assert.rejects(insert(opened, 'other', { scope, aliases: ['K'] }), taken);
      await assert.rejects(insert(opened, 'other', { scope, aliases: ['alias'] }), taken);
    }
    assert.equal([...opened.secrets.live()].length, 3);
  }));

test('two secrets of one name in a single change are refused as well', () =>
  withTempVault(async (temp) => {
    const { vault, secrets } = await temp.create();
    const secret = { name: 'K', scope: 'global', value, pinnedProvider: null, hosts: [] } as const;
    const both = vault.change((tx) => [secrets.insert(tx, secret), secrets.insert(tx, secret)]);
    await assert.rejects(both, { code: 'already_exists' });
    assert.equal([...secrets.live()].length, 0);
  }));

test('renaming keeps the value and the id; a taken name is refused, its own alias is not', () =>
  withTempVault(async (temp) => {
    const opened = await temp.create();
    const { vault, secrets } = opened;
    const { secretId } = await insert(opened, 'K', { aliases: ['old'] });
    await insert(opened, 'taken');
    await assert.rejects(
      vault.change((tx) => secrets.rename(tx, secretId, 'taken')),
      { code: 'already_exists' },
    );
    await assert.rejects(
      vault.change((tx) => secrets.setAliases(tx, secretId, ['taken'])),
      { code: 'already_exists' },
    );
    const renamed = await vault.change((tx) => secrets.rename(tx, secretId, 'old'));
    assert.deepEqual([renamed.name, renamed.aliases, renamed.valueVersion], ['old', [], 1]);
    assert.equal(secrets.findByName('old', 'global')?.secretId, secretId);
    assert.equal(secrets.findByName('K', 'global'), undefined);
    assert.equal(secrets.findByName('old', workspace), undefined);
    assert.equal(await revealed(opened, secretId), 'S3CRET-value-01');
  }));

test('rotating replaces the value under a fresh data key and counts up; replacing for the broker does not count', () =>
  withTempVault(async (temp) => {
    const opened = await temp.create();
    const { vault, secrets } = opened;
    const first = await insert(opened, 'K');
    const second = await vault.change((tx) => secrets.rotate(tx, first.secretId, Buffer.from('second')));
    assert.equal(second.valueVersion, 2);
    assert.notEqual(second.value?.dek, first.value?.dek);
    assert.equal(await revealed(opened, first.secretId), 'second');
    const third = await vault.change((tx) => secrets.replaceValue(tx, first.secretId, Buffer.from('third')));
    assert.equal(third.valueVersion, 2);
    assert.equal(await revealed(opened, first.secretId), 'third');
  }));

test('equal values have equal fingerprints, in another vault others', () =>
  withTempVault(async (temp) => {
    const opened = await temp.create();
    const [a, b] = [await insert(opened, 'A'), await insert(opened, 'B')];
    const c = await insert(opened, 'C', { value: Buffer.from('another') });
    assert.match(a.fingerprint, /^[0-9a-f]{16}$/);
    assert.equal(a.fingerprint, b.fingerprint);
    assert.notEqual(a.fingerprint, c.fingerprint);
    await withTempVault(async (other) => {
      assert.notEqual((await insert(await other.create(), 'A')).fingerprint, a.fingerprint);
    });
  }));

test('a deleted secret is a tombstone: no value, no name, no rotation; deleting again is fine (V14, V16)', () =>
  withTempVault(async (temp) => {
    const opened = await temp.create();
    const { vault, secrets } = opened;
    const { secretId } = await insert(opened, 'K', { aliases: ['alias'] });
    const gone = await vault.change((tx) => secrets.remove(tx, secretId));
    assert.ok(gone.revokedAtMs !== null && gone.value === null);
    assert.equal((await vault.change((tx) => secrets.remove(tx, secretId))).revokedAtMs, gone.revokedAtMs);
    assert.throws(() => secrets.reveal(secretId), { code: 'credential_not_found' });
    for (const work of ['rotate', 'replaceValue'] as const) {
      await assert.rejects(
        vault.change((tx) => secrets[work](tx, secretId, value)),
        { code: 'not_found' },
      );
    }
    await assert.rejects(
      vault.change((tx) => secrets.rename(tx, secretId, 'x')),
      { code: 'not_found' },
    );
    assert.equal([...secrets.live()].length, 0);
    const again = await insert(opened, 'K', { aliases: ['alias'] });
    assert.notEqual(again.secretId, secretId);
    assert.ok(secretMetadata.parse(secrets.metadata(gone, { lastUsedAtMs: null })));
  }));

test('groups are attached once and detached again; hosts of a pinned secret cannot be changed', () =>
  withTempVault(async (temp) => {
    const opened = await temp.create();
    const { vault, secrets } = opened;
    const { secretId } = await insert(opened, 'K');
    const place = { workspaceId: 'w', groupId: 'g' };
    for (let n = 0; n < 2; n++) await vault.change((tx) => secrets.attach(tx, secretId, place));
    assert.deepEqual(secrets.get(secretId)?.attachedGroups, [place]);
    for (let n = 0; n < 2; n++) await vault.change((tx) => secrets.detach(tx, secretId, place));
    assert.deepEqual(secrets.get(secretId)?.attachedGroups, []);
    await vault.change((tx) => secrets.setHosts(tx, secretId, ['api.example.com']));
    assert.deepEqual(secrets.get(secretId)?.hosts, ['api.example.com']);
    const pinned = await insert(opened, 'P', { pinnedProvider: 'openai' });
    const widen = vault.change((tx) => secrets.setHosts(tx, pinned.secretId, ['evil.example.com']));
    await assert.rejects(widen, { code: 'policy_violation' });
  }));

test('ids that are no ids reach nothing (S47, G27)', () =>
  withTempVault(async (temp) => {
    const { vault, secrets } = await temp.create();
    for (const id of ['../vault', '', '__proto__', 'constructor']) {
      assert.equal(secrets.get(id), undefined);
      assert.throws(() => secrets.reveal(id), { code: 'credential_not_found' });
      await assert.rejects(
        vault.change((tx) => secrets.rotate(tx, id, value)),
        { code: 'not_found' },
      );
    }
  }));
