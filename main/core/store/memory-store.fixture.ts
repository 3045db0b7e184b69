import { AivaultError } from '#contract/errors.ts';
import type { Commit, LedgerRow, Row, RowStore, UsageRow } from './store.ts';

/** A row store in memory for tests: the same promises as the one on disk, but for outliving the process. */
export function memoryRowStore(): RowStore {
  const rows = new Map<string, Row>();
  const ledger = new Map<string, LedgerRow>();
  const usage = new Map<string, UsageRow>();
  const meta: Record<string, string> = {};
  let generation = 0;
  let closed = false;
  const keyOf = (table: string, id: string): string => JSON.stringify([table, id]);
  const requireOpen = (): void => {
    if (closed) throw new AivaultError('storage_unavailable', 'The vault: The store is closed.');
  };
  const apply = (commit: Commit): void => {
    if ((commit.after ?? commit.generation - 1) !== generation || commit.generation <= generation) {
      throw new AivaultError('version_conflict', 'The vault: The vault was changed by another program meanwhile.');
    }
    generation = commit.generation;
    for (const change of commit.changes) {
      const { op, table, id } = change;
      ledger.set(keyOf(table, id), { table, id, revision: generation, live: op === 'put' });
      if (op === 'put') rows.set(keyOf(table, id), { table, id, revision: generation, sealed: change.sealed.slice() });
      else rows.delete(keyOf(table, id));
    }
    Object.assign(meta, commit.meta);
  };
  const byRevision = (a: LedgerRow, b: LedgerRow): number =>
    a.revision - b.revision || (keyOf(a.table, a.id) < keyOf(b.table, b.id) ? -1 : 1);
  const asked = async <R>(work: () => R): Promise<R> => {
    requireOpen();
    return work();
  };
  return {
    readMeta: () => asked(() => ({ generation, meta: { ...meta } })),
    readAll: () =>
      asked(() => ({
        generation,
        meta: { ...meta },
        rows: [...rows.values()].map((row) => ({ ...row, sealed: row.sealed.slice() })),
        ledger: [...ledger.values()],
      })),
    commit: (commit) => asked(() => apply(commit)),
    changesSince: (revision) =>
      asked(() => [...ledger.values()].filter((row) => row.revision > revision).sort(byRevision)),
    readUsage: () => asked(() => [...usage.values()]),
    writeUsage: (changed) =>
      asked(() => {
        for (const row of changed) usage.set(keyOf(row.table, row.id), row);
      }),
    close: async () => {
      closed = true;
    },
  };
}
