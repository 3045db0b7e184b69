import { timingSafeEqual } from 'node:crypto';
import { chainHash, genesis } from '../store/chain-hash.ts';
import { columnText } from '../store/filter-columns.ts';
import type { ChainRow } from '../store/store.ts';
import { plainObject } from './entry.ts';

export type BreakReason = 'edited' | 'missing' | 'reordered' | 'truncated' | 'checkpoint';
export interface ChainVerdict {
  readonly intact: boolean;
  readonly entries: number;
  readonly break: { readonly seq: number; readonly reason: BreakReason } | null;
}

export interface ChainSource {
  /** Oldest first, in pages. */
  scan(afterSeq: number, limit: number): Promise<readonly (ChainRow & { readonly columns?: string })[]>;
  readCheckpoints(): Promise<readonly { readonly seq: number; readonly mac: Uint8Array }[]>;
}

export interface ChainWitness {
  /** The MAC a checkpoint over this hash must carry. */
  readonly mac: (seq: number, hash: Uint8Array) => Uint8Array;
  /** The head kept outside the database, if any: the chain must reach it and agree with it. */
  readonly anchor: { readonly seq: number; readonly hash: string } | null;
}

/**
 * Walks the whole chain: finds the first edit, gap, reorder, truncation or false checkpoint. Pages are 5,000 rows, and
 * between pages other work goes on.
 */
export async function verifyChain(source: ChainSource, witness: ChainWitness, pageSize = 5_000): Promise<ChainVerdict> {
  const checkpoints = new Map((await source.readCheckpoints()).map(({ seq, mac }) => [seq, mac]));
  let last: { seq: number; hash: Uint8Array } = { seq: 0, hash: genesis };
  let entries = 0;
  const broken = (seq: number, reason: BreakReason): ChainVerdict => ({
    intact: false,
    entries,
    break: { seq, reason },
  });

  for (;;) {
    const rows = await source.scan(last.seq, pageSize);
    if (rows.length === 0) break;
    for (const [at, row] of rows.entries()) {
      if (row.seq !== last.seq + 1) return broken(last.seq + 1, 'missing');
      if (!same(chainHash(last.hash, row.body), row.hash)) return broken(row.seq, reasonFor(last.hash, rows, at));
      if (!saysTheSame(row)) return broken(row.seq, 'edited');
      const mac = checkpoints.get(row.seq);
      if (mac !== undefined && !same(mac, witness.mac(row.seq, row.hash))) return broken(row.seq, 'checkpoint');
      if (witness.anchor?.seq === row.seq && witness.anchor.hash !== Buffer.from(row.hash).toString('hex')) {
        return broken(row.seq, 'edited');
      }
      last = row;
      entries += 1;
    }
  }

  const reached = Math.max(0, witness.anchor?.seq ?? 0, ...checkpoints.keys());
  if (reached > last.seq) return broken(last.seq + 1, 'truncated');
  return { intact: true, entries, break: null };
}

/** Rows that only changed places still chain from here; anything else was edited. */
function reasonFor(previous: Uint8Array, rows: readonly ChainRow[], at: number): BreakReason {
  const elsewhere = rows.slice(at + 1).some((row) => same(chainHash(previous, row.body), row.hash));
  return elsewhere ? 'reordered' : 'edited';
}

/** Whether time and columns say what the body says: else an entry could be hidden from a filter by editing one. */
function saysTheSame({ body, tsMs, columns }: { body: string; tsMs: number; columns?: string }): boolean {
  const facts = plainObject(body);
  return facts.tsMs === tsMs && (columns === undefined || columns === columnText(facts));
}

function same(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}
