import type { RowStore } from '../store/store.ts';

/** When a fault strikes: before the write reaches the disk, or after it did and nobody heard of it. */
export type Strike = 'before' | 'after';

export class CrashedError extends Error {
  override readonly name = 'CrashedError';
}

/**
 * For tests: a store whose n-th write (from 1) is the last thing the process did. From then on everything fails, as it
 * would for a process that is gone.
 */
export function crashingStore(
  store: RowStore,
  nth: number,
  strike: Strike,
): RowStore & { readonly writes: () => number } {
  let writes = 0;
  let crashed = false;
  const read = <R>(work: () => Promise<R>): Promise<R> => (crashed ? Promise.reject(new CrashedError()) : work());
  const write = async (work: () => Promise<void>): Promise<void> => {
    if (crashed) throw new CrashedError();
    const last = ++writes === nth;
    if (last && strike === 'before') crashed = true;
    if (!crashed) await work();
    if (last) {
      crashed = true;
      throw new CrashedError();
    }
  };
  return {
    readMeta: () => read(() => store.readMeta()),
    readAll: () => read(() => store.readAll()),
    changesSince: (revision) => read(() => store.changesSince(revision)),
    readUsage: () => read(() => store.readUsage()),
    commit: (commit) => write(() => store.commit(commit)),
    writeUsage: (rows) => write(() => store.writeUsage(rows)),
    close: () => store.close(),
    writes: () => writes,
  };
}
