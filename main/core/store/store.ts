import type { Unnumbered } from '#contract/entry-text.ts';
import type { FilterColumn } from './filter-columns.ts';

// Rows without meaning: the store knows tables, ids, revisions and sealed bytes, and nothing of keys or content.
// One asynchronous interface, so that another database can sit store.conformance.ts later without a change above it.

/** One sealed row. `revision` is the store generation that wrote it. */
export interface Row {
  readonly table: string;
  readonly id: string;
  readonly revision: number;
  readonly sealed: Uint8Array;
}

/** The newest known fact about a row: which revision wrote or removed it. One per (table, id), for ever. */
export interface LedgerRow {
  readonly table: string;
  readonly id: string;
  readonly revision: number;
  readonly live: boolean;
}

export type Change =
  | { readonly op: 'put'; readonly table: string; readonly id: string; readonly sealed: Uint8Array }
  | { readonly op: 'remove'; readonly table: string; readonly id: string };

/** Everything one transaction writes. All of it is on disk (synchronous=FULL) when `commit` resolves, or none of it. */
export interface Commit {
  /** The generation this commit makes. */
  readonly generation: number;
  /** The one it was prepared on, else the store refuses (`version_conflict`). Left out: the one before `generation`. */
  readonly after?: number;
  readonly changes: readonly Change[];
  /** Named values that change in the same transaction: header, table sums, root. */
  readonly meta?: Readonly<Record<string, string>>;
}

export interface Snapshot {
  readonly generation: number;
  readonly meta: Readonly<Record<string, string>>;
  readonly rows: readonly Row[];
  readonly ledger: readonly LedgerRow[];
}

/** Unsealed counters that change with every call (last use): losing the last second of them is allowed. */
export interface UsageRow {
  readonly table: string;
  readonly id: string;
  readonly lastUsedAtMs: number;
  readonly uses: number;
}

export interface RowStore {
  /** Only the named values: readable while the vault is locked. */
  readMeta(): Promise<{ readonly generation: number; readonly meta: Readonly<Record<string, string>> }>;
  readAll(): Promise<Snapshot>;
  commit(commit: Commit): Promise<void>;
  /** What changed after `revision`, oldest first; for several hosts on one vault. */
  changesSince(revision: number): Promise<readonly LedgerRow[]>;
  readUsage(): Promise<readonly UsageRow[]>;
  writeUsage(rows: readonly UsageRow[]): Promise<void>;
  close(): Promise<void>;
}

/** One line of the audit log as the store keeps it. `hash` = SHA-256(previous hash ‖ body). */
export interface ChainRow {
  readonly seq: number;
  readonly tsMs: number;
  readonly body: string;
  readonly hash: Uint8Array;
}

/** A line as `scan` gives it, with what the columns that filters use say (`columnText`). */
export interface ScannedRow extends ChainRow {
  readonly columns: string;
}

export interface AuditQuery {
  readonly limit: number;
  readonly beforeSeq?: number;
  readonly beforeTsMs?: number;
  readonly sinceTsMs?: number;
  /** Exact matches on indexed columns taken from the body at append time. */
  readonly match?: Readonly<Partial<Record<FilterColumn, string>>>;
}

/** One entry on its way into the chain, with the columns filters use. */
export interface AuditAppend {
  readonly tsMs: number;
  readonly body: string;
  readonly kind: string;
  readonly actor: string;
  readonly outcome: string;
  readonly capability?: string | undefined;
  readonly credential?: string | undefined;
}

/** Number and hash of an entry; of the last one, where the chain ends. */
export interface ChainHead {
  readonly seq: number;
  readonly hash: Uint8Array;
}

/** The last of the entries that were retired, which the chain goes on from; vouched for by a MAC the store knows nothing of. */
export interface ChainBase extends ChainHead {
  readonly retiredAtMs: number;
  readonly mac: Uint8Array;
}

export interface AuditStore {
  /** Durable against kill -9 when it resolves; fsync follows within 50 ms. Concurrent calls share one commit. */
  append(entry: AuditAppend): Promise<ChainHead>;
  /**
   * The entry an open call ends with; the call is no longer open from then on. Gathered for some milliseconds, unless
   * somebody waits for it (`soon`): entries that reach the disk together share one promise, which resolves then.
   */
  closeCall(call: string, entry: Unnumbered, soon?: boolean): Promise<void>;
  /** Records that a call is about to be sent. `body` becomes an entry with outcome `unknown` if nobody closes it. */
  openCall(id: string, tsMs: number, body: string): Promise<void>;
  /** What a crash left open. */
  leftOpen(): Promise<readonly { readonly id: string; readonly tsMs: number; readonly body: string }[]>;
  /** Newest first. */
  query(query: AuditQuery): Promise<readonly ChainRow[]>;
  /** Oldest first, in pages, for verification and export. */
  scan(afterSeq: number, limit: number): Promise<readonly ScannedRow[]>;
  head(): Promise<ChainHead>;
  readCheckpoints(): Promise<readonly { readonly seq: number; readonly mac: Uint8Array }[]>;
  writeCheckpoint(seq: number, mac: Uint8Array): Promise<void>;
  /** Where the chain begins; null where nothing was ever retired. `unfinished`: rows up to there are still in the file. */
  readBase(): Promise<(ChainBase & { readonly unfinished: boolean }) | null>;
  /**
   * Appends the announcement and moves the beginning of the chain behind `base`, in one transaction: from then on nothing
   * up to there is shown. Rejects with `version_conflict` where the chain has no such entry.
   */
  retire(base: ChainBase, announcement: AuditAppend): Promise<ChainHead>;
  /** Removes some of the rows that were retired; true while there are more. */
  removeRetired(): Promise<boolean>;
  /** Lets an empty chain begin behind `base`, as the one it was kept from did; false where the chain is not empty. */
  beginBehind(base: ChainBase): Promise<boolean>;
  close(): Promise<void>;
}
