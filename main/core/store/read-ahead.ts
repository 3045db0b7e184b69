import { unpackChain } from './packed-rows.ts';
import type { ScannedRow } from './store.ts';
import type { PackedChain } from './store-protocol.ts';

type Scan<R> = (afterSeq: number, limit: number) => Promise<R>;

/**
 * Asks for the next page while the caller works on this one, so that verifying keeps both threads busy. Only a full page
 * is ever used: a short one may have grown by the time it is asked for.
 */
export function readAhead(scan: Scan<PackedChain>): Scan<readonly ScannedRow[]> {
  let ahead: { readonly key: string; readonly page: Promise<PackedChain | null> } | null = null;
  return async (afterSeq, limit) => {
    const key = `${afterSeq}/${limit}`;
    const known = ahead?.key === key ? await ahead.page : null;
    ahead = null;
    const page = known?.seqs.length === limit ? known : await scan(afterSeq, limit);
    const last = page.seqs.at(-1);
    if (last !== undefined && page.seqs.length === limit) {
      ahead = { key: `${last}/${limit}`, page: scan(last, limit).catch(() => null) };
    }
    return unpackChain(page);
  };
}
