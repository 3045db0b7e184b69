import type { TableSpec, Tx } from './sealed.ts';
import { deepFreeze, type TableIndex } from './table-index.ts';

/** A row on its way to the disk: its JSON, or null where it is removed. */
export interface Write {
  readonly table: string;
  readonly id: string;
  readonly json: string | null;
  readonly plain: unknown;
}

/** Collects what the body of `Vault.change` writes and lets it see its own writes. Touches nothing. */
export class Transaction implements Tx {
  readonly #index: (table: string) => TableIndex;
  readonly #writes = new Map<string, Map<string, Write>>();
  #over = false;

  constructor(index: (table: string) => TableIndex) {
    this.#index = index;
  }

  get<T>(spec: TableSpec<T>, id: string): T | undefined {
    this.#requireOpen();
    const write = this.#writes.get(spec.name)?.get(id);
    if (write !== undefined) return write.json === null ? undefined : (write.plain as T);
    return this.#index(spec.name).get(spec, id);
  }

  *entries<T>(spec: TableSpec<T>): IterableIterator<readonly [string, T]> {
    this.#requireOpen();
    const writes = this.#writes.get(spec.name);
    const index = this.#index(spec.name);
    for (const [id, row] of index.entries(spec)) {
      const write = writes?.get(id);
      if (write === undefined) yield [id, row];
      else if (write.json !== null) yield [id, write.plain as T];
    }
    for (const write of writes?.values() ?? []) {
      if (write.json !== null && !index.rows.has(write.id)) yield [write.id, write.plain as T];
    }
  }

  /** What `spec.parse` refuses is never written: a row that is stored can be read back. */
  put<T>(spec: TableSpec<T>, id: string, row: T): void {
    this.#requireOpen();
    const json = JSON.stringify(row);
    this.#note(spec.name, { table: spec.name, id, json, plain: deepFreeze(spec.parse(JSON.parse(json))) });
  }

  /** A damaged row may be removed; that is how an operator gives it up. */
  remove<T>(spec: TableSpec<T>, id: string): void {
    this.#requireOpen();
    const index = this.#index(spec.name);
    if (index.rows.has(id) || index.damaged.has(id)) {
      this.#note(spec.name, { table: spec.name, id, json: null, plain: undefined });
    } else {
      this.#writes.get(spec.name)?.delete(id);
    }
  }

  /** Ends it: whoever kept the transaction cannot write any more. */
  finish(): Write[] {
    this.#over = true;
    return [...this.#writes.values()].flatMap((writes) => [...writes.values()]);
  }

  #note(table: string, write: Write): void {
    const writes = this.#writes.get(table) ?? new Map<string, Write>();
    this.#writes.set(table, writes);
    writes.set(write.id, write);
  }

  #requireOpen(): void {
    if (this.#over) throw new Error('This transaction is over.');
  }
}
