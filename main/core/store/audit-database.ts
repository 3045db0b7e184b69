import { closeSync, fdatasync, openSync } from 'node:fs';
import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import { chainHash, genesis } from './chain-hash.ts';
import { columnTextSql, filterColumns } from './filter-columns.ts';
import { auditFormat1 } from './migrations/2026-11-20-audit.ts';
import { auditFormat2 } from './migrations/2026-11-20-closed-calls.ts';
import { auditFormat3 } from './migrations/2026-11-20-retired.ts';
import { type Format, openSqlite } from './open-sqlite.ts';
import { unpackClosings } from './packed-closings.ts';
import { type ChainLine, packChain } from './packed-rows.ts';
import { RetiredEntries } from './retired-entries.ts';
import type { AuditAppend, AuditQuery, ChainBase, ChainHead, ChainRow } from './store.ts';
import { StoreError } from './store-error.ts';
import type { PackedChain, PackedClosings } from './store-protocol.ts';

// audit.db, spoken to synchronously inside the store's thread. A commit is one write to the write-ahead log, which
// survives kill -9; the log is synced to the disk by itself at most 50 ms later, off this thread, which bounds what a
// power cut can take.

const auditFormat: Format = { applicationId: 0x61_69_61_31, migrations: [auditFormat1, auditFormat2, auditFormat3] };
const syncDelayMs = 40;
/** As a double: an integer beyond what JavaScript holds, which only an edit writes, would fail the whole page. */
const time = 'ts_ms * 1.0';

/** Throws `StoreError`. What was appended survives kill -9 when it returns, and a power cut a moment later. */
export class AuditDatabase {
  readonly #db: DatabaseSync;
  readonly #statements;
  readonly #queries = new Map<string, StatementSync>();
  readonly #retired: RetiredEntries;
  readonly #log: number;
  /** A host of format 1 left calls open in this database. */
  readonly #announcesCalls: boolean;
  #head: ChainHead;
  #syncTimer: NodeJS.Timeout | null = null;
  /** Closing entries that could not be written yet. */
  #kept: PackedClosings[] = [];

  constructor(file: string) {
    this.#db = openSqlite(file, auditFormat, 'NORMAL');
    // Six indexes grow at their ends: the same pages again and again, copied into the file once in 16 MiB of log, not in 4.
    this.#db.exec('PRAGMA wal_autocheckpoint = 4096');
    const prepare = (sql: string) => this.#db.prepare(sql);
    this.#statements = {
      begin: prepare('BEGIN IMMEDIATE'),
      commit: prepare('COMMIT'),
      head: prepare('SELECT seq, hash FROM entries ORDER BY seq DESC LIMIT 1'),
      append: prepare(
        'INSERT INTO entries (seq, ts_ms, body, hash, kind, actor, outcome, capability, credential) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
      ),
      closeOne: prepare('DELETE FROM inflight WHERE id = ?'),
      // One row for the calls of a batch, their ids one after the other; the host before this one wrote a row for each.
      closeCalls: prepare('INSERT OR IGNORE INTO closed_calls (id) VALUES (?)'),
      closedCalls: prepare('SELECT id FROM closed_calls'),
      forgetCalls: prepare('DELETE FROM closed_calls WHERE id = ?'),
      leftOpen: prepare('SELECT id, ts_ms AS tsMs, body FROM inflight ORDER BY ts_ms, id'),
      scan: prepare(
        `SELECT seq, ${time}, body, hash, ${columnTextSql} FROM entries WHERE seq > ? ORDER BY seq LIMIT ?`,
      ),
      between: prepare(
        'SELECT count(*) AS n FROM (SELECT 1 FROM entries INDEXED BY entries_by_time WHERE ts_ms >= ? AND ts_ms < ? LIMIT ?)',
      ),
      checkpoints: prepare('SELECT seq, mac FROM checkpoints ORDER BY seq'),
      putCheckpoint: prepare('INSERT OR REPLACE INTO checkpoints (seq, mac) VALUES (?, ?)'),
    };
    // A million lines: arrays are made in half the time objects are.
    this.#statements.scan.setReturnArrays(true);
    this.#retired = new RetiredEntries(this.#db);
    // SQLite holds its locks on the database and the -shm file, none on the log: another descriptor of it is harmless.
    this.#db.exec('BEGIN IMMEDIATE; COMMIT');
    this.#log = openSync(`${file}-wal`, 'r+');
    this.#head = this.#readHead();
    this.#announcesCalls = this.#statements.leftOpen.all().length > 0;
  }

  #readHead(): ChainHead {
    const row = this.#statements.head.get() as unknown as ChainHead | undefined;
    const base = this.#retired.base() ?? { seq: 0, hash: genesis };
    return row !== undefined && row.seq > base.seq ? row : { seq: base.seq, hash: base.hash };
  }

  head(): ChainHead {
    return this.#head;
  }

  /** Runs `work` as one transaction. If it throws, or the commit does, nothing of it is there and the head is the old one. */
  group(work: () => void): void {
    const before = this.#head;
    try {
      this.#statements.begin.run();
      work();
      this.#statements.commit.run();
    } catch (error) {
      this.#head = before;
      if (this.#db.isTransaction) this.#db.exec('ROLLBACK');
      throw error;
    }
    this.#syncTimer ??= setTimeout(() => this.#sync(), syncDelayMs);
  }

  /** Only inside `group`. */
  append(entry: AuditAppend): ChainHead {
    const seq = this.#head.seq + 1;
    const hash = chainHash(this.#head.hash, entry.body);
    this.#statements.append.run(
      seq,
      entry.tsMs,
      entry.body,
      hash,
      entry.kind,
      entry.actor,
      entry.outcome,
      entry.capability ?? null,
      entry.credential ?? null,
    );
    this.#head = { seq, hash };
    return this.#head;
  }

  /** Only inside `group`. */
  closeAll(closings: PackedClosings): void {
    for (const entry of unpackClosings(closings)) this.append(entry);
    this.#close(closings.calls);
  }

  /** Remembers closing entries whose transaction failed. */
  keep(closings: PackedClosings): void {
    this.#kept.push(closings);
  }

  /** Writes what was kept, all or nothing, and tells which calls that closes. */
  closeAgain(): string[] {
    const kept = this.#kept;
    this.group(() => {
      for (const closings of kept) this.closeAll(closings);
    });
    this.#kept = [];
    return kept.flatMap(({ calls }) => calls);
  }

  /** Calls announced in this database (format 1) lose their row; those of the journal leave their ids, one row for all. */
  #close(calls: readonly string[]): void {
    if (this.#announcesCalls) for (const id of calls) this.#statements.closeOne.run(id);
    if (calls.length > 0) this.#statements.closeCalls.run(calls.join(' '));
  }

  #closedTogether(): string[] {
    return this.#statements.closedCalls.all().map((row) => row.id as string);
  }

  closedCalls(): string[] {
    return this.#closedTogether().flatMap((ids) => ids.split(' '));
  }

  /** Only inside `group`. The journal was made anew and holds these ids. */
  forgetCalls(except: readonly string[]): void {
    const kept = new Set(except);
    for (const ids of this.#closedTogether()) {
      if (!ids.split(' ').some((id) => kept.has(id))) this.#statements.forgetCalls.run(ids);
    }
  }

  /** Only inside `group`. */
  writeCheckpoint(seq: number, mac: Uint8Array): void {
    this.#statements.putCheckpoint.run(seq, mac);
  }

  leftOpen(): { id: string; tsMs: number; body: string }[] {
    return this.#statements.leftOpen.all() as never;
  }

  query(query: AuditQuery): ChainRow[] {
    const where: string[] = [];
    const values: SQLInputValue[] = [];
    const add = (sql: string, value: SQLInputValue | undefined): void => {
      if (value === undefined) return;
      where.push(sql);
      values.push(value);
    };
    add('seq > ?', this.#retired.base()?.seq);
    add('seq < ?', query.beforeSeq);
    add('ts_ms < ?', query.beforeTsMs);
    add('ts_ms >= ?', query.sinceTsMs);
    for (const [name, value] of Object.entries(query.match ?? {})) {
      const column = filterColumns.find((known) => known === name);
      if (column === undefined) throw new StoreError('broken', 'The audit log has no such column.');
      add(`${column} = ?`, value);
    }
    // Newest first by number finds many matches quickly, and few of them only by reading everything.
    const few = query.beforeSeq === undefined && this.#fewBetween(query.sinceTsMs, query.beforeTsMs);
    const from = few ? 'entries INDEXED BY entries_by_time' : 'entries';
    const filter = where.length === 0 ? '' : `WHERE ${where.join(' AND ')}`;
    const sql = `SELECT seq, ${time} AS tsMs, body, hash FROM ${from} ${filter} ORDER BY seq DESC LIMIT ?`;
    const statement = this.#queries.get(sql) ?? this.#db.prepare(sql);
    this.#queries.set(sql, statement);
    return statement.all(...values, query.limit) as unknown as ChainRow[];
  }

  /** Whether time alone leaves few entries. False where no time is asked for. */
  #fewBetween(sinceTsMs: number | undefined, beforeTsMs: number | undefined): boolean {
    if (sinceTsMs === undefined && beforeTsMs === undefined) return false;
    const most = 20_000;
    const found = this.#statements.between.get(sinceTsMs ?? 0, beforeTsMs ?? Number.MAX_SAFE_INTEGER, most + 1);
    return Number(found?.n) <= most;
  }

  scan(afterSeq: number, limit: number): PackedChain {
    const after = Math.max(afterSeq, this.#retired.base()?.seq ?? 0);
    return packChain(this.#statements.scan.all(after, limit) as unknown as ChainLine[]);
  }

  readBase(): (ChainBase & { unfinished: boolean }) | null {
    const base = this.#retired.base();
    return base === null ? null : { ...base, unfinished: this.#retired.unfinished() };
  }

  /** Only inside `group`. */
  retire(base: ChainBase, announcement: AuditAppend): ChainHead {
    this.#retired.moveTo(base);
    return this.append(announcement);
  }

  removeRetired(): boolean {
    this.group(() => this.#retired.removeSome());
    this.#retired.clearLog();
    return this.#retired.unfinished();
  }

  beginBehind(base: ChainBase): boolean {
    if (this.#head.seq > 0) return false;
    this.group(() => {
      this.#retired.put(base);
      this.#head = { seq: base.seq, hash: base.hash };
    });
    return true;
  }

  readCheckpoints(): { seq: number; mac: Uint8Array }[] {
    return this.#statements.checkpoints.all() as never;
  }

  close(): void {
    if (this.#syncTimer !== null) clearTimeout(this.#syncTimer);
    this.#db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    closeSync(this.#log);
    this.#db.close();
  }

  #sync(): void {
    this.#syncTimer = null;
    // A failing sync is a failing disk: the next write says so. There is nobody to tell here.
    fdatasync(this.#log, () => {});
  }
}
