import assert from 'node:assert/strict';
import { chmod, mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, describe, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import type { Actor } from '#contract/call.ts';
import type { OperationName } from '#contract/operations.ts';
import { operations } from '#contract/operations.ts';
import { openTestCore, type TestCore } from '../core.fixture.ts';

// In a suite of its own: hooks at the top of a file would run for every file of the process.
describe('the vault through dispatch', () => {
  const open: TestCore[] = [];
  afterEach(async () => {
    for (const core of open.splice(0)) await core.close();
  });

  async function newCore(options: Parameters<typeof openTestCore>[0] = {}): Promise<TestCore> {
    const core = await openTestCore(options);
    open.push(core);
    return core;
  }

  const passphrase = 'correct horse battery';
  const withPassphrase = { choice: { provider: 'passphrase', passphrase } as const };
  const window: Actor = { kind: 'operator', via: 'window' };

  test('V01 the CLI’s first question creates a file vault with a 64-digit fingerprint', async () => {
    const core = await newCore();
    const status = await core.ask('vault.status', {});
    assert.equal(status.state, 'unlocked');
    assert.equal(status.keyProvider, 'file');
    assert.match(status.fingerprint ?? '', /^[0-9a-f]{64}$/);
  });

  test('the window and the console are asked first: their questions create nothing', async () => {
    const core = await newCore();
    for (const via of ['window', 'console', 'host'] as const) {
      const status = await core.ask('vault.status', {}, { actor: { kind: 'operator', via } });
      assert.equal(status.state, 'missing');
    }
    assert.equal((await core.refusal('secrets.list', {}, { actor: window })).code, 'vault_missing');
  });

  test('two first questions at once create one vault', async () => {
    const core = await newCore();
    const [a, b] = await Promise.all([core.ask('vault.status', {}), core.ask('secrets.list', {})]);
    assert.equal(a.state, 'unlocked');
    assert.deepEqual(b.secrets, []);
    assert.equal((await core.ask('audit.list', { kind: 'vault.init' })).entries.length, 1);
  });

  test('V02, G6 init with a passphrase on an empty folder makes that vault and no key file', async () => {
    const core = await newCore();
    const status = await core.ask('vault.init', { choice: { provider: 'passphrase', passphrase } });
    assert.equal(status.keyProvider, 'passphrase');
    assert.deepEqual(await readdir(path.join(core.folder, 'keys')).catch(() => []), []);
  });

  test('G6 init on an existing vault is refused, says so, and changes nothing', async () => {
    const core = await newCore();
    const before = await core.ask('vault.status', {});
    const refusal = await core.refusal('vault.init', { choice: { provider: 'passphrase', passphrase } });
    assert.equal(refusal.code, 'already_exists');
    assert.match(refusal.message, /not touched/);
    assert.equal((await core.ask('vault.status', {})).fingerprint, before.fingerprint);
  });

  test('G7, V04 unlocking lives in the host: until lock every question is answered, then none', async () => {
    const core = await newCore(withPassphrase);
    await core.ask('secrets.create', { name: 'A', value: 'some-value' });
    await core.ask('vault.lock', {});
    assert.equal((await core.refusal('secrets.list', {})).code, 'vault_locked');
    await core.ask('vault.unlock', { passphrase });
    assert.equal((await core.ask('secrets.list', {})).secrets.length, 1);
    await core.reopen();
    assert.equal((await core.ask('vault.status', {})).state, 'locked', 'a new host starts locked');
  });

  // A row that is not here is refused; one that joins is a decision (DECISIONS 40).
  const answersLocked = ['host.shutdown', 'vault.status', 'vault.unlock'];

  test('I10 locked means locked: each row of the table is refused with what to do, or on the short list', async () => {
    const core = await newCore({ ...withPassphrase, openConsole: async () => ({ baseUrl: 'x', redirectFile: 'x' }) });
    await core.ask('vault.status', {});
    await core.ask('vault.lock', {});
    const answered: string[] = [];
    for (const name of (Object.keys(operations) as OperationName[]).sort()) {
      const result = await core.raw(name, name === 'vault.unlock' ? { passphrase } : {});
      if (result.ok) {
        answered.push(name);
        if (name === 'vault.unlock') await core.ask('vault.lock', {});
        continue;
      }
      assert.equal(result.error.error, 'vault_locked', name);
      assert.match(result.error.hint ?? '', /`aivault unlock`/, name);
    }
    assert.deepEqual(answered, answersLocked);
    const answer = await core.core.invoke(
      {
        door: 'envelope',
        caller: { kind: 'bearer' },
        method: 'POST',
        target: '/aivault/proxy',
        headers: [['authorization', `Bearer avp_${'a'.repeat(43)}`]],
        body: new TextEncoder().encode('{}'),
      },
      new AbortController().signal,
    );
    assert.equal(answer.refusal?.error, 'vault_locked');
    assert.equal(answer.status, 423);
  });

  test('locked, whoever asks is refused: window, console and the host itself as much as the CLI', async () => {
    const core = await newCore(withPassphrase);
    await core.ask('vault.status', {});
    await core.ask('vault.lock', {});
    for (const via of ['cli', 'window', 'console', 'host'] as const) {
      for (const name of ['settings.show', 'providers.list', 'endpoint.setPaused', 'secrets.list'] as const) {
        const { code } = await core.refusal(name, {}, { actor: { kind: 'operator', via } });
        assert.equal(code, 'vault_locked', `${via}: ${name}`);
      }
    }
  });

  test('where there is no vault, what needs none answers: init and restore, settings, the registry', async () => {
    const core = await newCore();
    const asked = { actor: window };
    assert.ok((await core.ask('providers.list', {}, asked)).providers.length > 0);
    assert.equal((await core.ask('settings.show', {}, asked)).appearance, 'system');
    assert.equal((await core.ask('endpoint.setPaused', { paused: false }, asked)).state, 'missing');
    const restore = { path: '/nowhere/at-all', passphrase: 'x' };
    assert.equal((await core.refusal('backup.restore', restore, asked)).code, 'not_found');
    assert.equal((await core.ask('vault.init', { choice: { provider: 'file' } }, asked)).state, 'unlocked');
  });

  test('a key file without its folder is refused: the host would look for it in a folder of its own', async () => {
    const core = await newCore({ defaultChoice: null });
    for (const path of ['my.key', './keys/my.key', 'C:my.key']) {
      const { code, message } = await core.refusal('vault.init', { choice: { provider: 'file', path } });
      assert.deepEqual([code, /an absolute path/.test(message)], ['invalid_request', true], path);
    }
  });

  test('where the log knows of a vault whose database is gone, none is made unasked; init by name makes one', async () => {
    const core = await newCore();
    await core.refusal('vault.init', { choice: { provider: 'env', variable: 'NOWHERE' } });
    assert.equal((await core.ask('vault.status', {})).state, 'unlocked', 'a refused init is no vault that was here');
    await core.ask('secrets.create', { name: 'A', value: 'some-value' });
    for (const end of ['', '-wal', '-shm']) await rm(path.join(core.folder, `vault.db${end}`), { force: true });
    await core.reopen();
    const { state, warnings } = await core.ask('vault.status', {});
    assert.equal(state, 'missing');
    assert.match(warnings.join(), /There was a vault here, and its database is gone/);
    const { code, hint } = await core.refusal('secrets.list', {});
    assert.equal(code, 'vault_missing');
    assert.match(hint ?? '', /Put vault\.db back.*`aivault init`/);
    assert.equal((await core.ask('vault.init', { choice: { provider: 'file' } })).state, 'unlocked');
    assert.deepEqual((await core.ask('secrets.list', {})).secrets, []);
  });

  test('G6 init and restore over a locked vault change nothing and say how to unlock it or to start anew', async () => {
    const core = await newCore(withPassphrase);
    const before = await core.ask('vault.status', {});
    await core.ask('vault.lock', {});
    for (const [name, input] of [
      ['vault.init', { choice: { provider: 'file' } }],
      ['backup.restore', { path: '/nowhere', passphrase: 'x' }],
    ] as const) {
      const { code, message, hint } = await core.refusal(name, input);
      assert.equal(code, 'vault_locked');
      assert.match(message, /not touched/);
      assert.match(hint ?? '', /aivault unlock.*move its folder away/);
    }
    const after = await core.ask('vault.status', {});
    assert.deepEqual([after.state, after.fingerprint, after.keyProvider], ['locked', before.fingerprint, 'passphrase']);
  });

  test('V05, G58 wrong passphrases are refused, audited and slowed down', async () => {
    const core = await newCore(withPassphrase);
    await core.ask('vault.status', {});
    await core.ask('vault.lock', {});
    const codes: string[] = [];
    for (let i = 0; i < 6; i++) codes.push((await core.refusal('vault.unlock', { passphrase: 'wrong' })).code);
    assert.equal(codes[0], 'vault_locked');
    assert.ok(codes.includes('rate_limited'));
    core.clock.ms += 60 * 60 * 1000;
    await core.ask('vault.unlock', { passphrase });
    const { entries } = await core.ask('audit.list', { kind: 'vault.unlock', outcome: 'refused' });
    assert.equal(entries.length, 6);
    assert.ok(!JSON.stringify(entries).includes('wrong'));
  });

  test('V05 a wrong passphrase is not called right because the vault is open: it is refused, audited and counted', async () => {
    const core = await newCore(withPassphrase);
    await core.ask('vault.status', {});
    const codes: string[] = [];
    for (let i = 0; i < 5; i++) codes.push((await core.refusal('vault.unlock', { passphrase: 'wrong' })).code);
    assert.equal(codes[0], 'presence_required');
    assert.equal(codes.at(-1), 'rate_limited');
    assert.equal((await core.ask('vault.status', {})).state, 'unlocked');
    const { entries } = await core.ask('audit.list', { kind: 'vault.unlock', outcome: 'refused' });
    assert.equal(entries.length, 5);
    core.clock.ms += 60 * 60 * 1000;
    await core.ask('vault.unlock', { passphrase });
    await core.ask('vault.unlock', { acceptRollback: true });
    await core.ask('vault.lock', {});
    await core.ask('vault.unlock', { passphrase, acceptRollback: true });
    const done = (await core.ask('audit.list', { kind: 'vault.unlock', outcome: 'done' })).entries;
    assert.deepEqual(
      [done.length, done.filter(({ note }) => note !== undefined).length],
      [3, 0],
      'nothing was accepted',
    );
  });

  test('presence: a passphrase vault asks for it again; the window’s word counts only from the window', async () => {
    const core = await newCore(withPassphrase);
    await core.ask('vault.status', {});
    const ask = (presence?: object, actor?: Actor) =>
      core.raw(
        'vault.rotateMaster',
        {},
        { ...(presence === undefined ? {} : { presence }), ...(actor === undefined ? {} : { actor }) },
      );
    for (const [presence, actor] of [
      [undefined, undefined],
      [{ passphrase: 'wrong' }, undefined],
      [{ confirmed: true }, undefined],
      [undefined, window],
    ] as const) {
      const result = await ask(presence, actor);
      assert.equal(result.ok ? '' : result.error.error, 'presence_required');
    }
    const { entries } = await core.ask('audit.list', { kind: 'vault.rotateMaster' });
    assert.deepEqual(
      entries.map(({ code }) => code),
      Array(4).fill('presence_required'),
    );
  });

  test('V07 rotate-master on a key file leaves everything readable, and the log says there was no proof', async () => {
    const core = await newCore();
    await core.ask('secrets.create', { name: 'OPENAI_API_KEY', value: 'sk-proj-abcdefghijklmnopqrstuvwx' });
    const before = await core.ask('vault.status', {});
    const after = await core.ask('vault.rotateMaster', {});
    assert.notEqual(after.fingerprint, before.fingerprint);
    await core.reopen();
    assert.equal((await core.ask('secrets.list', {})).secrets[0]?.name, 'OPENAI_API_KEY');
    assert.deepEqual(await core.ask('audit.verify', {}), {
      intact: true,
      entries: (await core.ask('audit.list', {})).entries.length,
      break: null,
      base: null,
    });
    const [entry] = (await core.ask('audit.list', { kind: 'vault.rotateMaster' })).entries;
    assert.equal(entry?.presence, 'none');
  });

  test('V10 rotating with text that is no key is refused and changes nothing', async () => {
    const core = await newCore();
    const before = await core.ask('vault.status', {});
    for (const newKey of ['garbage', '', 'ab'.repeat(31), 'A'.repeat(44)]) {
      const refusal = await core.refusal('vault.rotateMaster', { newKey });
      assert.equal(refusal.code, 'invalid_request', newKey);
    }
    assert.equal((await core.ask('vault.status', {})).fingerprint, before.fingerprint);
  });

  test('V11, G57 files are 0600 and folders 0700, and doctor names what drifted', async () => {
    const core = await newCore();
    await core.ask('secrets.create', { name: 'A', value: 'some-value' });
    for (const file of ['vault.db', 'audit.db', 'keys/kek.key']) {
      assert.equal((await stat(path.join(core.folder, file))).mode & 0o777, 0o600, file);
    }
    const fine = (await core.ask('host.doctor', {})).checks.find(({ id }) => id === 'permissions');
    assert.equal(fine?.state, 'ok');
    await chmod(path.join(core.folder, 'audit.db'), 0o644);
    const drifted = (await core.ask('host.doctor', {})).checks.find(({ id }) => id === 'permissions');
    assert.equal(drifted?.state, 'broken');
    assert.match(drifted?.next ?? '', /^chmod 600 '.*audit\.db'$/);
    await core.reopen();
    const { warnings } = await core.ask('vault.status', {});
    assert.ok(warnings.some((text) => text.startsWith('At start: Others can reach') && text.includes('audit.db')));
  });

  test('V17, G34 files that something left beside the vault are ignored everywhere', async () => {
    const core = await newCore();
    const { secret } = await core.ask('secrets.create', { name: 'A', value: 'some-value' });
    for (const name of ['vault.db.tmp', `${secret.secretId}.json.tmp.12.x`, 'audit.db.new', 'zzz.txt']) {
      await writeFile(path.join(core.folder, name), '{"name":"A"}');
    }
    await core.reopen();
    assert.equal((await core.ask('secrets.list', {})).secrets.length, 1);
    assert.equal((await core.ask('vault.rotateMaster', {})).state, 'unlocked');
    assert.equal((await core.ask('audit.verify', {})).intact, true);
    await core.ask('secrets.delete', { secretId: secret.secretId });
    await core.ask('secrets.create', { name: 'A', value: 'some-value' });
  });

  test('a key that is gone, so that the vault does not open, is told by its status with what to do, until it opens', async () => {
    const core = await newCore();
    const found = async (id: string) => (await core.ask('host.doctor', {})).checks.find((check) => check.id === id)!;
    await core.ask('vault.status', {});
    assert.equal((await found('integrity')).state, 'ok');
    const key = path.join(core.folder, 'keys', 'kek.key');
    await rename(key, `${key}.away`);
    await core.reopen();
    const { state, trouble } = await core.ask('vault.status', {});
    assert.equal(state, 'locked');
    assert.match(trouble?.message ?? '', /kek\.key is not there/);
    assert.match(trouble?.hint ?? '', /Put the key file back/);
    await rename(`${key}.away`, key);
    assert.equal((await core.ask('vault.unlock', {})).trouble, null);
    assert.notEqual((await found('custody')).state, 'broken');
    assert.equal((await found('integrity')).state, 'ok');
  });

  test('a locked passphrase vault is no trouble, before and after a wrong passphrase', async () => {
    const core = await newCore(withPassphrase);
    await core.ask('vault.status', {});
    await core.ask('vault.lock', {});
    assert.equal((await core.ask('vault.status', {})).trouble, null);
    await core.refusal('vault.unlock', { passphrase: 'wrong' });
    assert.equal((await core.ask('vault.status', {})).trouble, null);
  });

  test('doctor says of each warning what mends it: another key provider is no help where the anchor cannot be written', async () => {
    const core = await newCore();
    await core.ask('secrets.create', { name: 'A', value: 'some-value' });
    const anchor = path.join(core.folder, 'keys', 'kek.key.anchor');
    await rm(anchor, { force: true });
    await mkdir(anchor);
    await core.ask('secrets.create', { name: 'B', value: 'some-value' });
    const next = async (words: RegExp) =>
      (await core.ask('host.doctor', {})).checks.find(({ text }) => words.test(text))?.next;
    const anchorWarning = /anchor against rollback cannot be written/;
    // It is written a moment after the change.
    for (let tries = 0; tries < 100 && (await next(anchorWarning)) === undefined; tries++) await wait(20);
    assert.match((await next(anchorWarning)) ?? '', /free space/);
    assert.equal(await next(/is operator/), 'aivault rotate-master --provider passphrase');
  });

  test('a clock before the newest entry is found by doctor', async () => {
    const core = await newCore();
    await core.ask('secrets.create', { name: 'A', value: 'some-value' });
    core.clock.ms -= 365 * 24 * 60 * 60 * 1000;
    const found = (await core.ask('host.doctor', {})).checks.find(({ id }) => id === 'clock');
    assert.equal(found?.state, 'broken');
  });

  test('an idle passphrase vault locks itself after the set minutes, and says when', async () => {
    const core = await newCore(withPassphrase);
    const status = await core.ask('vault.status', {});
    assert.ok(status.locksAtMs !== null && status.locksAtMs - core.clock.ms <= 15 * 60_000);
    await core.ask('settings.set', { idleLockMinutes: 1 });
    core.clock.ms += 61_000;
    const later = await core.ask('vault.status', {});
    assert.equal(later.state, 'locked');
    await core.ask('vault.unlock', { passphrase });
    const [entry] = (await core.ask('audit.list', { kind: 'vault.lock' })).entries;
    assert.deepEqual([entry?.actor, entry?.note], ['host', 'idle']);
  });

  test('asking for the status does not keep a vault open, listing does', async () => {
    const core = await newCore(withPassphrase);
    await core.ask('vault.status', {});
    await core.ask('settings.set', { idleLockMinutes: 1 });
    const until = async () => (await core.ask('vault.status', {})).locksAtMs ?? 0;
    const first = await until();
    core.clock.ms += 30_000;
    assert.equal(await until(), first);
    await core.ask('secrets.list', {});
    assert.ok((await until()) > first);
    core.clock.ms += 61_000;
    assert.equal((await core.refusal('secrets.list', {})).code, 'vault_locked');
  });

  test('a key-file vault does not lock itself unless told so', async () => {
    const core = await newCore();
    assert.equal((await core.ask('vault.status', {})).locksAtMs, null);
    const settings = await core.ask('settings.set', { idleLockMinutes: 5 });
    assert.equal(settings.idleLockMinutes, 5);
    assert.ok((await core.ask('vault.status', {})).locksAtMs !== null);
    await core.reopen();
    assert.equal((await core.ask('settings.show', {})).idleLockMinutes, 5);
  });

  test('a vault that was not made with hooks gives nothing out under them', async () => {
    const core = await newCore();
    await core.ask('secrets.create', { name: 'OPENAI_API_KEY', value: 'sk-proj-abcdefghijklmnopqrstuvwx' });
    await core.reopen({
      egress: { devResolve: new Map([['api.openai.com', { address: '127.0.0.1', port: 9 }]]), devCa: null },
      developmentHooksSet: true,
    });
    const answer = await core.core.invoke(
      {
        door: 'envelope',
        caller: { kind: 'operator', via: 'cli' },
        method: 'POST',
        target: '/aivault/proxy',
        headers: [['content-type', 'application/json']],
        body: new TextEncoder().encode('{"capability":"openai/models","request":{"method":"GET","path":"/v1/models"}}'),
      },
      new AbortController().signal,
    );
    assert.equal(answer.refusal?.error, 'policy_violation');
  });
});
