import type { DatabaseSync } from 'node:sqlite';
import type { ChainBase } from './store.ts';
import { StoreError } from './store-error.ts';

/** Removed in one transaction: some milliseconds, because calls wait for it. */
const rowsAtOnce = 250;

/** Where the chain in audit.db begins, and the rows before that until they are gone. Synchronous, in the store's thread. */
export class RetiredEntries {
  readonly #statements;

  constructor(db: DatabaseSync) {
    const prepare = (sql: string) => db.prepare(sql);
    this.#statements = {
      // As doubles: an integer beyond what JavaScript holds, which only an edit writes, must not keep the log from opening.
      base: prepare('SELECT seq * 1.0 AS seq, hash, retired_at_ms * 1.0 AS retiredAtMs, mac FROM base'),
      put: prepare('INSERT OR REPLACE INTO base (one, seq, hash, retired_at_ms, mac) VALUES (1, ?, ?, ?, ?)'),
      hashOf: prepare('SELECT hash FROM entries WHERE seq = ?'),
      left: prepare('SELECT 1 FROM entries WHERE seq <= (SELECT seq FROM base) LIMIT 1'),
      remove: prepare(
        'DELETE FROM entries WHERE seq IN (SELECT seq FROM entries WHERE seq <= (SELECT seq FROM base) ORDER BY seq LIMIT ?)',
      ),
      // Each seals an entry of its own, so they are gone when the entries are.
      removeCheckpoints: prepare(
        'DELETE FROM checkpoints WHERE seq IN (SELECT seq FROM checkpoints WHERE seq <= (SELECT seq FROM base) ORDER BY seq LIMIT ?)',
      ),
      // Pages are copied into the file as they are made: left to itself SQLite copies 16 MiB at once, and calls wait.
      copyLog: prepare('PRAGMA wal_checkpoint(PASSIVE)'),
      // What was retired stands in old parts of the log too. Another program that reads is not waited for.
      emptyLog: [
        prepare('PRAGMA busy_timeout = 0'),
        prepare('PRAGMA wal_checkpoint(TRUNCATE)'),
        prepare('PRAGMA busy_timeout = 2000'),
      ],
    };
  }

  base(): ChainBase | null {
    return (this.#statements.base.get() as unknown as ChainBase | undefined) ?? null;
  }

  /** Rows up to the base are still in the file. */
  unfinished(): boolean {
    return this.#statements.left.get() !== undefined;
  }

  /** Only inside a transaction. Throws `StoreError` unless the chain has this entry, behind the base it has now. */
  moveTo(base: ChainBase): void {
    const hash = this.#statements.hashOf.get(base.seq)?.hash as Uint8Array | undefined;
    const known = hash !== undefined && Buffer.from(hash).equals(base.hash);
    if (!known || base.seq <= (this.base()?.seq ?? 0)) {
      throw new StoreError('conflict', 'The chain was changed meanwhile; nothing was retired.');
    }
    this.put(base);
  }

  /** Only inside a transaction. */
  put({ seq, hash, retiredAtMs, mac }: ChainBase): void {
    this.#statements.put.run(seq, hash, retiredAtMs, mac);
  }

  /** Only inside a transaction: the oldest rows go first, checkpoints of retired entries with them. */
  removeSome(): void {
    this.#statements.remove.run(rowsAtOnce);
    this.#statements.removeCheckpoints.run(rowsAtOnce);
  }

  /** After the transaction. What was removed is zeroed in the file (secure_delete) and, at the end, cut off the log. */
  clearLog(): void {
    if (this.unfinished()) this.#statements.copyLog.all();
    else for (const statement of this.#statements.emptyLog) statement.all();
  }
}
