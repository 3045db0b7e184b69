import type { RowStore, UsageRow } from '../store/store.ts';

export type UsedTable = 'secrets' | 'tokens' | 'paths';

export interface Usage {
  /** Remembers a use; on disk within a second. Never waits, never fails. */
  touch(table: UsedTable, id: string): void;
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

const flushEveryMs = 1000;

/**
 * When secrets, tokens and paths were last used. Kept apart from the sealed rows, so that using a secret never rewrites it (a
 * use and a deletion at the same moment cannot undo one another).
 */
export async function createUsage({ store, now, flushed }: UsageDeps): Promise<Usage> {
  const known = new Map<string, UsageRow>();
  const waiting = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  const key = (table: string, id: string) => `${table} ${id}`;
  for (const row of await store.readUsage()) known.set(key(row.table, row.id), row);

  const flush = async (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    if (waiting.size === 0) return;
    const names = [...waiting];
    waiting.clear();
    try {
      await store.writeUsage(names.map((name) => known.get(name)!));
      flushed();
    } catch {
      for (const name of names) waiting.add(name);
    }
  };

  return {
    touch(table, id) {
      const name = key(table, id);
      known.set(name, { table, id, lastUsedAtMs: now(), uses: (known.get(name)?.uses ?? 0) + 1 });
      waiting.add(name);
      timer ??= setTimeout(flush, flushEveryMs).unref();
    },
    lastUsedAtMs: (table, id) => known.get(key(table, id))?.lastUsedAtMs ?? null,
    flush,
    async close() {
      await flush();
      clearTimeout(timer);
    },
  };
}
