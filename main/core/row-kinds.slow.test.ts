import assert from 'node:assert/strict';
import { copyFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, before, suite, test } from 'node:test';
import { openTestCore, type TestCore } from './core.fixture.ts';
import { type FilledIds, fillCore, filled } from './filled-core.fixture.ts';

// For every kind of sealed row, an attacker who can write vault.db edits, swaps, rolls back, removes
// and duplicates one, through the whole core. It is named, what it granted is gone, what it refused stays refused, and
// everything else keeps working.

let core: TestCore;
let ids: FilledIds;
const file = (name = 'vault.db'): string => join(core.folder, name);

/** A consistent copy of the database under another name. */
function snapshot(name: string): void {
  rmSync(file(name), { force: true });
  const db = new DatabaseSync(file());
  db.exec(`VACUUM INTO '${file(name)}'`);
  db.close();
}

/** Puts the good database back, changes it, and opens the core on it. */
async function attacked(change: (db: DatabaseSync) => void): Promise<void> {
  await core.core.close();
  for (const end of ['', '-wal', '-shm']) rmSync(file(`vault.db${end}`), { force: true });
  copyFileSync(file('good.db'), file());
  const db = new DatabaseSync(file());
  db.exec(`ATTACH '${file('older.db')}' AS older`);
  change(db);
  db.close();
  await core.reopen();
}

const one = (table: string): string =>
  `rowid = (SELECT rowid FROM rows WHERE tbl = '${table}' ORDER BY position LIMIT 1)`;
const attacks: Readonly<Record<string, (table: string) => string>> = {
  edited: (table) =>
    `UPDATE rows SET sealed = CAST(substr(sealed, 1, length(sealed) - 1) || x'00' AS BLOB) WHERE ${one(table)}`,
  removed: (table) => `DELETE FROM rows WHERE ${one(table)}`,
  'rolled back': (table) =>
    `UPDATE rows SET (revision, sealed) = (SELECT revision, sealed FROM older.rows o WHERE o.tbl = rows.tbl AND o.id = rows.id) WHERE ${one(table)}`,
  'swapped with a row of another kind': (table) =>
    `UPDATE rows SET sealed = (SELECT sealed FROM rows WHERE tbl <> '${table}' LIMIT 1) WHERE ${one(table)}`,
  'copied over another of its kind': (table) =>
    `INSERT INTO rows (tbl, id, revision, sealed) SELECT tbl, 'copy', revision, sealed FROM rows WHERE ${one(table)}`,
};

/** Why a call of the capability that has a binding is refused. */
const refusalOfModels = async (): Promise<string | undefined> =>
  (await core.ask('capabilities.try', { capability: 'openai/models', method: 'GET', path: '/v1/models' })).refusal
    ?.error;
const isReady = async (id: string): Promise<boolean> => {
  const { capabilities } = await core.ask('capabilities.list', {});
  return capabilities.find((each) => each.id === id)?.ready ?? false;
};

/** What must hold once the first row of a kind is damaged. */
const closed: Readonly<Record<string, () => Promise<void>>> = {
  secrets: async () => {
    const { secrets } = await core.ask('secrets.list', {});
    assert.deepEqual(secrets.map((each) => each.name).sort(), ['BOUND_KEY', 'OWN_KEY']);
    assert.equal(await isReady('openai/chat-completions'), false);
    assert.equal(await isReady('own/use'), true);
  },
  credentials: async () => {
    assert.equal(await isReady('own/use'), false);
    assert.equal(await isReady('openai/chat-completions'), true);
  },
  capabilities: async () => {
    assert.equal(await isReady('own/use'), false);
    assert.equal(await isReady('openai/chat-completions'), true);
  },
  policies: async () => {
    assert.equal(await isReady('openai/chat-completions'), false, 'its limits are gone, so it is');
    assert.equal(await isReady('openai/files'), true);
  },
  switches: async () => {
    assert.equal(await isReady('openai/embeddings'), false, 'switched off stays switched off');
    assert.equal(await isReady('openai/files'), true);
  },
  bindings: async () => {
    assert.equal(await refusalOfModels(), 'integrity_error', 'never another secret in silence');
    assert.equal(await isReady('openai/files'), true);
  },
  tokens: async () => {
    const { tokens } = await core.ask('tokens.list', {});
    assert.ok(!tokens.some((each) => each.name === 'kept'));
  },
  paths: async () => {
    assert.equal((await core.refusal('paths.read', { path: filled.path })).code, 'integrity_error');
  },
  path_values: async () => {
    assert.equal((await core.refusal('paths.read', { path: filled.path, version: 1 })).code, 'integrity_error');
    const { data } = (await core.ask('paths.read', { path: filled.path })) as { data: unknown };
    assert.deepEqual(data, filled.pathData);
  },
  settings: async () => {
    assert.equal((await core.ask('settings.show', {})).idleLockMinutes, 1, 'the least, until the row is given up');
    assert.equal(await isReady('own/use'), true);
  },
  accepted_providers: async () => {
    assert.equal(await isReady('openai/chat-completions'), false, 'what it may reach is not known any more');
    assert.equal(await isReady('own/use'), true);
  },
};

suite('a vault that was tampered with', () => {
  before(async () => {
    // A development vault whose one upstream is a port where nobody listens: nothing leaves this machine.
    const devResolve = new Map([['api.openai.com', { address: '127.0.0.1', port: 1 }]]);
    core = await openTestCore({ egress: { devResolve, devCa: null }, developmentHooksSet: true });
    ids = await fillCore(core);
    await core.reopen();
    snapshot('older.db');
    // Every row once more, so that the older copy holds an older revision of each.
    await core.ask('vault.rotateMaster', {});
    await core.reopen();
    snapshot('good.db');
  });
  after(() => core.close());

  test('the list of kinds below is the list of kinds there are', async () => {
    const db = new DatabaseSync(file('good.db'));
    const kinds = db
      .prepare('SELECT DISTINCT tbl FROM rows ORDER BY tbl')
      .all()
      .map((row) => row.tbl);
    db.close();
    assert.deepEqual(kinds, Object.keys(closed).sort());
  });

  test('unharmed, everything works', async () => {
    await attacked(() => {});
    assert.deepEqual((await core.ask('vault.status', {})).damaged, []);
    for (const id of ['openai/chat-completions', 'own/use', 'openai/models']) assert.ok(await isReady(id), id);
    assert.equal(await isReady('openai/embeddings'), false);
    assert.equal(await refusalOfModels(), 'upstream_unreachable', 'its upstream was asked');
  });

  for (const [kind, check] of Object.entries(closed)) {
    suite(`a row of ${kind}`, () => {
      for (const [title, sql] of Object.entries(attacks)) {
        test(`${title} is named, and fails closed alone`, async () => {
          await attacked((db) => assert.equal(db.prepare(sql(kind)).run().changes, 1));
          if (kind === 'path_values') await core.raw('paths.read', { path: filled.path, version: 1 });
          const status = await core.ask('vault.status', {});
          assert.equal(status.state, 'degraded');
          assert.deepEqual([...new Set(status.damaged.map(({ table }) => table))], [kind]);
          if (title.startsWith('copied'))
            assert.deepEqual(
              status.damaged.map(({ id }) => id),
              ['copy'],
            );
          else await check();
          assert.ok((await core.ask('audit.verify', {})).intact);
        });
      }
    });
  }

  test('giving damaged rows up is an operation, and leaves a whole vault', async () => {
    await attacked((db) => void db.exec(attacks.removed!('switches')));
    await core.ask('vault.discardDamaged', {});
    const status = await core.ask('vault.status', {});
    assert.deepEqual([status.state, status.damaged], ['unlocked', []]);
    assert.ok(ids.token);
  });
});
