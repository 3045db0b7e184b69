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

/** Entries that each close a call, in order. packed-closings.ts says what the cells mean. */
export interface PackedClosings {
  readonly calls: readonly string[];
  readonly texts: readonly string[];
  readonly cells: Float64Array<ArrayBuffer>;
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
