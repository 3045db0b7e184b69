import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, describe, test } from 'node:test';
import { openTestCore, type TestCore } from '../core.fixture.ts';

// In a suite of its own: hooks at the top of a file would run for every file of the process.
describe('how long audit entries are kept', () => {
  const open: TestCore[] = [];
  afterEach(async () => {
    for (const core of open.splice(0)) await core.close();
  });
  async function newCore(passphrase?: string): Promise<TestCore> {
    const core = await openTestCore(passphrase === undefined ? {} : { choice: { provider: 'passphrase', passphrase } });
    open.push(core);
    await core.ask('secrets.list', {});
    return core;
  }
  const keptDays = async (core: TestCore) => (await core.ask('settings.show', {})).auditKeepDays;

  test('for ever, unless a setting says otherwise: a week at least, and with presence', async () => {
    const core = await newCore('open me');
    const present = { presence: { passphrase: 'open me' } };
    assert.equal(await keptDays(core), null);
    const code = async (input: object, who = present) =>
      (await core.refusal('settings.setAuditKeepDays', input, who)).code;
    assert.equal(await code({ auditKeepDays: 90 }, {} as typeof present), 'presence_required');
    for (const auditKeepDays of [0, 6, 7.5, -7, '90', undefined]) {
      assert.equal(await code({ auditKeepDays }), 'invalid_request', String(auditKeepDays));
    }
    assert.equal(await keptDays(core), null);
    const shown = await core.ask('settings.setAuditKeepDays', { auditKeepDays: 7 }, present);
    assert.equal(shown.auditKeepDays, 7);
    const [entry] = (await core.ask('audit.list', { kind: 'settings.setAuditKeepDays', outcome: 'done' })).entries;
    assert.deepEqual([entry?.note, entry?.presence], ['7 days', 'passphrase']);
    await core.ask('settings.setAuditKeepDays', { auditKeepDays: null }, present);
    assert.equal(await keptDays(core), null);
  });

  test('it is no part of the settings that need no presence, and the file of those cannot set it', async () => {
    const core = await newCore();
    assert.equal((await core.refusal('settings.set', { auditKeepDays: 7 })).code, 'invalid_request');
    await core.ask('settings.set', { appearance: 'dark' });
    const file = path.join(core.folder, 'state', 'settings.json');
    await writeFile(file, JSON.stringify({ ...JSON.parse(await readFile(file, 'utf8')), auditKeepDays: 7 }));
    await core.reopen();
    assert.equal(await keptDays(core), null);
  });

  test('it stays over a start, and one that was damaged keeps everything', async () => {
    const core = await newCore();
    await core.ask('settings.setAuditKeepDays', { auditKeepDays: 30 });
    await core.reopen();
    assert.equal(await keptDays(core), 30);
    await core.core.close();
    const db = new DatabaseSync(path.join(core.folder, 'vault.db'));
    db.exec("UPDATE rows SET sealed = zeroblob(60) WHERE tbl = 'settings' AND id = 'auditKeepDays'");
    db.close();
    await core.reopen();
    assert.equal(await keptDays(core), null);
    assert.deepEqual(
      (await core.ask('vault.status', {})).damaged.map(({ table }) => table),
      ['settings'],
    );
  });
});
