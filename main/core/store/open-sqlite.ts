import { chmodSync, closeSync, constants, fchmodSync, lstatSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { StoreError, storeErrorFrom } from './store-error.ts';

/** One kind of database file: what marks it as ours, and the scripts that bring an older format up, in order. */
export interface Format {
  /** SQLite's application_id: tells a vault.db from an audit.db and from anybody else's file. */
  readonly applicationId: number;
  /** Script n takes format n to n+1. */
  readonly migrations: readonly string[];
}

/**
 * Opens or creates a database that only its owner can read: folder 0700 and file 0600 from their first moment, whatever
 * the umask; SQLite gives -wal and -shm the file's own mode. Refuses a file that is not this format, or newer.
 */
export function openSqlite(file: string, format: Format, synchronous: 'FULL' | 'NORMAL'): DatabaseSync {
  let db: DatabaseSync | null = null;
  try {
    createPrivately(file);
    db = new DatabaseSync(file, { timeout: 2_000, enableForeignKeyConstraints: false });
    db.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = ${synchronous}; PRAGMA secure_delete = ON;`);
    migrate(db, format);
    requireOwnSchema(db, format);
    return db;
  } catch (error) {
    db?.close();
    throw storeErrorFrom(error);
  }
}

function createPrivately(file: string): void {
  const folder = dirname(file);
  const made = mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (made !== undefined) chmodSync(folder, 0o700);
  const found = lstatSync(file, { throwIfNoEntry: false });
  if (found !== undefined) {
    if (!found.isFile()) throw new StoreError('corrupt', 'The database path is not an ordinary file.');
    return;
  }
  const flags = constants.O_CREAT | constants.O_EXCL | constants.O_RDWR | constants.O_NOFOLLOW;
  const descriptor = openSync(file, flags, 0o600);
  fchmodSync(descriptor, 0o600);
  closeSync(descriptor);
}

/** Tables, indexes and triggers are exactly ours: a trigger slipped in from outside would run with our writes. */
function requireOwnSchema(db: DatabaseSync, format: Format): void {
  const fresh = new DatabaseSync(':memory:');
  for (const script of format.migrations) fresh.exec(script);
  const listing = (of: DatabaseSync): string =>
    JSON.stringify(of.prepare('SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY type, name').all());
  const same = listing(db) === listing(fresh);
  fresh.close();
  if (!same) throw new StoreError('corrupt', 'The tables of the database were changed from outside.');
}

function migrate(db: DatabaseSync, format: Format): void {
  const pragma = (name: string): number => Number(Object.values(db.prepare(`PRAGMA ${name}`).get() ?? {})[0]);
  const version = pragma('user_version');
  const empty = db.prepare('SELECT count(*) AS n FROM sqlite_schema').get()?.n === 0;
  if (!empty && pragma('application_id') !== format.applicationId) {
    throw new StoreError('corrupt', 'The database belongs to something else.');
  }
  if ((!empty && version < 1) || version > format.migrations.length) {
    throw new StoreError('corrupt', 'The database has a format this version does not read.');
  }
  for (let at = version; at < format.migrations.length; at++) {
    db.exec('BEGIN IMMEDIATE');
    db.exec(format.migrations[at]!);
    db.exec(`PRAGMA application_id = ${format.applicationId}; PRAGMA user_version = ${at + 1}; COMMIT`);
  }
}
