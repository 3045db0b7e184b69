import type { StoreFault } from './store-error.ts';

// What the two sides of the store's thread say to each other. Many questions may be under way; answers come in batches.

export type StoreKind = 'rows' | 'audit';

export interface Question {
  readonly number: number;
  /** Which open store is meant: the number of the question that opened it. */
  readonly store: number;
  readonly op: string;
  readonly args: readonly unknown[];
}

/** Part of a long answer; the reply that ends it follows. */
export interface Page {
  readonly number: number;
  readonly page: unknown;
}

/** Many rows in a few large values: crossing the thread border costs per object, not per byte. */
export interface PackedRows {
  readonly tables: readonly string[];
  readonly ids: readonly string[];
  readonly revisions: readonly number[];
  readonly lengths: readonly number[];
  /** All sealed bytes, one after the other. */
  readonly sealed: Uint8Array;
}

export interface PackedChain {
  readonly seqs: readonly number[];
  readonly times: readonly number[];
  readonly bodies: readonly string[];
  /** 32 bytes each, one after the other. */
  readonly hashes: Uint8Array;
  readonly columns: readonly string[];
}

/** Entries that each close a call, in order. */
export interface PackedClosings {
  readonly calls: readonly string[];
  readonly times: readonly number[];
  readonly kinds: readonly string[];
  readonly actors: readonly string[];
  readonly outcomes: readonly string[];
  readonly capabilities: readonly (string | undefined)[];
  readonly credentials: readonly (string | undefined)[];
  /** Length of each body in bytes, and all of them as UTF-8, one after the other. */
  readonly lengths: readonly number[];
  readonly bodies: Uint8Array;
}

export interface PackedLedger {
  readonly tables: readonly string[];
  readonly ids: readonly string[];
  readonly revisions: readonly number[];
  readonly live: readonly boolean[];
}

export type Reply =
  | { readonly number: number; readonly ok: true; readonly value: unknown }
  | { readonly number: number; readonly ok: false; readonly fault: StoreFault; readonly message: string };
