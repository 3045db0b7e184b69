import assert from 'node:assert/strict';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { lazyNotes, notes } from './notes-table.fixture.ts';
import type { TableSpec } from './sealed.ts';
import { secretsTable } from './secret-row.ts';
import { type OpenedVault, type TempVault, withTempVault } from './vault.fixture.ts';

// An attacker who can write vault.db but has no key (F4, G48): whatever is done to one row is noticed, named, and fails
// closed for that row alone.

const tables = [lazyNotes];

/** Three rows of each table, the last one removed again: `a` and `b` live, `gone` does not. */
async function prepared(temp: TempVault): Promise<void> {
  const { vault } = await temp.create({ provider: 'file' }, { tables });
  for (const spec of [notes, lazyNotes]) {
    await vault.change((tx) => {
      tx.put(spec, 'a', { text: 'first' });
      tx.put(spec, 'b', { text: 'second' });
      tx.put(spec, 'gone', { text: 'third' });
    });
    await vault.change((tx) => tx.put(spec, 'a', { text: 'newer' }));
  }
  await temp.close();
  copyFileSync(temp.file, `${temp.file}.before`);
  const opened = await temp.reopen({}, { tables });
  await opened.vault.change((tx) => {
    for (const spec of [notes, lazyNotes]) {
      tx.put(spec, 'a', { text: 'newest' });
      tx.remove(spec, 'gone');
    }
  });
  await temp.close();
}

type Attack = (db: DatabaseSync, table: string) => void;
interface Case {
  readonly title: string;
  readonly attack: Attack;
  /** Rows that must be named. */
  readonly named: readonly string[];
  /** Rows that must still work. */
  readonly intact: readonly string[];
}

const flip = (db: DatabaseSync, table: string, id: string): void => {
  const { sealed } = db.prepare('SELECT sealed FROM rows WHERE tbl = ? AND id = ?').get(table, id) as {
    sealed: Uint8Array;
  };
  sealed[sealed.length - 1]! ^= 1;
  db.prepare('UPDATE rows SET sealed = ? WHERE tbl = ? AND id = ?').run(sealed, table, id);
};
const old = (db: DatabaseSync, work: string): void => {
  db.exec(work);
};

const cases: readonly Case[] = [
  { title: 'edited', attack: (db, table) => flip(db, table, 'a'), named: ['a'], intact: ['b'] },
  {
    title: 'emptied',
    attack: (db, table) => db.prepare("UPDATE rows SET sealed = x'' WHERE tbl = ? AND id = 'a'").run(table),
    named: ['a'],
    intact: ['b'],
  },
  {
    title: 'swapped with another',
    attack: (db, table) => {
      const read = db.prepare('SELECT id, sealed, revision FROM rows WHERE tbl = ? ORDER BY id');
      const [a, b] = read.all(table) as { id: string; sealed: Uint8Array; revision: number }[];
      const write = db.prepare('UPDATE rows SET sealed = ?, revision = ? WHERE tbl = ? AND id = ?');
      write.run(b!.sealed, b!.revision, table, 'a');
      write.run(a!.sealed, a!.revision, table, 'b');
    },
    named: ['a', 'b'],
    intact: [],
  },
  {
    title: 'rolled back to an older copy of itself',
    attack: (db, table) =>
      old(
        db,
        `UPDATE rows SET (sealed, revision) = (SELECT sealed, revision FROM old.rows o WHERE o.tbl = '${table}' AND o.id = 'a') WHERE tbl = '${table}' AND id = 'a'`,
      ),
    named: ['a'],
    intact: ['b'],
  },
  {
    title: 'rolled back under its new revision number',
    attack: (db, table) =>
      old(
        db,
        `UPDATE rows SET sealed = (SELECT sealed FROM old.rows o WHERE o.tbl = '${table}' AND o.id = 'a') WHERE tbl = '${table}' AND id = 'a'`,
      ),
    named: ['a'],
    intact: ['b'],
  },
  {
    title: 'removed',
    attack: (db, table) => db.prepare("DELETE FROM rows WHERE tbl = ? AND id = 'a'").run(table),
    named: ['a'],
    intact: ['b'],
  },
  {
    title: 'copied to another id',
    attack: (db, table) =>
      db
        .prepare(
          "INSERT INTO rows (tbl, id, revision, sealed) SELECT tbl, 'copy', revision, sealed FROM rows WHERE tbl = ? AND id = 'a'",
        )
        .run(table),
    named: ['copy'],
    intact: ['a', 'b'],
  },
  {
    title: 'brought back after it was removed',
    attack: (db, table) =>
      old(
        db,
        `INSERT INTO rows (tbl, id, revision, sealed) SELECT tbl, id, revision, sealed FROM old.rows o WHERE o.tbl = '${table}' AND o.id = 'gone'`,
      ),
    named: ['gone'],
    intact: ['a', 'b'],
  },
  {
    title: 'brought back together with its ledger entry',
    attack: (db, table) => {
      old(
        db,
        `INSERT INTO rows (tbl, id, revision, sealed) SELECT tbl, id, revision, sealed FROM old.rows o WHERE o.tbl = '${table}' AND o.id = 'gone'`,
      );
      old(
        db,
        `UPDATE ledger SET (revision, live) = (SELECT revision, live FROM old.ledger o WHERE o.tbl = '${table}' AND o.id = 'gone') WHERE tbl = '${table}' AND id = 'gone'`,
      );
    },
    named: ['gone', '*'],
    intact: ['a', 'b'],
  },
  {
    title: 'rolled back together with its ledger entry',
    attack: (db, table) => {
      old(
        db,
        `UPDATE rows SET (sealed, revision) = (SELECT sealed, revision FROM old.rows o WHERE o.tbl = '${table}' AND o.id = 'a') WHERE tbl = '${table}' AND id = 'a'`,
      );
      old(
        db,
        `UPDATE ledger SET revision = (SELECT revision FROM old.ledger o WHERE o.tbl = '${table}' AND o.id = 'a') WHERE tbl = '${table}' AND id = 'a'`,
      );
    },
    named: ['a', '*'],
    intact: ['b'],
  },
  {
    title: 'moved to another table',
    attack: (db, table) => db.prepare("UPDATE rows SET tbl = 'elsewhere' WHERE tbl = ? AND id = 'a'").run(table),
    named: ['a'],
    intact: ['b'],
  },
];

for (const spec of [notes, lazyNotes]) {
  for (const { title, attack, named, intact } of cases) {
    test(`a row of ${spec.name} that was ${title} is named and fails alone`, () =>
      withTempVault(async (temp) => {
        await prepared(temp);
        temp.edit((db) => {
          db.exec(`ATTACH '${temp.file}.before' AS old`);
          attack(db, spec.name);
          db.exec('DETACH old');
        });
        const { vault } = await temp.reopen({}, { tables });
        touchAll(vault, spec);
        assert.equal(vault.facts().state, 'degraded');
        const found = vault.facts().damaged.filter(({ table }) => table === spec.name);
        assert.deepEqual(found.map(({ id }) => id).sort(), [...named].sort());
        for (const id of named.filter((name) => name !== '*')) {
          assert.throws(() => vault.table(spec).get(id), {
            code: 'integrity_error',
            message: new RegExp(`${spec.name}/${id}`),
          });
          assert.ok(![...vault.table(spec).entries()].some(([listed]) => listed === id));
        }
        for (const id of intact) assert.ok(vault.table(spec).get(id), id);
        await vault.change((tx) => tx.put(spec, 'new', { text: 'the rest still works' }));
        assert.deepEqual((await temp.reopen({}, { tables })).vault.table(spec).get('new'), {
          text: 'the rest still works',
        });
      }));
  }
}

/** A lazy row that was edited is noticed when somebody reaches for it. */
function touchAll(vault: OpenedVault['vault'], spec: TableSpec<unknown>): void {
  for (const _ of vault.table(spec).entries());
}

test('a row that is there twice, or a trigger, needs other tables than ours: the database is refused', async () => {
  const twice = `CREATE TABLE copy AS SELECT * FROM rows; DROP TABLE rows;
    CREATE TABLE rows (position INTEGER PRIMARY KEY, tbl TEXT, id TEXT, revision INTEGER, sealed BLOB);
    INSERT INTO rows (tbl, id, revision, sealed) SELECT tbl, id, revision, sealed FROM copy, (SELECT 1 UNION SELECT 2);
    DROP TABLE copy;`;
  const trigger = 'CREATE TRIGGER t AFTER INSERT ON rows BEGIN DELETE FROM rows; END';
  for (const sql of [twice, trigger]) {
    await withTempVault(async (temp) => {
      await prepared(temp);
      temp.edit((db) => db.exec(sql));
      await assert.rejects(temp.open(), { code: 'integrity_error' });
    });
  }
});

test('a row removed with its ledger entry: its absence is an error, not a "not found"', () =>
  withTempVault(async (temp) => {
    await prepared(temp);
    temp.edit((db) => {
      db.exec("DELETE FROM rows WHERE tbl = 'notes' AND id = 'a'; DELETE FROM ledger WHERE tbl = 'notes' AND id = 'a'");
    });
    const { vault } = await temp.reopen({}, { tables });
    assert.deepEqual(
      vault.facts().damaged.map(({ table, id }) => [table, id]),
      [['notes', '*']],
    );
    assert.throws(() => vault.table(notes).get('a'), { code: 'integrity_error', message: /notes\/a/ });
    assert.throws(() => vault.table(notes).has('a'), { code: 'integrity_error' });
    await assert.rejects(
      vault.change((tx) => tx.get(notes, 'a')),
      { code: 'integrity_error' },
    );
    assert.deepEqual(vault.table(notes).get('b'), { text: 'second' });
    assert.equal(vault.table(lazyNotes).get('never-there'), undefined);
  }));

test('sums, root, header and generation are covered by the seal: edited, the vault does not open', async (t) => {
  const edits = {
    'a sum': "UPDATE meta SET value = replace(value, '0', '1') WHERE name LIKE 'sum/notes/%'",
    'a sum removed': "DELETE FROM meta WHERE name = (SELECT name FROM meta WHERE name LIKE 'sum/notes/%' LIMIT 1)",
    'the root': "UPDATE meta SET value = replace(value, 'a', 'b') WHERE name = 'root'",
    'the root removed': "DELETE FROM meta WHERE name = 'root'",
    'the generation': 'UPDATE state SET generation = generation + 1',
    'the creation date': `UPDATE meta SET value = replace(value, '"createdAtMs":1', '"createdAtMs":2') WHERE name = 'header'`,
    'the development flag': `UPDATE meta SET value = replace(value, '"development":false', '"development":true') WHERE name = 'header'`,
    'an unknown field of the header': `UPDATE meta SET value = replace(value, '"format":1', '"format":1,"x":1') WHERE name = 'header'`,
    'the format of the header': `UPDATE meta SET value = replace(value, '"format":1', '"format":2') WHERE name = 'header'`,
    'the header removed': "DELETE FROM meta WHERE name = 'header'",
  };
  for (const [what, sql] of Object.entries(edits)) {
    await t.test(what, () =>
      withTempVault(async (temp) => {
        await prepared(temp);
        temp.edit((db) => assert.ok(db.prepare(sql).run().changes > 0));
        const { vault } = await temp.open({ tables });
        await assert.rejects(vault.unlock({}), { code: 'integrity_error' });
        assert.equal(vault.facts().open, false);
        await assert.rejects(vault.init({ provider: 'file' }, { development: false }), { code: 'already_exists' });
      }),
    );
  }
});

test('an older copy of the whole file is rolled_back until the operator accepts it', () =>
  withTempVault(async (temp) => {
    await prepared(temp);
    const current = readFileSync(temp.file);
    copyFileSync(`${temp.file}.before`, temp.file);
    const { vault } = await temp.open({ tables });
    await assert.rejects(vault.unlock({}), { code: 'rolled_back' });
    assert.equal(vault.facts().state, 'rolled_back');
    assert.throws(() => vault.table(notes), { code: 'vault_locked' });
    await vault.unlock({ acceptRollback: true });
    assert.equal(vault.facts().state, 'unlocked');
    assert.deepEqual(vault.table(notes).get('a'), { text: 'newer' });
    assert.equal((await temp.reopen({}, { tables })).vault.facts().state, 'unlocked');
    await temp.close();
    writeFileSync(temp.file, current);
    await assert.rejects(temp.reopen({}, { tables }), { code: 'rolled_back' }, 'what was given up does not come back');
  }));

test('a database newer than its anchor is what a crash leaves, and opens', () =>
  withTempVault(async (temp) => {
    const { vault } = await temp.create();
    await vault.flushAnchor();
    const anchor = readFileSync(join(temp.folder, 'keys', 'kek.key.anchor'));
    await vault.change((tx) => tx.put(notes, 'a', { text: 'one' }));
    await temp.close();
    assert.notDeepEqual(readFileSync(join(temp.folder, 'keys', 'kek.key.anchor')), anchor);
    writeFileSync(join(temp.folder, 'keys', 'kek.key.anchor'), anchor);
    assert.equal((await temp.reopen()).vault.facts().state, 'unlocked');
  }));

test('another history of the same length is rolled_back', () =>
  withTempVault(async (temp) => {
    const first = await temp.create();
    await first.vault.change((tx) => tx.put(notes, 'a', { text: 'one' }));
    await temp.close();
    copyFileSync(temp.file, `${temp.file}.fork`);
    const second = await temp.reopen();
    await second.vault.change((tx) => tx.put(notes, 'b', { text: 'kept' }));
    await temp.close();
    const kept = readFileSync(temp.file);
    copyFileSync(`${temp.file}.fork`, temp.file);
    const third = await temp.reopen({ acceptRollback: true });
    await third.vault.change((tx) => tx.put(notes, 'b', { text: 'other' }));
    await temp.close();
    writeFileSync(temp.file, kept);
    await assert.rejects(temp.reopen(), { code: 'rolled_back' });
  }));

test('giving damaged rows up removes them for good and makes the vault whole', () =>
  withTempVault(async (temp) => {
    await prepared(temp);
    temp.edit((db) => {
      flip(db, 'notes', 'a');
      db.exec(
        "DELETE FROM ledger WHERE tbl = 'lazy-notes' AND id = 'a'; DELETE FROM rows WHERE tbl = 'lazy-notes' AND id = 'a'",
      );
    });
    const { vault } = await temp.reopen({}, { tables });
    await assert.rejects(vault.rotateMaster({}), { code: 'integrity_error' });
    assert.deepEqual((await vault.discardDamaged()).map(({ table, id }) => `${table}/${id}`).sort(), [
      'lazy-notes/*',
      'notes/a',
    ]);
    assert.equal(vault.facts().state, 'unlocked');
    const again = await temp.reopen({}, { tables });
    assert.equal(again.vault.facts().state, 'unlocked');
    assert.equal(again.vault.table(notes).get('a'), undefined);
    assert.deepEqual(again.vault.table(notes).get('b'), { text: 'second' });
    await again.vault.rotateMaster({});
  }));

test('a value moved between two secrets inside their rows would still not open', () =>
  withTempVault(async (temp) => {
    const { vault, secrets } = await temp.create();
    const base = { scope: 'global', pinnedProvider: null, hosts: [] } as const;
    const [a, b] = await vault.change((tx) =>
      ['A', 'B'].map((name) => secrets.insert(tx, { ...base, name, value: Buffer.from(`value-of-${name}`) })),
    );
    await vault.change((tx) => tx.put(secretsTable, a!.secretId, { ...a!, value: b!.value }));
    assert.throws(() => secrets.reveal(a!.secretId), { code: 'integrity_error', message: new RegExp(a!.secretId) });
    await vault.change((tx) => tx.put(secretsTable, a!.secretId, { ...a!, pinnedProvider: 'openai' }));
    assert.throws(() => secrets.reveal(a!.secretId), { code: 'integrity_error' });
    await vault.change((tx) => tx.put(secretsTable, a!.secretId, a!));
    secrets.reveal(a!.secretId).wipe();
  }));
