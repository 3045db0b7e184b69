import assert from 'node:assert/strict';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, describe, test } from 'node:test';
import type { Output } from '#contract/call.ts';
import { openTestCore, type TestCore } from '../core.fixture.ts';
import { openAuditStore } from '../store/database.ts';

// Through the whole core over a real audit.db; who tampers does so behind its back, in SQLite.

const dayMs = 86_400_000;

describe('retiring old audit entries', () => {
  const open: TestCore[] = [];
  afterEach(async () => {
    for (const core of open.splice(0)) await core.close();
  });

  /** A vault whose log spans a hundred days: names of a secret per month, each part sealed by a checkpoint. */
  async function agedCore(passphrase?: string): Promise<TestCore> {
    const core = await openTestCore(passphrase === undefined ? {} : { choice: { provider: 'passphrase', passphrase } });
    open.push(core);
    await core.ask('secrets.list', {});
    // Else a month would lock it.
    await core.ask('settings.set', { idleLockMinutes: null });
    for (const part of ['OLDEST', 'OLD', 'NEW']) {
      for (const n of [1, 2, 3])
        await core.ask('secrets.create', { name: `${part}_${n}`, value: `value-${part}-${n}` });
      // Closing and opening seal what was written.
      await core.reopen();
      if (passphrase !== undefined) await core.ask('vault.unlock', { passphrase });
      core.clock.ms += 30 * dayMs;
    }
    return core;
  }
  const daysAgo = (core: TestCore, days: number) => core.clock.ms - days * dayMs;
  const verdictOf = (core: TestCore): Promise<Output<'audit.verify'>> => core.ask('audit.verify', {});
  const linesOf = async (core: TestCore) => (await core.ask('audit.export', {})).lines;
  const seqsOf = async (core: TestCore) =>
    (await core.ask('audit.list', { limit: 10_000 })).entries.map(({ seq }) => seq);

  /** Changes audit.db while no host has it, and opens the core on it. */
  async function tampered(core: TestCore, change: (db: DatabaseSync) => void): Promise<void> {
    await core.core.close();
    const db = new DatabaseSync(join(core.folder, 'audit.db'));
    change(db);
    db.close();
    await core.reopen();
  }
  const breakOf = async (core: TestCore) => (await verdictOf(core)).break?.reason;

  test('what is older goes, up to a checkpoint; what remains is whole, keeps its numbers and goes on', async () => {
    const core = await agedCore();
    const before = await linesOf(core);
    const { retired, throughSeq, unfinished } = await core.ask('audit.retire', { beforeMs: daysAgo(core, 45) });
    assert.ok(throughSeq !== null && throughSeq > 6 && throughSeq < before.length);
    assert.deepEqual([retired, unfinished], [throughSeq, false]);
    const last = before[throughSeq - 1]!;
    assert.ok(last.tsMs < daysAgo(core, 45));
    const left = await linesOf(core);
    assert.deepEqual(left.slice(0, before.length - throughSeq), before.slice(throughSeq));
    const verdict = await verdictOf(core);
    assert.deepEqual([verdict.intact, verdict.entries], [true, left.length]);
    assert.deepEqual([verdict.base?.seq, verdict.base?.hash, verdict.base?.unfinished], [throughSeq, last.hash, false]);
    await core.reopen();
    await core.ask('secrets.create', { name: 'LATER', value: 'value-later-1' });
    assert.equal((await verdictOf(core)).intact, true);
    const lines = await linesOf(core);
    assert.deepEqual(
      lines.map(({ seq }) => seq),
      lines.map((_, at) => throughSeq + 1 + at),
    );
  });

  test('the retirement is announced in the chain by who asked for it, and what became of it follows', async () => {
    const core = await agedCore();
    const { throughSeq, retired } = await core.ask('audit.retire', { beforeMs: daysAgo(core, 45) });
    const { entries } = await core.ask('audit.list', { kind: 'audit.retire' });
    assert.deepEqual(
      entries.map(({ actor, outcome, throughSeq, note }) => ({ actor, outcome, throughSeq, note })),
      [
        { actor: 'operator:cli', outcome: 'done', throughSeq, note: `${retired} entries` },
        { actor: 'operator:cli', outcome: 'allowed', throughSeq, note: `up to entry ${throughSeq}` },
      ],
    );
  });

  test('lists, pages, times, counts and exports begin behind what was retired', async () => {
    const core = await agedCore();
    const fromMs = (await linesOf(core))[0]!.tsMs;
    const { throughSeq } = await core.ask('audit.retire', { beforeMs: daysAgo(core, 45) });
    const first = throughSeq! + 1;
    assert.equal((await seqsOf(core)).at(-1), first);
    const page = (filter: object) =>
      core.ask('audit.list', filter).then(({ entries }) => entries.map(({ seq }) => seq));
    assert.deepEqual(await page({ beforeSeq: first + 2 }), [first + 1, first]);
    assert.deepEqual(await page({ beforeSeq: first }), []);
    assert.deepEqual(await page({ sinceTsMs: fromMs, beforeTsMs: fromMs + dayMs }), []);
    assert.equal((await page({ kind: 'secrets.create' })).length, 3);
    assert.equal((await core.ask('audit.export', { afterSeq: 2, limit: 1 })).lines[0]?.seq, first);
    const { buckets } = await core.ask('audit.series', { fromMs, untilMs: core.clock.ms, buckets: 10 });
    assert.equal(buckets.length, 10);
  });

  test('a second retirement goes on from the first, and one that finds nothing changes nothing', async () => {
    const core = await agedCore();
    const first = await core.ask('audit.retire', { beforeMs: daysAgo(core, 75) });
    const none = await core.ask('audit.retire', { beforeMs: daysAgo(core, 75) });
    assert.deepEqual(none, { retired: 0, throughSeq: null, throughTsMs: null, unfinished: false });
    const second = await core.ask('audit.retire', { beforeMs: daysAgo(core, 45) });
    assert.equal(second.throughSeq, first.throughSeq! + second.retired);
    const verdict = await verdictOf(core);
    assert.deepEqual([verdict.intact, verdict.base?.seq], [true, second.throughSeq]);
  });

  test('an entry that is not old enough keeps everything written after it, and entries not yet sealed stay', async () => {
    const core = await openTestCore();
    open.push(core);
    await core.ask('secrets.create', { name: 'A', value: 'value-a-long-enough' });
    const inBetween = core.clock.ms;
    await core.reopen();
    // A clock that stood ahead for a moment.
    core.clock.ms += 50 * dayMs;
    await core.ask('secrets.create', { name: 'B', value: 'value-b-long-enough' });
    core.clock.ms = inBetween + dayMs;
    await core.ask('secrets.create', { name: 'C', value: 'value-c-long-enough' });
    await core.reopen();
    core.clock.ms = inBetween + 20 * dayMs;
    const lines = await linesOf(core);
    const { throughSeq } = await core.ask('audit.retire', { beforeMs: inBetween + 10 * dayMs });
    assert.ok(throughSeq !== null && throughSeq < lines.find(({ tsMs }) => tsMs > core.clock.ms)!.seq);
    const store = await openAuditStore(join(core.folder, 'audit.db'));
    assert.ok((await store.readCheckpoints()).every(({ seq }) => seq > throughSeq));
    await store.close();
  });

  test('a moment to come is refused, and so is a vault that is locked', async () => {
    const core = await agedCore('open me');
    const present = { presence: { passphrase: 'open me' } };
    assert.equal(
      (await core.refusal('audit.retire', { beforeMs: core.clock.ms + dayMs }, present)).code,
      'invalid_request',
    );
    await core.ask('vault.lock', {});
    const input = { beforeMs: daysAgo(core, 45) };
    assert.equal((await core.refusal('audit.retire', input, present)).code, 'vault_locked');
    await core.ask('vault.unlock', { passphrase: 'open me' });
    assert.equal((await core.refusal('audit.retire', input)).code, 'presence_required');
    assert.equal((await verdictOf(core)).base, null);
    assert.ok((await core.ask('audit.retire', input, present)).retired > 0);
  });

  test('what is retired is written to a new file first, as an export has it', async () => {
    const core = await agedCore();
    const before = await linesOf(core);
    const exportPath = join(core.folder, 'retired.jsonl');
    const { retired } = await core.ask('audit.retire', { beforeMs: daysAgo(core, 45), exportPath });
    const written = readFileSync(exportPath, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    assert.deepEqual(written, before.slice(0, retired));
    assert.equal(statSync(exportPath).mode & 0o777, 0o600);
  });

  test('where the export cannot be written nothing is retired, and no file is touched', async () => {
    const core = await agedCore();
    const exportPath = join(core.folder, 'taken.jsonl');
    writeFileSync(exportPath, 'mine');
    const before = await seqsOf(core);
    for (const [path, code] of [
      [exportPath, 'already_exists'],
      ['relative.jsonl', 'invalid_request'],
      [join(core.folder, 'no', 'folder.jsonl'), 'storage_unavailable'],
    ] as const) {
      const refusal = await core.refusal('audit.retire', { beforeMs: daysAgo(core, 45), exportPath: path });
      assert.equal(refusal.code, code, path);
    }
    assert.equal(readFileSync(exportPath, 'utf8'), 'mine');
    assert.equal((await verdictOf(core)).base, null);
    assert.deepEqual((await seqsOf(core)).slice(-before.length), before);
  });

  test('a broken chain loses nothing: its traces would go with what is retired', async () => {
    const core = await agedCore();
    await tampered(core, (db) => db.exec("UPDATE entries SET body = replace(body, 'done', 'sone') WHERE seq = 3"));
    const refusal = await core.refusal('audit.retire', { beforeMs: daysAgo(core, 45) });
    assert.equal(refusal.code, 'integrity_error');
    assert.match(refusal.message, /entry 3: edited/);
    assert.equal((await seqsOf(core)).at(-1), 1);
  });

  test('a call that is open stays open, however old', async () => {
    const core = await agedCore();
    await core.core.close();
    const store = await openAuditStore(join(core.folder, 'audit.db'));
    await store.openCall('call-1', 1, JSON.stringify({ kind: 'invoke', actor: 'host', note: 'still open' }));
    await store.close();
    const other = await openAuditStore(join(core.folder, 'audit.db'));
    assert.equal((await other.leftOpen()).length, 1);
    const [row] = await other.scan(0, 1);
    await other.retire({ ...row!, retiredAtMs: 1, mac: new Uint8Array(32) }, entry);
    while (await other.removeRetired());
    assert.deepEqual(
      (await other.leftOpen()).map(({ id }) => id),
      ['call-1'],
    );
    await other.close();
  });

  test('nothing of a retired entry is left in the files', async () => {
    const core = await agedCore();
    const first = (await linesOf(core))[0]!;
    const holds = () =>
      ['audit.db', 'audit.db-wal'].filter((name) => {
        const file = join(core.folder, name);
        return existsSync(file) && readFileSync(file).includes(first.body);
      });
    assert.notDeepEqual(holds(), []);
    await core.ask('audit.retire', { beforeMs: daysAgo(core, 45) });
    assert.deepEqual(holds(), []);
  });

  const entry = { tsMs: 1, body: '{}', kind: 'audit.retire', actor: 'host', outcome: 'allowed' };

  test('others write between two batches of rows that go', async () => {
    const core = await openTestCore();
    open.push(core);
    await core.core.close();
    const store = await openAuditStore(join(core.folder, 'audit.db'));
    await Promise.all(Array.from({ length: 3_000 }, (_, n) => store.append({ ...entry, body: `{"n":${n}}` })));
    const rows = await store.scan(0, 3_000);
    await store.retire({ ...rows.at(-1)!, retiredAtMs: 1, mac: new Uint8Array(32) }, entry);
    const order: string[] = [];
    const removing = (async () => {
      for (let more = true; more; ) {
        more = await store.removeRetired();
        order.push('removed');
      }
    })();
    for (let n = 0; n < 5; n++) {
      await store.append(entry);
      order.push('written');
    }
    await removing;
    assert.ok(order.filter((each) => each === 'removed').length >= 10, order.join(' '));
    assert.ok(order.lastIndexOf('written') < order.lastIndexOf('removed'), order.join(' '));
    await store.close();
  });

  /** Retires, and hands out the base row as it stands in the file. */
  async function retiredCore(): Promise<{ core: TestCore; throughSeq: number }> {
    const core = await agedCore();
    const { throughSeq } = await core.ask('audit.retire', { beforeMs: daysAgo(core, 75) });
    return { core, throughSeq: throughSeq! };
  }

  test('I11 an edited base is found, whatever of it was edited', async () => {
    const { core } = await retiredCore();
    for (const edit of [
      'seq = seq + 1',
      'seq = 9223372036854775807',
      'seq = -1',
      "hash = x'00'",
      'retired_at_ms = retired_at_ms + 1',
      'mac = zeroblob(32)',
    ]) {
      await core.core.close();
      const db = new DatabaseSync(join(core.folder, 'audit.db'));
      const kept = db.prepare('SELECT seq, hash, retired_at_ms, mac FROM base').get()!;
      db.exec(`UPDATE base SET ${edit}`);
      db.close();
      await core.reopen();
      assert.equal(await breakOf(core), 'base', edit);
      await tampered(core, (found) => {
        const { seq, hash, retired_at_ms: at, mac } = kept;
        found.prepare('UPDATE base SET seq = ?, hash = ?, retired_at_ms = ?, mac = ?').run(seq!, hash!, at!, mac!);
      });
    }
  });

  test('I11 rows removed by hand with a base made up for them are found, and the base is not carried out', async () => {
    const core = await agedCore();
    await tampered(core, (db) => {
      db.exec('INSERT INTO base SELECT 1, seq, hash, 1, zeroblob(32) FROM entries WHERE seq = 5');
      db.exec('DELETE FROM entries WHERE seq <= 3');
    });
    assert.deepEqual((await verdictOf(core)).break, { seq: 5, reason: 'base' });
    const db = new DatabaseSync(join(core.folder, 'audit.db'));
    assert.equal(db.prepare('SELECT count(*) AS n FROM entries WHERE seq <= 5').get()?.n, 2);
    db.close();
  });

  test('I11 a checkpoint does not pass for a base, nor does the base of another vault', async () => {
    const core = await agedCore();
    await tampered(core, (db) => {
      db.exec(
        'INSERT INTO base SELECT 1, e.seq, e.hash, 1, c.mac FROM entries e JOIN checkpoints c USING (seq) LIMIT 1',
      );
      db.exec('DELETE FROM entries WHERE seq <= (SELECT seq FROM base)');
    });
    assert.equal(await breakOf(core), 'base');
    const { core: other } = await retiredCore();
    await tampered(core, (db) => {
      db.exec(`ATTACH '${join(other.folder, 'audit.db')}' AS other; DELETE FROM base`);
      db.exec('INSERT INTO base SELECT * FROM other.base');
    });
    assert.equal(await breakOf(core), 'base');
  });

  test('I11 rows removed beyond the base are missing, and so is the first where the base was removed', async () => {
    const { core, throughSeq } = await retiredCore();
    await tampered(core, (db) => db.exec(`DELETE FROM entries WHERE seq = ${throughSeq + 1}`));
    assert.deepEqual((await verdictOf(core)).break, { seq: throughSeq + 1, reason: 'missing' });
    await tampered(core, (db) => db.exec('DELETE FROM base'));
    assert.deepEqual((await verdictOf(core)).break, { seq: 1, reason: 'missing' });
  });

  test('I11 a base that was rolled back is found, also with the rows it stood before', async () => {
    const { core } = await retiredCore();
    await core.core.close();
    const older = join(core.folder, 'older.db');
    const db = new DatabaseSync(join(core.folder, 'audit.db'));
    db.exec(`VACUUM INTO '${older}'`);
    db.close();
    await core.reopen();
    const { throughSeq } = await core.ask('audit.retire', { beforeMs: daysAgo(core, 45) });
    await tampered(core, (found) =>
      found.exec(`ATTACH '${older}' AS older; DELETE FROM base; INSERT INTO base SELECT * FROM older.base`),
    );
    assert.equal(await breakOf(core), 'missing');
    await tampered(core, (found) =>
      found.exec(
        `ATTACH '${older}' AS older; INSERT INTO entries SELECT * FROM older.entries WHERE seq <= ${throughSeq}`,
      ),
    );
    assert.equal(await breakOf(core), 'base');
  });

  test('I11 a chain cut off behind its base is truncated, to the last entry and to the base itself', async () => {
    const { core, throughSeq } = await retiredCore();
    // The anchor is written with the next opening, and covers what was there then.
    await core.reopen();
    await tampered(core, (db) => db.exec(`DELETE FROM entries WHERE seq > ${throughSeq}; DELETE FROM checkpoints`));
    assert.equal(await breakOf(core), 'truncated');
  });

  test('I11 lines planted among those that were retired are shown nowhere, and go', async () => {
    const { core } = await retiredCore();
    const before = await seqsOf(core);
    await tampered(core, (db) =>
      db.exec(
        'INSERT INTO entries SELECT 2, ts_ms, body, hash, kind, actor, outcome, capability, credential FROM entries LIMIT 1',
      ),
    );
    assert.deepEqual((await seqsOf(core)).slice(-before.length), before);
    const db = new DatabaseSync(join(core.folder, 'audit.db'));
    // Finishing begins when the vault opens.
    for (let n = 0; n < 50 && db.prepare('SELECT 1 FROM entries WHERE seq = 2').get() !== undefined; n++) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    assert.equal(db.prepare('SELECT 1 FROM entries WHERE seq = 2').get(), undefined);
    db.close();
    assert.equal((await verdictOf(core)).intact, true);
  });

  test('rows that an interrupted retirement left stay while the vault is locked, and go once it is open', async () => {
    const passphrase = 'open me';
    const core = await agedCore(passphrase);
    await core.core.close();
    const aside = join(core.folder, 'aside.db');
    const db = new DatabaseSync(join(core.folder, 'audit.db'));
    db.exec(`VACUUM INTO '${aside}'`);
    db.close();
    await core.reopen();
    await core.ask('vault.unlock', { passphrase });
    await core.ask('audit.retire', { beforeMs: daysAgo(core, 45) }, { presence: { passphrase } });
    await tampered(core, (found) =>
      found.exec(
        `ATTACH '${aside}' AS aside; INSERT INTO entries SELECT * FROM aside.entries WHERE seq BETWEEN 4 AND 5`,
      ),
    );
    const file = new DatabaseSync(join(core.folder, 'audit.db'));
    const left = () => Number(file.prepare('SELECT count(*) AS n FROM entries WHERE seq <= 5').get()?.n);
    assert.equal(left(), 2, 'a locked vault retires nothing');
    await core.ask('vault.unlock', { passphrase });
    for (let n = 0; n < 50 && left() > 0; n++) await new Promise((resolve) => setTimeout(resolve, 20));
    assert.equal(left(), 0);
    file.close();
    const verdict = await verdictOf(core);
    assert.deepEqual([verdict.intact, verdict.base?.unfinished], [true, false]);
  });
});
