import { AivaultError, type ErrorCode } from '#contract/errors.ts';
import type { AuditStore, RowStore } from './store.ts';
import { StoreError, type StoreFault } from './store-error.ts';
import type { StoreKind } from './store-protocol.ts';
import { StoreThread } from './store-thread.ts';

// Opens the two databases of a vault folder. All that are open in a process share one thread.

let thread: StoreThread | null = null;
let openStores = 0;

/**
 * Opens or creates vault.db (0600 in a 0700 folder). Rejects with `integrity_error` for a file that is damaged or of a
 * format this version does not read, and with `storage_unavailable` where it cannot be opened or written.
 */
export async function openRowStore(file: string): Promise<RowStore> {
  const ask = await openStore('rows', file);
  return {
    readMeta: () => ask('readMeta') as never,
    readAll: () => ask('readAll') as never,
    commit: (commit) => ask('commit', commit) as never,
    changesSince: (revision) => ask('changesSince', revision) as never,
    readUsage: () => ask('readUsage') as never,
    writeUsage: (rows) => ask('writeUsage', rows) as never,
    close: () => ask('closeStore') as never,
  };
}

/** Opens or creates audit.db the same way. A write that fails rejects with `audit_unavailable`. */
export async function openAuditStore(file: string): Promise<AuditStore> {
  const ask = await openStore('audit', file);
  return {
    append: (entry) => ask('append', entry) as never,
    open: (id, tsMs, body) => ask('open', id, tsMs, body) as never,
    leftOpen: () => ask('leftOpen') as never,
    query: (query) => ask('query', query) as never,
    scan: (afterSeq, limit) => ask('scan', afterSeq, limit) as never,
    head: () => ask('head') as never,
    readCheckpoints: () => ask('readCheckpoints') as never,
    writeCheckpoint: (seq, mac) => ask('writeCheckpoint', seq, mac) as never,
    close: () => ask('closeStore') as never,
  };
}

type Ask = (op: string, ...args: unknown[]) => Promise<unknown>;

async function openStore(kind: StoreKind, file: string): Promise<Ask> {
  if (thread === null || thread.dead) {
    thread = new StoreThread();
    openStores = 0;
  }
  const mine = thread;
  openStores++;
  let closed: Promise<void> | null = null;
  const release = async (): Promise<void> => {
    if (mine !== thread || --openStores > 0) return;
    thread = null;
    await mine.stop();
  };
  let store = 0;
  try {
    store = await mine.open(kind, file);
  } catch (error) {
    await release();
    throw publicError(error, kind);
  }
  return async (op, ...args) => {
    try {
      if (op === 'closeStore') {
        closed ??= mine.ask(store, op, args).then(release, release);
        return await closed;
      }
      if (closed !== null) throw new StoreError('closed', 'The store is closed.');
      return await mine.ask(store, op, args);
    } catch (error) {
      throw publicError(error, kind);
    }
  };
}

const codes: Readonly<Record<StoreFault, ErrorCode>> = {
  conflict: 'version_conflict',
  full: 'storage_unavailable',
  unwritable: 'storage_unavailable',
  busy: 'host_busy',
  corrupt: 'integrity_error',
  closed: 'storage_unavailable',
  broken: 'storage_unavailable',
};
const hints: Readonly<Partial<Record<StoreFault, string>>> = {
  full: 'Free some space and try again; nothing that was stored is lost.',
  unwritable: 'Give the vault folder back to its owner, writable, and try again.',
};

function publicError(error: unknown, kind: StoreKind): Error {
  if (!(error instanceof StoreError)) return error as Error;
  const { fault } = error;
  const failing = kind === 'audit' && codes[fault] === 'storage_unavailable';
  const hint = hints[fault];
  const message = `${kind === 'audit' ? 'The audit log' : 'The vault'}: ${error.message}`;
  return new AivaultError(failing ? 'audit_unavailable' : codes[fault], message, {
    cause: error,
    ...(hint === undefined ? {} : { hint }),
  });
}
