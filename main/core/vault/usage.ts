import type { RowStore, UsageRow } from '../store/store.ts';

export type UsedTable = 'secrets' | 'tokens' | 'paths';

export interface Usage {
  /** Remembers a use; on disk within a second. Never waits, never fails. */
  touch(table: UsedTable, id: string): void;
  /**
   * Counts one more, unless that would be more than `most`: then false, and nothing is counted. True is said when it is on
   * disk, so that no crash gives a call back. Rejects where it cannot be written: nothing is counted then either.
   */
  take(table: UsedTable, id: string, most: number): boolean | Promise<boolean>;
  /** How many were taken. */
  taken(table: UsedTable, id: string): number;
  lastUsedAtMs(table: UsedTable, id: string): number | null;
  /** Writes what waits. Failures are kept for the next flush. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

export interface UsageDeps {
  readonly store: RowStore;
  readonly now: () => number;
  /** Called after a flush that wrote something. */
  readonly flushed: () => void;
}

/** Written in place: every call touches two of these. */
type Used = { -readonly [K in keyof UsageRow]: UsageRow[K] };

const flushEveryMs = 1000;

/**
 * When secrets, tokens and paths were last used. Kept apart from the sealed rows, so that using a secret never rewrites it (a
 * use and a deletion at the same moment cannot undo one another).
 */
export async function createUsage({ store, now, flushed }: UsageDeps): Promise<Usage> {
  const known = { secrets: new Map<string, Used>(), tokens: new Map<string, Used>(), paths: new Map<string, Used>() };
  const waiting = new Set<Used>();
  let timer: NodeJS.Timeout | undefined;
  for (const row of await store.readUsage()) {
    if (Object.hasOwn(known, row.table)) known[row.table as UsedTable].set(row.id, { ...row });
  }

  const flush = async (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    if (waiting.size === 0) return;
    const used = [...waiting];
    waiting.clear();
    try {
      await store.writeUsage(used.map((row) => ({ ...row })));
      flushed();
    } catch {
      for (const row of used) waiting.add(row);
    }
  };

  const used = (table: UsedTable, id: string): Used => {
    let row = known[table].get(id);
    if (row === undefined) {
      row = { table, id, lastUsedAtMs: 0, uses: 0 };
      known[table].set(id, row);
    }
    row.lastUsedAtMs = now();
    waiting.add(row);
    timer ??= setTimeout(flush, flushEveryMs).unref();
    return row;
  };

  const written = async (row: Used): Promise<boolean> => {
    try {
      await store.writeUsage([{ ...row }]);
      return true;
    } catch (error) {
      row.uses -= 1;
      throw error;
    }
  };

  return {
    touch: (table, id) => void used(table, id),
    take(table, id, most) {
      if ((known[table].get(id)?.uses ?? 0) >= most) return false;
      const row = used(table, id);
      row.uses += 1;
      return written(row);
    },
    taken: (table, id) => known[table].get(id)?.uses ?? 0,
    lastUsedAtMs: (table, id) => known[table].get(id)?.lastUsedAtMs ?? null,
    flush,
    async close() {
      await flush();
      clearTimeout(timer);
    },
  };
}
