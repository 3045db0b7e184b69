import assert from 'node:assert/strict';
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, describe, test } from 'node:test';
import { openTestCore, type TestCore } from '../core.fixture.ts';

// In a suite of its own: hooks at the top of a file would run for every file of the process.
describe('backup and restore', () => {
  const open: TestCore[] = [];
  afterEach(async () => {
    for (const core of open.splice(0)) await core.close();
  });
  async function newCore(): Promise<TestCore> {
    const core = await openTestCore();
    open.push(core);
    return core;
  }

  const passphrase = 'a backup passphrase';
  const value = 'sk-proj-abcdefghijklmnopqrstuvwx';

  test('a backup of everything, audit included, becomes the same vault elsewhere under a new key', async () => {
    const core = await newCore();
    const file = path.join(core.folder, 'backup.aivault');
    const { secret } = await core.ask('secrets.create', { name: 'OPENAI_API_KEY', value });
    const { id } = await core.ask('tokens.mint', { capabilities: ['openai/models'] });
    await core.ask('policies.set', { capability: 'openai/models', rateLimitPerMinute: 7 });
    const before = await core.ask('audit.list', {});
    const made = await core.ask('backup.create', { path: file, passphrase, includeAudit: true });
    assert.equal(made.secrets, 1);
    assert.equal((await stat(file)).mode & 0o777, 0o600);
    const bytes = await readFile(file);
    assert.ok(!bytes.includes(value) && !bytes.includes('OPENAI_API_KEY'));

    const other = await newCore();
    const status = await other.ask('backup.restore', { path: file, passphrase });
    assert.equal(status.state, 'unlocked');
    assert.notEqual(status.fingerprint, (await core.ask('vault.status', {})).fingerprint);
    assert.equal((await other.ask('secrets.list', {})).secrets[0]?.secretId, secret.secretId);
    assert.equal((await other.ask('tokens.list', {})).tokens[0]?.id, id);
    assert.equal((await other.ask('policies.show', { capability: 'openai/models' })).policy.rateLimitPerMinute, 7);
    const after = await other.ask('audit.list', {});
    assert.deepEqual(after.entries.slice(-before.entries.length), before.entries);
    assert.equal((await other.ask('audit.verify', {})).intact, true);
    await other.reopen();
    assert.equal((await other.ask('audit.verify', {})).intact, true);
  });

  test('C10 a token for so many calls comes back revoked: no backup knows how many it has made since', async () => {
    const core = await newCore();
    const file = path.join(core.folder, 'backup.aivault');
    await core.ask('secrets.create', { name: 'OPENAI_API_KEY', value });
    const counted = await core.ask('tokens.mint', { capabilities: ['openai/models'], maxCalls: 3 });
    const free = await core.ask('tokens.mint', { capabilities: ['openai/models'] });
    await core.ask('backup.create', { path: file, passphrase });
    const other = await newCore();
    await other.ask('backup.restore', { path: file, passphrase });
    const ids = (await other.ask('tokens.list', {})).tokens.map(({ id }) => id);
    assert.deepEqual(ids, [free.id]);
    const { tokens } = await other.ask('tokens.list', { all: true });
    assert.notEqual(tokens.find(({ id }) => id === counted.id)?.revokedAtMs, null);
  });

  /** One whose oldest entries were retired, and where its backup is to go. */
  async function newCoreWithRetiredEntries(): Promise<{ core: TestCore; file: string }> {
    const core = await newCore();
    await core.ask('secrets.create', { name: 'OLD', value });
    await core.reopen();
    core.clock.ms += 86_400_000;
    await core.ask('audit.retire', { beforeMs: core.clock.ms - 3_600_000 });
    return { core, file: path.join(core.folder, 'backup.aivault') };
  }

  test('a backup of a log whose older entries were retired goes on from them elsewhere, hash for hash', async () => {
    const { core, file } = await newCoreWithRetiredEntries();
    const { base } = await core.ask('audit.verify', {});
    const { lines } = await core.ask('audit.export', {});
    await core.ask('backup.create', { path: file, passphrase, includeAudit: true });

    const other = await newCore();
    other.clock.ms = core.clock.ms;
    await other.ask('backup.restore', { path: file, passphrase });
    for (const verdict of [await other.ask('audit.verify', {}), await core.ask('audit.verify', {})]) {
      assert.deepEqual([verdict.intact, verdict.base], [true, base]);
    }
    assert.deepEqual((await other.ask('audit.export', {})).lines.slice(0, lines.length), lines);
    await other.ask('secrets.create', { name: 'LATER', value: `${value}-2` });
    await other.reopen();
    assert.equal((await other.ask('audit.verify', {})).intact, true);
  });

  test('into a log that has entries already it is restored under other numbers, and checks out as well', async () => {
    const { core, file } = await newCoreWithRetiredEntries();
    await core.ask('backup.create', { path: file, passphrase, includeAudit: true });
    const other = await newCore();
    await other.refusal('backup.restore', { path: file, passphrase: 'wrong one' });
    await other.ask('backup.restore', { path: file, passphrase });
    await other.reopen();
    const verdict = await other.ask('audit.verify', {});
    assert.deepEqual([verdict.intact, verdict.base], [true, null]);
    other.clock.ms = core.clock.ms + 86_400_000;
    assert.ok((await other.ask('audit.retire', { beforeMs: core.clock.ms - 3_600_000 })).retired > 0);
    assert.equal((await other.ask('audit.verify', {})).intact, true);
  });

  test('restoring over a vault is refused, a wrong passphrase too, and nothing changes', async () => {
    const core = await newCore();
    const file = path.join(core.folder, 'backup.aivault');
    await core.ask('secrets.create', { name: 'A', value });
    await core.ask('backup.create', { path: file, passphrase });
    assert.equal((await core.refusal('backup.restore', { path: file, passphrase })).code, 'already_exists');
    const other = await newCore();
    assert.equal(
      (await other.refusal('backup.restore', { path: file, passphrase: 'wrong one' })).code,
      'invalid_request',
    );
    assert.equal((await other.refusal('backup.restore', { path: `${file}.not`, passphrase })).code, 'not_found');
    assert.equal((await other.refusal('backup.restore', { path: 'relative', passphrase })).code, 'invalid_request');
    assert.equal(
      (await other.ask('vault.status', {}, { actor: { kind: 'operator', via: 'window' } })).state,
      'missing',
    );
  });

  test('a backup needs presence on a passphrase vault and never overwrites a file', async () => {
    const core = await openTestCore({ choice: { provider: 'passphrase', passphrase: 'open me' } });
    open.push(core);
    await core.ask('vault.status', {});
    const input = { path: path.join(core.folder, 'b.aivault'), passphrase };
    assert.equal((await core.refusal('backup.create', input)).code, 'presence_required');
    const present = { presence: { passphrase: 'open me' } };
    await core.ask('backup.create', input, present);
    assert.equal((await core.refusal('backup.create', input, present)).code, 'already_exists');
    const [entry] = (await core.ask('audit.list', { kind: 'backup.create', outcome: 'done' })).entries;
    assert.equal(entry?.presence, 'passphrase');
  });
});
