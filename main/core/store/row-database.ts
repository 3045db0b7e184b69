import type { DatabaseSync } from 'node:sqlite';
import { vaultFormat1 } from './migrations/2026-11-20-vault.ts';
import { type Format, openSqlite } from './open-sqlite.ts';
import type { Commit, LedgerRow, Row, UsageRow } from './store.ts';
import { StoreError } from './store-error.ts';

// vault.db, spoken to synchronously inside the store's thread.

const vaultFormat: Format = { applicationId: 0x61_69_76_31, migrations: [vaultFormat1] };

/** Throws `StoreError`. A commit that returned survives a power cut. */
export class RowDatabase {
  readonly #db: DatabaseSync;
  readonly #statements;

  constructor(file: string) {
    this.#db = openSqlite(file, vaultFormat, 'FULL');
    const prepare = (sql: string) => this.#db.prepare(sql);
    this.#statements = {
      generation: prepare('SELECT generation FROM state'),
      advance: prepare('UPDATE state SET generation = ? WHERE generation = ?'),
      meta: prepare('SELECT name, value FROM meta'),
      putMeta: prepare(
        'INSERT INTO meta (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
      ),
      rows: prepare('SELECT tbl AS "table", id, revision, sealed FROM rows ORDER BY position'),
      ledger: prepare('SELECT tbl AS "table", id, revision, live FROM ledger'),
      since: prepare(
        'SELECT tbl AS "table", id, revision, live FROM ledger WHERE revision > ? ORDER BY revision, tbl, id',
      ),
      put: prepare(
        'INSERT INTO rows (tbl, id, revision, sealed) VALUES (?, ?, ?, ?) ON CONFLICT (tbl, id) DO UPDATE SET revision = excluded.revision, sealed = excluded.sealed',
      ),
      remove: prepare('DELETE FROM rows WHERE tbl = ? AND id = ?'),
      note: prepare(
        'INSERT INTO ledger (tbl, id, revision, live) VALUES (?, ?, ?, ?) ON CONFLICT (tbl, id) DO UPDATE SET revision = excluded.revision, live = excluded.live',
      ),
      usage: prepare('SELECT tbl AS "table", id, last_used_at_ms AS lastUsedAtMs, uses FROM usage'),
      putUsage: prepare(
        'INSERT INTO usage (tbl, id, last_used_at_ms, uses) VALUES (?, ?, ?, ?) ON CONFLICT (tbl, id) DO UPDATE SET last_used_at_ms = excluded.last_used_at_ms, uses = excluded.uses',
      ),
    };
  }

  readMeta(): { generation: number; meta: Record<string, string> } {
    const generation = this.#statements.generation.get()?.generation;
    if (typeof generation !== 'number') throw new StoreError('corrupt', 'The database has lost its generation.');
    const meta: Record<string, string> = {};
    for (const row of this.#statements.meta.iterate()) meta[String(row.name)] = String(row.value);
    return { generation, meta };
  }

  /** One read transaction, so that rows, ledger and named values belong to the same generation. */
  readAll(read: (rows: Iterable<Row>, ledger: Iterable<LedgerRow>) => void): ReturnType<RowDatabase['readMeta']> {
    return this.#inside('BEGIN', () => {
      read(this.#statements.rows.iterate() as unknown as Iterable<Row>, ledgerRows(this.#statements.ledger.iterate()));
      return this.readMeta();
    });
  }

  changesSince(revision: number): LedgerRow[] {
    return [...ledgerRows(this.#statements.since.iterate(revision))];
  }

  commit(commit: Commit): void {
    const { generation, after = generation - 1 } = commit;
    this.#inside('BEGIN IMMEDIATE', () => {
      const advanced = this.#statements.advance.run(generation, after);
      if (advanced.changes !== 1 || generation <= after)
        throw new StoreError('conflict', 'The vault was changed by another program meanwhile.');
      for (const change of commit.changes) {
        const live = change.op === 'put';
        if (live) this.#statements.put.run(change.table, change.id, generation, change.sealed);
        else this.#statements.remove.run(change.table, change.id);
        this.#statements.note.run(change.table, change.id, generation, live ? 1 : 0);
      }
      for (const [name, value] of Object.entries(commit.meta ?? {})) this.#statements.putMeta.run(name, value);
    });
  }

  readUsage(): UsageRow[] {
    return this.#statements.usage.all() as unknown as UsageRow[];
  }

  writeUsage(rows: readonly UsageRow[]): void {
    this.#inside('BEGIN IMMEDIATE', () => {
      for (const row of rows) this.#statements.putUsage.run(row.table, row.id, row.lastUsedAtMs, row.uses);
    });
  }

  close(): void {
    this.#db.close();
  }

  #inside<R>(begin: string, work: () => R): R {
    this.#db.exec(begin);
    try {
      const result = work();
      this.#db.exec('COMMIT');
      return result;
    } catch (error) {
      if (this.#db.isTransaction) this.#db.exec('ROLLBACK');
      throw error;
    }
  }
}

function* ledgerRows(rows: Iterable<Record<string, unknown>>): Iterable<LedgerRow> {
  for (const row of rows) yield { ...(row as unknown as LedgerRow), live: row.live === 1 };
}
