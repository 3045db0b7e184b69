import { AivaultError, type ErrorCode } from '#contract/errors.ts';
import { CallJournal, type OpenCall } from './call-journal.ts';
import { ClosingQueue } from './closing-queue.ts';
import { OpeningQueue } from './opening-queue.ts';
import { unpackLedger, unpackRows } from './packed-rows.ts';
import { readAhead } from './read-ahead.ts';
import type { AuditStore, LedgerRow, Row, RowStore, Snapshot } from './store.ts';
import { StoreError, type StoreFault } from './store-error.ts';
import type { PackedChain, PackedLedger, PackedRows, StoreKind } from './store-protocol.ts';
import { type AskOptions, StoreThread } from './store-thread.ts';

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
    readAll: () => readAll(ask),
    commit: (commit) => ask('commit', commit) as never,
    changesSince: (revision) => ask('changesSince', revision) as never,
    readUsage: () => ask('readUsage') as never,
    writeUsage: (rows) => ask('writeUsage', rows) as never,
    close: () => ask('closeStore') as never,
  };
}

/**
 * Opens or creates audit.db the same way, and the journal of open calls beside it. A write that fails rejects with
 * `audit_unavailable`.
 */
export async function openAuditStore(file: string): Promise<AuditStore> {
  const ask = await openStore('audit', file);
  const journal = openJournal(`${file}-calls`);
  const openings = new OpeningQueue(journal);
  /** Closing entries could not be written: until they are, no call is announced. */
  let behind = false;
  let catchingUp: Promise<void> | null = null;
  const catchUp = (): Promise<void> => {
    catchingUp ??= ask('closeAgain')
      .then((calls) => {
        for (const call of calls as string[]) journal.closed(call);
        behind = false;
      })
      .finally(() => {
        catchingUp = null;
      });
    return catchingUp;
  };
  const closings = new ClosingQueue(async (entries) => {
    const packed = entries.packed();
    try {
      await ask.handingOver([packed.cells.buffer], 'closeAll', packed);
    } catch (error) {
      behind = true;
      throw error;
    }
    for (const call of entries.calls) journal.closed(call);
    if (journal.isLong) await renew(journal, ask);
  });
  /** What is asked now comes after every closing entry that was handed in before. */
  const ordered: Ask = (...question) => {
    closings.send();
    return ask(...question);
  };
  return {
    append: (entry) => ordered('append', entry) as never,
    closeCall(call, entry, soon = false) {
      const written = closings.add(call, entry);
      if (soon) closings.send();
      return written;
    },
    openCall: (id, tsMs, body) =>
      behind ? catchUp().then(() => openings.add({ id, tsMs, body })) : openings.add({ id, tsMs, body }),
    async leftOpen() {
      openings.flush();
      const closed = new Set((await ordered('closedCalls')) as string[]);
      const older = (await ordered('leftOpen')) as OpenCall[];
      // Closed by an earlier host that could not tell the journal any more.
      for (const id of closed) journal.closed(id);
      return [...older, ...journal.calls()];
    },
    query: (query) => ordered('query', query) as never,
    scan: readAhead((afterSeq, limit) => ordered('scan', afterSeq, limit) as Promise<PackedChain>),
    head: () => ordered('head') as never,
    readCheckpoints: () => ordered('readCheckpoints') as never,
    writeCheckpoint: (seq, mac) => ordered('writeCheckpoint', seq, mac) as never,
    readBase: () => ordered('readBase') as never,
    retire: (base, announcement) => ordered('retire', base, announcement) as never,
    removeRetired: () => ordered('removeRetired') as never,
    beginBehind: (base) => ordered('beginBehind', base) as never,
    async close() {
      openings.flush();
      await closings.drain();
      if (behind) await catchUp().catch(() => {});
      journal.close();
      await ask('closeStore');
    },
  };
}

/** A journal that cannot be made anew just grows on. */
async function renew(journal: CallJournal, ask: Ask): Promise<void> {
  try {
    await ask('forgetCalls', journal.renew());
  } catch {
    // Nothing is lost: the old file holds every call, the database every closed id.
  }
}

function openJournal(file: string): CallJournal {
  try {
    return new CallJournal(file);
  } catch (cause) {
    throw new AivaultError('audit_unavailable', 'The audit log: the journal of open calls cannot be opened.', {
      cause,
    });
  }
}

async function readAll(ask: StoreAsk): Promise<Snapshot> {
  const rows: Row[] = [];
  const ledger: LedgerRow[] = [];
  const onPage = (page: unknown): void => {
    if ('sealed' in (page as PackedRows)) unpackRows(page as PackedRows, rows);
    else unpackLedger(page as PackedLedger, ledger);
  };
  const rest = (await ask.paged(onPage, 'readAll')) as Omit<Snapshot, 'rows' | 'ledger'>;
  return { ...rest, rows, ledger };
}

type Ask = (op: string, ...args: unknown[]) => Promise<unknown>;
type StoreAsk = Ask & {
  /** Hands the parts of a long answer over as they come. */
  paged(onPage: (page: unknown) => void, op: string): Promise<unknown>;
  /** Moves these buffers to the store's thread instead of copying them. */
  handingOver(buffers: readonly ArrayBuffer[], op: string, ...args: unknown[]): Promise<unknown>;
};

async function openStore(kind: StoreKind, file: string): Promise<StoreAsk> {
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
  const asking = async (op: string, args: unknown[], more?: AskOptions): Promise<unknown> => {
    try {
      if (op === 'closeStore') {
        closed ??= mine.ask(store, op, args).then(release, release);
        return await closed;
      }
      if (closed !== null) throw new StoreError('closed', 'The store is closed.');
      return await mine.ask(store, op, args, more);
    } catch (error) {
      throw publicError(error, kind);
    }
  };
  const ask = (op: string, ...args: unknown[]): Promise<unknown> => asking(op, args);
  return Object.assign(ask, {
    paged: (onPage: (page: unknown) => void, op: string) => asking(op, [], { onPage }),
    handingOver: (transfer: readonly ArrayBuffer[], op: string, ...args: unknown[]) => asking(op, args, { transfer }),
  });
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
