import { AivaultError } from '#contract/errors.ts';
import type { DamagedRow } from './ports.ts';
import type { ReadTable, TableSpec } from './sealed.ts';

/** What the index knows of an intact row. `plain` is undefined for a lazy row that nobody has opened yet. */
export interface IndexedRow {
  readonly revision: number;
  readonly sealed: Uint8Array | null;
  plain: unknown;
  /** Whether `plain` has been through `spec.parse` and was frozen. */
  parsed: boolean;
}

/** One table in memory: its intact rows, the damaged ones by name, and the places where rows may be missing unnamed. */
export class TableIndex {
  readonly rows = new Map<string, IndexedRow>();
  readonly damaged = new Map<string, string>();
  /** Buckets whose ledger does not add up: what is not found there may have been taken away. */
  readonly doubted = new Set<string>();
  readonly #name: string;
  readonly #openLazy: (id: string, row: IndexedRow) => unknown;
  readonly #bucketOf: (id: string) => string;

  constructor(name: string, bucketOf: (id: string) => string, openLazy: (id: string, row: IndexedRow) => unknown) {
    this.#name = name;
    this.#bucketOf = bucketOf;
    this.#openLazy = openLazy;
  }

  get<T>(spec: TableSpec<T>, id: string): T | undefined {
    this.requireSound(id);
    const row = this.rows.get(id);
    return row === undefined ? undefined : this.#parsed(spec, id, row);
  }

  state(id: string): 'present' | 'absent' | 'damaged' {
    if (this.damaged.has(id)) return 'damaged';
    if (this.rows.has(id)) return 'present';
    return this.doubted.size > 0 && this.doubted.has(this.#bucketOf(id)) ? 'damaged' : 'absent';
  }

  /** Throws `integrity_error` naming the row where it is damaged, or where its absence cannot be proven. */
  requireSound(id: string): void {
    if (this.state(id) === 'damaged') {
      throw damagedError(this.#name, id, this.damaged.get(id) ?? 'it may have been removed');
    }
  }

  *entries<T>(spec: TableSpec<T>): IterableIterator<readonly [string, T]> {
    for (const [id, row] of this.rows) {
      const parsed = this.#tryParsed(spec, id, row);
      if (parsed !== undefined) yield [id, parsed];
    }
  }

  /** Every row as it was sealed, for re-sealing. Throws `integrity_error` where a lazy one does not open, or skips it. */
  *plainRows(damaged: 'throw' | 'skip' = 'throw'): IterableIterator<readonly [string, unknown]> {
    for (const [id, row] of this.rows) {
      if (damaged === 'skip' && !this.#opens(id, row)) continue;
      yield [id, row.plain === undefined ? this.#opened(id, row) : row.plain];
    }
  }

  *damage(): IterableIterator<DamagedRow> {
    for (const [id, reason] of this.damaged) yield { table: this.#name, id, reason };
    if (this.doubted.size > 0)
      yield { table: this.#name, id: '*', reason: 'its ledger was changed: rows may be missing' };
  }

  #parsed<T>(spec: TableSpec<T>, id: string, row: IndexedRow): T {
    if (row.parsed) return row.plain as T;
    const plain = row.plain === undefined ? this.#opened(id, row) : row.plain;
    const parsed = this.#checked(spec, id, plain);
    // Lazy rows are opened for whoever asks and not kept.
    if (row.plain !== undefined) {
      row.plain = parsed;
      row.parsed = true;
    }
    return parsed;
  }

  #opens(id: string, row: IndexedRow): boolean {
    try {
      if (row.plain === undefined) this.#opened(id, row);
      return !this.damaged.has(id);
    } catch {
      return false;
    }
  }

  /** A lazy row that turns out to be damaged is named from then on. */
  #opened(id: string, row: IndexedRow): unknown {
    try {
      return this.#openLazy(id, row);
    } catch (cause) {
      const reason = 'it was edited or moved';
      this.damaged.set(id, reason);
      throw damagedError(this.#name, id, reason, cause);
    }
  }

  #checked<T>(spec: TableSpec<T>, id: string, plain: unknown): T {
    try {
      return deepFreeze(spec.parse(plain));
    } catch (cause) {
      const reason = 'it does not hold what such a row holds';
      this.damaged.set(id, reason);
      throw damagedError(this.#name, id, reason, cause);
    }
  }

  /** Lists leave out what does not open: `damage` and `get` say it by name. */
  #tryParsed<T>(spec: TableSpec<T>, id: string, row: IndexedRow): T | undefined {
    try {
      return this.#parsed(spec, id, row);
    } catch (error) {
      if (!(error instanceof AivaultError) || error.code !== 'integrity_error') throw error;
      return undefined;
    }
  }
}

/** Tables as their readers see them, each made once: calls ask for the same few again and again. */
export function createTableViews(current: (name: string) => TableIndex): <T>(spec: TableSpec<T>) => ReadTable<T> {
  const views = new WeakMap<object, ReadTable<unknown>>();
  return <T>(spec: TableSpec<T>) => {
    let view = views.get(spec) as ReadTable<T> | undefined;
    if (view === undefined) {
      view = readTable(spec, () => current(spec.name));
      views.set(spec, view as ReadTable<unknown>);
    }
    return view;
  };
}

/** `current` gives the open index, or throws `vault_locked`. */
function readTable<T>(spec: TableSpec<T>, current: () => TableIndex): ReadTable<T> {
  return {
    get: (id) => current().get(spec, id),
    has: (id) => {
      const index = current();
      index.requireSound(id);
      return index.rows.has(id);
    },
    state: (id) => current().state(id),
    damaged: () => [...current().damage()].map(({ id }) => id),
    entries: () => current().entries(spec),
    get size() {
      return current().rows.size;
    },
  };
}

export function damagedError(table: string, id: string, reason: string, cause?: unknown): AivaultError {
  return new AivaultError('integrity_error', `The row ${table}/${id} is damaged: ${reason}.`, {
    hint: 'Everything else keeps working. Restore a backup, or give the row up.',
    cause,
  });
}

/** Rows are shared between readers, so nobody may write into one. */
export function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !ArrayBuffer.isView(value) && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const inner of Object.values(value)) deepFreeze(inner);
  }
  return value;
}
