import { createHash, createHmac } from 'node:crypto';
import { encodeFields } from '../crypto/bytes.ts';
import { deriveSubkey } from '../crypto/hkdf.ts';
import type { LedgerRow } from '../store/store.ts';

// What proves that no row was removed, brought back or made older. Every (table, id) that ever was has one ledger entry
// with its newest revision and whether it is live. Each entry has a keyed hash; the hashes of a table are added up
// modulo 2^256 in 256 buckets (an incremental multiset hash: a change costs one subtraction and one addition). The
// buckets are sealed by a root over all of them, the header and the generation; the root is also kept outside the
// database. The buckets say where a ledger was changed, so that a few rows are doubted and not a table.

const modulus = 1n << 256n;

export function bucketOf(table: string, id: string): string {
  return createHash('sha256').update(encodeFields(table, id)).digest('hex').slice(0, 2);
}

/** The names sums have among the store's named values. */
export const sumPrefix = 'sum/';

type Buckets = Map<string, bigint>;

export class Ledger {
  readonly #key: Uint8Array;
  readonly #vaultId: string;
  readonly #tables = new Map<string, Buckets>();
  readonly #digests = new Map<string, string>();

  constructor(vaultKey: Uint8Array, vaultId: string) {
    this.#key = deriveSubkey(vaultKey, 'ledger');
    this.#vaultId = vaultId;
  }

  /** The sums as the store keeps them. Ignores everything that is not a sum; the root tells whether they are right. */
  static fromMeta(vaultKey: Uint8Array, vaultId: string, meta: Readonly<Record<string, string>>): Ledger {
    const ledger = new Ledger(vaultKey, vaultId);
    for (const [name, value] of Object.entries(meta)) {
      const at = name.lastIndexOf('/');
      if (!name.startsWith(sumPrefix) || !/^[0-9a-f]{64}$/.test(value)) continue;
      ledger.#buckets(name.slice(sumPrefix.length, at)).set(name.slice(at + 1), BigInt(`0x${value}`));
    }
    return ledger;
  }

  copy(): Ledger {
    const twin = new Ledger(new Uint8Array(32), this.#vaultId);
    twin.#key.set(this.#key);
    for (const [table, buckets] of this.#tables) twin.#tables.set(table, new Map(buckets));
    for (const [table, digest] of this.#digests) twin.#digests.set(table, digest);
    return twin;
  }

  add(row: LedgerRow): void {
    this.#shift(row, this.#element(row));
  }

  subtract(row: LedgerRow): void {
    this.#shift(row, modulus - this.#element(row));
  }

  /** Where this ledger and another one differ, as `table/bucket`. */
  differences(other: Ledger): Set<string> {
    const found = new Set<string>();
    for (const table of new Set([...this.#tables.keys(), ...other.#tables.keys()])) {
      const [mine, theirs] = [this.#buckets(table), other.#buckets(table)];
      for (const bucket of new Set([...mine.keys(), ...theirs.keys()])) {
        if ((mine.get(bucket) ?? 0n) !== (theirs.get(bucket) ?? 0n)) found.add(`${table}/${bucket}`);
      }
    }
    return found;
  }

  /** The named values for these buckets (all of them where none are given). */
  toMeta(touched?: Iterable<string>): Record<string, string> {
    const meta: Record<string, string> = {};
    for (const place of touched ?? this.#places()) {
      const at = place.lastIndexOf('/');
      const sum = this.#tables.get(place.slice(0, at))?.get(place.slice(at + 1)) ?? 0n;
      meta[`${sumPrefix}${place}`] = sum.toString(16).padStart(64, '0');
    }
    return meta;
  }

  /** Hex. Covers every sum, the generation and the header. */
  root(generation: number, header: string): string {
    const tables = [...this.#tables.keys()].sort().flatMap((table) => [table, this.#digest(table)]);
    return this.#mac(encodeFields('aivault root', this.#vaultId, generation, header, ...tables)).toString('hex');
  }

  forget(): void {
    this.#key.fill(0);
    this.#tables.clear();
    this.#digests.clear();
  }

  *#places(): IterableIterator<string> {
    for (const [table, buckets] of this.#tables) for (const bucket of buckets.keys()) yield `${table}/${bucket}`;
  }

  #buckets(table: string): Buckets {
    const known = this.#tables.get(table);
    if (known !== undefined) return known;
    const fresh: Buckets = new Map();
    this.#tables.set(table, fresh);
    return fresh;
  }

  #shift(row: LedgerRow, by: bigint): void {
    const buckets = this.#buckets(row.table);
    const bucket = bucketOf(row.table, row.id);
    buckets.set(bucket, ((buckets.get(bucket) ?? 0n) + by) % modulus);
    this.#digests.delete(row.table);
  }

  #element(row: LedgerRow): bigint {
    const { table, id, revision, live } = row;
    return BigInt(`0x${this.#mac(encodeFields('aivault row', table, id, revision, live ? 1 : 0)).toString('hex')}`);
  }

  #digest(table: string): string {
    const known = this.#digests.get(table);
    if (known !== undefined) return known;
    const buckets = [...this.#buckets(table)].filter(([, sum]) => sum !== 0n).sort(([a], [b]) => (a < b ? -1 : 1));
    const fields = buckets.flatMap(([bucket, sum]) => [bucket, sum.toString(16)]);
    const digest = this.#mac(encodeFields('aivault table', table, ...fields)).toString('hex');
    this.#digests.set(table, digest);
    return digest;
  }

  #mac(message: Uint8Array): Buffer {
    return createHmac('sha256', this.#key).update(message).digest();
  }
}
