// Typed, sealed tables: what the rest of core sees of the vault's storage. Reads are synchronous from the index that
// unlocking built; writes go through `Vault.change`, one at a time, and are on disk before the index shows them.

/** Declares one sealed table: its name on disk and how its rows are checked when they are opened. */
export interface TableSpec<T> {
  readonly name: string;
  /** Rows are not opened at unlock but each time they are read, and the plaintext is not kept. */
  readonly lazy?: true;
  /** Strict parse of what was sealed; throws on anything unexpected. */
  parse(value: unknown): T;
}

export interface ReadTable<T> {
  /** Undefined where there is none. Throws `integrity_error` naming the row where it exists but does not open. */
  get(id: string): T | undefined;
  has(id: string): boolean;
  /**
   * The same without throwing: `damaged` where the row does not open, was removed from outside, or where its absence
   * cannot be proven. Whoever grants something because a row is absent must take `damaged` as a refusal.
   */
  state(id: string): 'present' | 'absent' | 'damaged';
  /** Ids of damaged rows; `*` among them where rows may be missing without a name. */
  damaged(): readonly string[];
  /** Intact rows only, in insertion order. */
  entries(): IterableIterator<readonly [id: string, row: T]>;
  readonly size: number;
}

/** The open transaction handed to the body of `Vault.change`. Sees its own writes. */
export interface Tx {
  get<T>(table: TableSpec<T>, id: string): T | undefined;
  entries<T>(table: TableSpec<T>): IterableIterator<readonly [id: string, row: T]>;
  put<T>(table: TableSpec<T>, id: string, row: T): void;
  remove<T>(table: TableSpec<T>, id: string): void;
}

export interface SealedTables {
  /** Throws `vault_locked` or `vault_missing` unless the vault is open. */
  table<T>(spec: TableSpec<T>): ReadTable<T>;
  /**
   * Runs `body` alone (no other change interleaves), commits what it wrote in one transaction, then resolves with what
   * it returned. If `body` throws, nothing is written. `body` must be synchronous: that is what makes read-modify-write
   * safe.
   */
  change<R>(body: (tx: Tx) => R): Promise<R>;
}
