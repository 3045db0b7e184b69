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

export type Reply =
  | { readonly number: number; readonly ok: true; readonly value: unknown }
  | { readonly number: number; readonly ok: false; readonly fault: StoreFault; readonly message: string };
