import { AivaultError } from '#contract/errors.ts';
import { appendOf } from '../store/filter-columns.ts';
import type { AuditStore, ChainHead, ScannedRow } from '../store/store.ts';
import type { BaseSeal } from './base-seal.ts';
import { type ChainVerdict, type ChainWitness, verifyChain } from './verify.ts';

export interface RetirementDeps {
  readonly store: AuditStore;
  readonly seal: BaseSeal;
  readonly witness: () => ChainWitness;
  readonly now: () => number;
  /** Only an open vault can vouch for a cut, and rows go only while it is open. */
  readonly isOpen: () => boolean;
  /** Called once the chain begins elsewhere: what is kept outside of it is brought up to date. */
  readonly moved: () => Promise<void>;
  /** Between two batches of rows: others write. */
  readonly pause: () => Promise<void>;
}

/** Entries that can go: those up to `through`, a checkpoint. */
export interface Cut {
  readonly through: ChainHead & { readonly tsMs: number };
  /** How many go. */
  readonly entries: number;
  /** Oldest first, in pages: all that go, as they are chained. */
  readonly pages: () => AsyncIterable<readonly ScannedRow[]>;
}

export interface RetireOptions {
  /** Nothing that has this time or a later one goes, nor anything written after it. */
  readonly beforeMs: number;
  readonly actor: string;
  /** Called before anything is changed; where it rejects nothing is. */
  readonly keep?: (cut: Cut) => Promise<void>;
}

export interface Retired {
  readonly entries: number;
  readonly throughSeq: number;
  readonly throughTsMs: number;
  /** The vault was locked or the host ended meanwhile: rows are still in the file, and go when it is open again. */
  readonly unfinished: boolean;
}

export interface Retirement {
  /**
   * Checks the whole chain, moves its beginning behind the newest checkpoint before that time, and removes what was older.
   * Null where there is nothing to cut off. Throws `integrity_error` for a broken chain, of which nothing is removed: its
   * traces would go with it.
   */
  retire(options: RetireOptions): Promise<Retired | null>;
  /** Removes what an interrupted retirement has left, where its base is ours. Call when the vault opens; never rejects. */
  finish(): Promise<void>;
}

const pageRows = 2_000;

/** Retires old entries of the log, one retirement at a time. */
export function createRetirement(deps: RetirementDeps): Retirement {
  const { store, seal, now, isOpen } = deps;
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <R>(work: () => Promise<R>): Promise<R> => {
    const mine = last.then(work);
    last = mine.catch(() => undefined);
    return mine;
  };

  /** True where rows are left. */
  const removeRows = async (): Promise<boolean> => {
    let more = true;
    while (more && isOpen()) {
      more = await store.removeRetired();
      if (more) await deps.pause();
    }
    return more;
  };

  const retire = async ({ beforeMs, actor, keep }: RetireOptions): Promise<Retired | null> => {
    const cut = await findCut(store, deps.witness(), beforeMs);
    if (cut === null) return null;
    await keep?.(cut);
    const { seq, hash, tsMs } = cut.through;
    const base = { seq, hash, retiredAtMs: now() };
    const announced = {
      kind: 'audit.retire',
      outcome: 'allowed',
      throughSeq: seq,
      note: `up to entry ${seq}`,
    } as const;
    await store.retire({ ...base, mac: seal(base) }, appendOf({ ...announced, tsMs: now(), actor }));
    // It has happened: what fails from here on is mended at the next start.
    await deps.moved().catch(() => undefined);
    const unfinished = await removeRows().catch(() => true);
    return { entries: cut.entries, throughSeq: seq, throughTsMs: tsMs, unfinished };
  };

  const finish = async (): Promise<void> => {
    const base = await store.readBase();
    if (base === null || !base.unfinished || !isOpen()) return;
    // A base made up by somebody else must not have us remove what it hides.
    if (Buffer.compare(base.mac, seal(base)) === 0) await removeRows();
  };

  return {
    retire: (options) => inTurn(() => retire(options)),
    finish: () => inTurn(finish).catch(() => undefined),
  };
}

/** Looks for the cut while the chain is checked: it is read once. */
async function findCut(store: AuditStore, witness: ChainWitness, beforeMs: number): Promise<Cut | null> {
  const checkpoints = new Set((await store.readCheckpoints()).map(({ seq }) => seq));
  let found: Cut['through'] | null = null;
  let passed = false;
  const look = (row: ScannedRow): void => {
    passed ||= row.tsMs >= beforeMs;
    if (!passed && checkpoints.has(row.seq)) found = { seq: row.seq, hash: row.hash.slice(), tsMs: row.tsMs };
  };
  const verdict = await verifyChain(
    {
      readBase: () => store.readBase(),
      readCheckpoints: () => store.readCheckpoints(),
      async scan(afterSeq, limit) {
        const rows = await store.scan(afterSeq, limit);
        for (const row of rows) look(row);
        return rows;
      },
    },
    witness,
  );
  if (!verdict.intact) throw brokenChain(verdict);
  const through = found as Cut['through'] | null;
  const after = verdict.base?.seq ?? 0;
  return through === null
    ? null
    : { through, entries: through.seq - after, pages: () => pagesBetween(store, after, through.seq) };
}

async function* pagesBetween(store: AuditStore, after: number, through: number): AsyncIterable<readonly ScannedRow[]> {
  for (let last = after; last < through; ) {
    const rows = await store.scan(last, Math.min(pageRows, through - last));
    if (rows.length === 0) return;
    yield rows;
    last = rows.at(-1)!.seq;
  }
}

function brokenChain({ break: found }: ChainVerdict): AivaultError {
  const where = found === null ? '' : ` at entry ${found.seq}: ${found.reason}`;
  return new AivaultError('integrity_error', `The audit chain is broken${where}. Nothing was retired.`, {
    hint: 'Entries that do not add up are evidence: keep a copy of the audit log.',
  });
}
