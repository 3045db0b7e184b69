import type { LedgerRow, Row, ScannedRow } from './store.ts';
import type { PackedChain, PackedLedger, PackedRows } from './store-protocol.ts';

const rowsPerPage = 1_000;
const bytesPerPage = 1024 * 1024;

/** Packs rows into pages; `send` gets each one with the buffer that may be handed over instead of copied. */
export function packRows(rows: Iterable<Row>, send: (page: PackedRows, buffer: ArrayBuffer) => void): void {
  let page: Row[] = [];
  let bytes = 0;
  const flush = (): void => {
    const sealed = new Uint8Array(bytes);
    let at = 0;
    for (const row of page) {
      sealed.set(row.sealed, at);
      at += row.sealed.length;
    }
    const packed = {
      tables: page.map((row) => row.table),
      ids: page.map((row) => row.id),
      revisions: page.map((row) => row.revision),
      lengths: page.map((row) => row.sealed.length),
      sealed,
    };
    send(packed, sealed.buffer);
    [page, bytes] = [[], 0];
  };
  for (const row of rows) {
    page.push(row);
    bytes += row.sealed.length;
    if (page.length >= rowsPerPage || bytes >= bytesPerPage) flush();
  }
  if (page.length > 0) flush();
}

/** Packs ledger rows into pages of plain arrays, which cross the thread border cheaper than objects do. */
export function packLedger(rows: Iterable<LedgerRow>, send: (page: PackedLedger) => void): void {
  let page: LedgerRow[] = [];
  const flush = (): void => {
    send({
      tables: page.map((row) => row.table),
      ids: page.map((row) => row.id),
      revisions: page.map((row) => row.revision),
      live: page.map((row) => row.live),
    });
    page = [];
  };
  for (const row of rows) {
    page.push(row);
    if (page.length >= rowsPerPage) flush();
  }
  if (page.length > 0) flush();
}

const hashLength = 32;

/** A line of the chain as SQLite gives it: number, time, body, hash, columns. */
export type ChainLine = readonly [seq: number, tsMs: number, body: string, hash: Uint8Array, columns: string];

/** Packs entries of the chain into one message; their hashes lie in one buffer, 32 bytes each. */
export function packChain(rows: readonly ChainLine[]): PackedChain {
  const hashes = new Uint8Array(rows.length * hashLength);
  // A hash of another length was edited: zeros fit no entry.
  for (const [at, [, , , hash]] of rows.entries()) if (hash.length === hashLength) hashes.set(hash, at * hashLength);
  return {
    seqs: rows.map(([seq]) => seq),
    times: rows.map(([, tsMs]) => tsMs),
    bodies: rows.map(([, , body]) => body),
    hashes,
    columns: rows.map(([, , , , columns]) => columns),
  };
}

export function unpackChain(page: PackedChain): ScannedRow[] {
  return page.seqs.map((seq, at) => ({
    seq,
    tsMs: page.times[at]!,
    body: page.bodies[at]!,
    hash: page.hashes.subarray(at * hashLength, (at + 1) * hashLength),
    columns: page.columns[at]!,
  }));
}

/** The rows of a page; their bytes are views into it. */
export function unpackRows(page: PackedRows, into: Row[]): void {
  let at = 0;
  for (const [number, id] of page.ids.entries()) {
    const end = at + page.lengths[number]!;
    into.push({
      table: page.tables[number]!,
      id,
      revision: page.revisions[number]!,
      sealed: page.sealed.subarray(at, end),
    });
    at = end;
  }
}

export function unpackLedger(page: PackedLedger, into: LedgerRow[]): void {
  for (const [number, id] of page.ids.entries()) {
    into.push({ table: page.tables[number]!, id, revision: page.revisions[number]!, live: page.live[number]! });
  }
}
