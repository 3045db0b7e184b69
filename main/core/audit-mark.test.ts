import assert from 'node:assert/strict';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, afterEach, before, describe, mock, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { openTestCore, type TestCore } from './core.fixture.ts';
import { chainHash, genesis } from './store/chain-hash.ts';

// Somebody who may write every file of the user and does not know the passphrase.

const passphrase = 'a passphrase of mine';

describe('what the vault remembers of its log', () => {
  let core: TestCore;
  before(() => mock.timers.enable({ apis: ['setInterval'] }));
  after(() => mock.timers.reset());
  afterEach(() => core.close());

  async function reopen(): Promise<void> {
    await core.reopen();
    await core.ask('vault.unlock', { passphrase });
  }
  /** A vault that was opened again after its secrets were made. */
  async function usedCore(): Promise<void> {
    core = await openTestCore({ choice: { provider: 'passphrase', passphrase } });
    for (const name of ['FIRST', 'SECOND']) await core.ask('secrets.create', { name, value: `value of ${name}` });
    await reopen();
    await core.ask('secrets.create', { name: 'THIRD', value: 'value of THIRD' });
    await minutes();
  }
  /** Two of them: what was reached in one is remembered in the next. */
  async function minutes(): Promise<void> {
    for (let n = 0; n < 2; n++) {
      mock.timers.tick(60_000);
      await wait(100);
    }
  }
  const anchors = () =>
    readdirSync(join(core.folder, 'state', 'anchors')).map((n) => join(core.folder, 'state', 'anchors', n));

  /** The whole log anew, its checkpoints taken away; gives its head. */
  function rewrite(change: (body: string) => string): { seq: number; hash: string } {
    const db = new DatabaseSync(join(core.folder, 'audit.db'));
    const rows = db.prepare('SELECT seq, body FROM entries ORDER BY seq').all() as { seq: number; body: string }[];
    let hash: Uint8Array = genesis;
    for (const row of rows) {
      const body = change(row.body);
      hash = chainHash(hash, body);
      db.prepare('UPDATE entries SET body = ?, hash = ? WHERE seq = ?').run(body, hash, row.seq);
    }
    db.exec('DELETE FROM checkpoints');
    db.close();
    assert.ok(rows.some(({ body }) => change(body) !== body));
    return { seq: rows.length, hash: Buffer.from(hash).toString('hex') };
  }
  const forge = () => rewrite((body) => body.replace(/"secretId":"[0-9a-f]{8}/, '"secretId":"00000000'));

  test('I11 a log rewritten as a whole is found, its checkpoints removed and the anchor made to fit', async () => {
    await usedCore();
    await core.core.close();
    const { seq, hash } = forge();
    for (const file of anchors()) {
      const anchor = JSON.parse(readFileSync(file, 'utf8'));
      writeFileSync(file, JSON.stringify({ ...anchor, auditSeq: seq, auditHash: hash }));
    }
    await reopen();
    assert.equal((await core.ask('audit.verify', {})).intact, false);
    await core.ask('secrets.create', { name: 'LATER', value: 'value of LATER' });
    await minutes();
    await reopen();
    assert.equal((await core.ask('audit.verify', {})).intact, false, 'and is no truth later on');
  });

  test('I11 and so it is where the anchor was removed, or the log cut off', async () => {
    await usedCore();
    await core.core.close();
    forge();
    for (const file of anchors()) rmSync(file);
    await reopen();
    assert.equal((await core.ask('audit.verify', {})).intact, false);
    await core.core.close();
    const db = new DatabaseSync(join(core.folder, 'audit.db'));
    db.exec('DELETE FROM entries WHERE seq > 1; DELETE FROM checkpoints');
    db.close();
    for (const file of anchors()) rmSync(file);
    await reopen();
    assert.equal((await core.ask('audit.verify', {})).intact, false);
  });

  test('a log that nobody touched checks out, opened and closed again and again, and retired', async () => {
    await usedCore();
    for (let n = 0; n < 3; n++) {
      await minutes();
      await reopen();
      assert.equal((await core.ask('audit.verify', {})).intact, true);
    }
    await core.ask('settings.set', { idleLockMinutes: null }, { presence: { passphrase } });
    await core.ask('settings.set', { appearance: 'dark' });
    core.clock.ms += 86_400_000;
    const { retired } = await core.ask(
      'audit.retire',
      { beforeMs: core.clock.ms - 1_000 },
      { presence: { passphrase } },
    );
    assert.ok(retired > 0);
    for (let n = 0; n < 2; n++) {
      assert.equal((await core.ask('audit.verify', {})).intact, true);
      await minutes();
      await reopen();
    }
  });
});
