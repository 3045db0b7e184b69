import { timingSafeEqual } from 'node:crypto';
import { chainHash, genesis } from '../store/chain-hash.ts';
import { columnText } from '../store/filter-columns.ts';
import type { ChainBase, ChainRow } from '../store/store.ts';
import { plainObject } from './entry.ts';
import { RetirementsSeen } from './retirements-seen.ts';

export type BreakReason = 'edited' | 'missing' | 'reordered' | 'truncated' | 'checkpoint' | 'base';
export interface ChainVerdict {
  readonly intact: boolean;
  readonly entries: number;
  readonly break: { readonly seq: number; readonly reason: BreakReason } | null;
  /** The last of the older entries that were retired, as the file says: believe it where the chain is intact. */
  readonly base: VerdictBase | null;
}

export interface VerdictBase {
  readonly seq: number;
  /** What the entry after it is chained to, hex: an export of what was retired ends with it. */
  readonly hash: string;
  readonly retiredAtMs: number;
  /** Their removal was interrupted: some are still in the file, and go while the vault is open. */
  readonly unfinished: boolean;
}

type FoundBase = ChainBase & { readonly unfinished: boolean };

export interface ChainSource {
  /** Oldest first, in pages. */
  scan(afterSeq: number, limit: number): Promise<readonly (ChainRow & { readonly columns?: string })[]>;
  readCheckpoints(): Promise<readonly { readonly seq: number; readonly mac: Uint8Array }[]>;
  readBase(): Promise<FoundBase | null>;
}

export interface ChainWitness {
  /** The MAC a checkpoint over this hash must carry. */
  readonly mac: (seq: number, hash: Uint8Array) => Uint8Array;
  /** The MAC the place where older entries were retired must carry. */
  readonly baseMac: (base: Omit<ChainBase, 'mac'>) => Uint8Array;
  /** The head kept outside the database, if any: the chain must reach it and agree with it. */
  readonly anchor: { readonly seq: number; readonly hash: string } | null;
  /** What the vault itself remembers of the chain, likewise. */
  readonly mark?: { readonly seq: number; readonly hash: string } | null;
}

/**
 * Walks the whole chain: finds the first edit, gap, reorder, truncation, false checkpoint or false base. Pages are 5,000
 * rows, and between pages other work goes on.
 */
export async function verifyChain(source: ChainSource, witness: ChainWitness, pageSize = 5_000): Promise<ChainVerdict> {
  for (let walks = 1; ; walks++) {
    const base = await source.readBase();
    const verdict = await walk(source, witness, base, pageSize);
    // Entries that were retired while they were walked over are no gap. That happens once a day at most, or by hand.
    if (verdict.intact || walks === 3 || (await source.readBase())?.seq === base?.seq) return verdict;
  }
}

async function walk(
  source: ChainSource,
  witness: ChainWitness,
  base: FoundBase | null,
  pageSize: number,
): Promise<ChainVerdict> {
  const checkpoints = new Map((await source.readCheckpoints()).map(({ seq, mac }) => [seq, mac]));
  const retirements = new RetirementsSeen();
  let last: { seq: number; hash: Uint8Array } = base ?? { seq: 0, hash: genesis };
  let entries = 0;
  const shown = base === null ? null : shownBase(base);
  const broken = (seq: number, reason: BreakReason): ChainVerdict => ({
    intact: false,
    entries,
    break: { seq, reason },
    base: shown,
  });
  const remembered = [witness.anchor, witness.mark ?? null].filter((each) => each !== null);
  const contradicts = ({ seq, hash }: typeof last): boolean =>
    remembered.some((each) => each.seq === seq && each.hash !== Buffer.from(hash).toString('hex'));

  if (base !== null && !same(base.mac, witness.baseMac(base))) return broken(base.seq, 'base');
  if (contradicts(last)) return broken(last.seq, 'edited');
  for (;;) {
    const rows = await source.scan(last.seq, pageSize);
    if (rows.length === 0) break;
    for (const [at, row] of rows.entries()) {
      if (row.seq !== last.seq + 1) return broken(last.seq + 1, 'missing');
      if (!same(chainHash(last.hash, row.body), row.hash)) return broken(row.seq, reasonFor(last.hash, rows, at));
      const facts = plainObject(row.body);
      if (!saysTheSame(row, facts)) return broken(row.seq, 'edited');
      const mac = checkpoints.get(row.seq);
      if (mac !== undefined && !same(mac, witness.mac(row.seq, row.hash))) return broken(row.seq, 'checkpoint');
      if (contradicts(row)) return broken(row.seq, 'edited');
      retirements.see(facts);
      last = row;
      entries += 1;
    }
  }

  // One by one: a log of months has more checkpoints than a function takes arguments.
  let reached = Math.max(0, ...remembered.map(({ seq }) => seq));
  for (const seq of checkpoints.keys()) reached = Math.max(reached, seq);
  if (reached > last.seq) return broken(last.seq + 1, 'truncated');
  if (!retirements.agreeWith(base)) return broken(base?.seq ?? 0, 'base');
  return { intact: true, entries, break: null, base: shown };
}

/** Rows that only changed places still chain from here; anything else was edited. */
function reasonFor(previous: Uint8Array, rows: readonly ChainRow[], at: number): BreakReason {
  const elsewhere = rows.slice(at + 1).some((row) => same(chainHash(previous, row.body), row.hash));
  return elsewhere ? 'reordered' : 'edited';
}

/** Whether time and columns say what the body says: else an entry could be hidden from a filter by editing one. */
function saysTheSame(
  { tsMs, columns }: { readonly tsMs: number; readonly columns?: string },
  facts: Readonly<Record<string, unknown>>,
): boolean {
  return facts.tsMs === tsMs && (columns === undefined || columns === columnText(facts));
}

function shownBase({ seq, hash, retiredAtMs, unfinished }: FoundBase): VerdictBase {
  return { seq, hash: Buffer.from(hash).toString('hex'), retiredAtMs, unfinished };
}

function same(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}
