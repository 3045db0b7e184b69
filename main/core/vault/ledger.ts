import { encodeFields } from '../crypto/bytes.ts';
import { deriveSubkey } from '../crypto/hkdf.ts';
import { MacKey } from '../crypto/mac-key.ts';
import type { LedgerRow } from '../store/store.ts';
import { addTo, hexOf, isZero, newSum, type Sum, subtractFrom, sumFromHex } from './multiset-sum.ts';

// What proves that no row was removed, brought back or made older. Every (table, id) that ever was has one ledger entry
// with its newest revision and whether it is live. Each entry has a keyed hash; the hashes of a table are added up
// modulo 2^256 in 256 buckets (an incremental multiset hash: a change costs one subtraction and one addition). The
// buckets are sealed by a root over all of them, the header and the generation; the root is also kept outside the
// database. The buckets say where a ledger was changed, so that a few rows are doubted and not a table.

const bucketNames = Array.from({ length: 256 }, (_, bucket) => bucket.toString(16).padStart(2, '0'));

/** Which of 256 sums an entry is part of: FNV-1a over its id. It spreads entries out; it protects nothing. */
export function bucketOf(id: string): string {
  let state = 0x811c9dc5;
  for (let at = 0; at < id.length; at++) state = Math.imul(state ^ id.charCodeAt(at), 0x01000193);
  return bucketNames[(state ^ (state >>> 16)) & 0xff]!;
}

/** The names sums have among the store's named values. */
const sumPrefix = 'sum/';

type Buckets = Map<string, Sum>;

/** The sums of one open vault, in memory. It writes nothing: whoever changes rows commits the sums beside them. */
export class Ledger {
  readonly #key: MacKey;
  readonly #vaultId: string;
  readonly #tables = new Map<string, Buckets>();
  readonly #digests = new Map<string, string>();

  constructor(vaultKey: Uint8Array, vaultId: string) {
    const key = deriveSubkey(vaultKey, 'ledger');
    this.#key = new MacKey(key);
    key.fill(0);
    this.#vaultId = vaultId;
  }

  /** The sums as the store keeps them. Ignores everything that is not a sum; the root tells whether they are right. */
  static fromMeta(vaultKey: Uint8Array, vaultId: string, meta: Readonly<Record<string, string>>): Ledger {
    const ledger = new Ledger(vaultKey, vaultId);
    for (const [name, value] of Object.entries(meta)) {
      const at = name.lastIndexOf('/');
      if (!name.startsWith(sumPrefix) || !/^[0-9a-f]{64}$/.test(value)) continue;
      ledger.#buckets(name.slice(sumPrefix.length, at)).set(name.slice(at + 1), sumFromHex(value));
    }
    return ledger;
  }

  add(row: LedgerRow): void {
    addTo(this.#touch(row), this.#element(row));
  }

  subtract(row: LedgerRow): void {
    subtractFrom(this.#touch(row), this.#element(row));
  }

  /** Where this ledger and another one differ, as `table/bucket`. */
  differences(other: Ledger): Set<string> {
    const found = new Set<string>();
    for (const table of new Set([...this.#tables.keys(), ...other.#tables.keys()])) {
      const [mine, theirs] = [this.#buckets(table), other.#buckets(table)];
      for (const bucket of new Set([...mine.keys(), ...theirs.keys()])) {
        const [a, b] = [mine.get(bucket) ?? newSum(), theirs.get(bucket) ?? newSum()];
        if (hexOf(a) !== hexOf(b)) found.add(`${table}/${bucket}`);
      }
    }
    return found;
  }

  /** The named values for these buckets (all of them where none are given). */
  toMeta(touched?: Iterable<string>): Record<string, string> {
    const meta: Record<string, string> = {};
    for (const place of touched ?? this.#places()) {
      const at = place.lastIndexOf('/');
      const sum = this.#tables.get(place.slice(0, at))?.get(place.slice(at + 1)) ?? newSum();
      meta[`${sumPrefix}${place}`] = hexOf(sum);
    }
    return meta;
  }

  /** Hex. Covers every sum, the generation and the header. */
  root(generation: number, header: string): string {
    const tables = [...this.#tables.keys()].sort().flatMap((table) => [table, this.#digest(table)]);
    return this.#key.mac(encodeFields('aivault root', this.#vaultId, generation, header, ...tables)).toString('hex');
  }

  forget(): void {
    this.#key.forget();
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

  /** The sum an entry belongs to, about to change. */
  #touch({ table, id }: LedgerRow): Sum {
    this.#digests.delete(table);
    const buckets = this.#buckets(table);
    const bucket = bucketOf(id);
    const known = buckets.get(bucket);
    if (known !== undefined) return known;
    const fresh = newSum();
    buckets.set(bucket, fresh);
    return fresh;
  }

  #element({ table, id, revision, live }: LedgerRow): Uint8Array {
    return this.#key.mac(encodeFields('aivault row', table, id, revision, live ? 1 : 0));
  }

  #digest(table: string): string {
    const known = this.#digests.get(table);
    if (known !== undefined) return known;
    const buckets = [...this.#buckets(table)].filter(([, sum]) => !isZero(sum)).sort(([a], [b]) => (a < b ? -1 : 1));
    const fields = buckets.flatMap(([bucket, sum]) => [bucket, hexOf(sum)]);
    const digest = this.#key.mac(encodeFields('aivault table', table, ...fields)).toString('hex');
    this.#digests.set(table, digest);
    return digest;
  }
}
