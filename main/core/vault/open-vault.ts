import { AivaultError } from '#contract/errors.ts';
import { wipe } from '../crypto/bytes.ts';
import { deriveSubkey } from '../crypto/hkdf.ts';
import type { Change, Commit, LedgerRow, Snapshot } from '../store/store.ts';
import { type Header, headerDigest, openHeader, parseHeader } from './header.ts';
import { bucketOf, Ledger } from './ledger.ts';
import type { DamagedRow } from './ports.ts';
import { openRow, rowKeyOf, sealRow } from './sealed-rows.ts';
import { inSlices } from './slices.ts';
import { TableIndex } from './table-index.ts';
import type { Write } from './transaction.ts';

/** Named values of the store that are the vault's own. */
export const metaNames = { header: 'header', root: 'root' } as const;

/** Everything an open vault has in memory: keys, ledger and index. `forget` ends it. */
export class OpenVault {
  readonly vaultKey: Uint8Array;
  header: Header;
  headerText: string;
  readonly ledger: Ledger;
  readonly ledgerRows = new Map<string, Map<string, LedgerRow>>();
  generation: number;
  readonly #seed: Uint8Array;
  readonly #rowKey: Uint8Array;
  readonly #keys = new Map<string, Uint8Array>();
  readonly #tables = new Map<string, TableIndex>();
  readonly #lazy: ReadonlySet<string>;
  #forgotten = false;

  /** `vaultKey` becomes this object's own, to be wiped by `forget`. */
  constructor(vaultKey: Uint8Array, headerText: string, ledger: Ledger, generation: number, lazy: ReadonlySet<string>) {
    this.headerText = headerText;
    try {
      this.header = parseHeader(headerText);
      this.#seed = openHeader(this.header, vaultKey).seed;
    } catch (error) {
      wipe(vaultKey);
      throw error;
    }
    this.vaultKey = vaultKey;
    this.ledger = ledger;
    this.generation = generation;
    this.#rowKey = rowKeyOf(vaultKey);
    this.#lazy = lazy;
  }

  /**
   * Opens what the store holds. Throws `integrity_error` where header or sums are not what the root covers; single rows
   * that are not what the ledger says are kept as damaged.
   */
  static async fromSnapshot(vaultKey: Uint8Array, snapshot: Snapshot, lazy: ReadonlySet<string>): Promise<OpenVault> {
    const headerText = snapshot.meta[metaNames.header] ?? '';
    const ledger = Ledger.fromMeta(vaultKey, parseHeader(headerText).vaultId, snapshot.meta);
    const vault = new OpenVault(vaultKey, headerText, ledger, snapshot.generation, lazy);
    if (vault.root() !== snapshot.meta[metaNames.root]) {
      vault.forget();
      throw new AivaultError(
        'integrity_error',
        'The seal over the whole vault does not fit: its header or sums were changed.',
        {
          hint: 'Restore a backup.',
        },
      );
    }
    await vault.#load(snapshot);
    return vault;
  }

  get forgotten(): boolean {
    return this.#forgotten;
  }

  root(): string {
    return this.ledger.root(this.generation, headerDigest(this.headerText));
  }

  index(table: string): TableIndex {
    const known = this.#tables.get(table);
    if (known !== undefined) return known;
    const index = new TableIndex(table, bucketOf, (id, row) =>
      openRow(this.#rowKey, row.sealed!, { ...this.#place(table, id), revision: row.revision }),
    );
    this.#tables.set(table, index);
    return index;
  }

  tables(): IterableIterator<[string, TableIndex]> {
    return this.#tables.entries();
  }

  damaged(): DamagedRow[] {
    return [...this.#tables.values()].flatMap((index) => [...index.damage()]);
  }

  /** A copy, the caller's to wipe. */
  subkey(label: string): Uint8Array {
    return this.#derived(this.#seed, `purpose ${label}`);
  }

  /** A copy, the caller's to wipe. */
  innerKey(label: string): Uint8Array {
    return this.#derived(this.vaultKey, `inner ${label}`);
  }

  /** Calls need the same few keys again and again. */
  #derived(from: Uint8Array, label: string): Uint8Array {
    const known = this.#keys.get(label);
    if (known !== undefined) return known.slice();
    const key = deriveSubkey(from, label);
    this.#keys.set(label, key);
    return key.slice();
  }

  seedCopy(): Uint8Array {
    return this.#seed.slice();
  }

  /** Seals the writes as the next generation and moves the ledger there. `undo` moves it back if the commit fails. */
  prepare(writes: readonly Write[]): { readonly commit: Commit; apply(): void; undo(): void } {
    const generation = this.generation + 1;
    const touched = new Set<string>();
    const steps = writes.map((write) => {
      const { table, id, json } = write;
      const sealed =
        json === null ? null : sealRow(this.#rowKey, json, { ...this.#place(table, id), revision: generation });
      const before = this.ledgerRows.get(table)?.get(id);
      const after: LedgerRow = { table, id, revision: generation, live: sealed !== null };
      if (before !== undefined) this.ledger.subtract(before);
      this.ledger.add(after);
      touched.add(`${table}/${bucketOf(id)}`);
      return { write, sealed, before, after };
    });
    const changes = steps.map(({ write, sealed }): Change => {
      const { table, id } = write;
      return sealed === null ? { op: 'remove', table, id } : { op: 'put', table, id, sealed };
    });
    this.generation = generation;
    const meta = { ...this.ledger.toMeta(touched), [metaNames.root]: this.root() };
    return {
      commit: { generation, changes, meta },
      apply: () => {
        if (this.#forgotten) return;
        for (const { write, sealed, after } of steps) this.#show(write, sealed, after);
      },
      undo: () => {
        if (this.#forgotten) return;
        this.generation = generation - 1;
        for (const { before, after } of steps) {
          this.ledger.subtract(after);
          if (before !== undefined) this.ledger.add(before);
        }
      },
    };
  }

  /** The commit that changes nothing but the header, as the next generation or a later one. */
  prepareHeader(headerText: string, generation = this.generation + 1): { readonly commit: Commit; apply(): void } {
    const after = this.generation;
    const root = this.ledger.root(generation, headerDigest(headerText));
    return {
      commit: { generation, after, changes: [], meta: { [metaNames.header]: headerText, [metaNames.root]: root } },
      apply: () => {
        this.generation = generation;
        this.header = parseHeader(headerText);
        this.headerText = headerText;
      },
    };
  }

  forget(): void {
    this.#forgotten = true;
    wipe(this.vaultKey, this.#seed, this.#rowKey, ...this.#keys.values());
    this.#keys.clear();
    this.ledger.forget();
    this.#tables.clear();
    this.ledgerRows.clear();
  }

  #show(write: Write, sealed: Uint8Array | null, after: LedgerRow): void {
    const { table, id, plain } = write;
    const { revision } = after;
    const index = this.index(table);
    if (sealed === null) index.rows.delete(id);
    else if (this.#lazy.has(table)) index.rows.set(id, { revision, sealed, plain: undefined, parsed: false });
    else index.rows.set(id, { revision, sealed: null, plain, parsed: true });
    index.damaged.delete(id);
    this.#note(after);
  }

  #note(row: LedgerRow): void {
    const rows = this.ledgerRows.get(row.table) ?? new Map<string, LedgerRow>();
    this.ledgerRows.set(row.table, rows);
    rows.set(row.id, row);
  }

  #place(table: string, id: string): { vaultId: string; table: string; id: string } {
    return { vaultId: this.header.vaultId, table, id };
  }

  async #load(snapshot: Snapshot): Promise<void> {
    const found = new Ledger(this.vaultKey, this.header.vaultId);
    await inSlices(snapshot.ledger, (row) => {
      found.add(row);
      this.#note(row);
      this.index(row.table);
    });
    for (const place of this.ledger.differences(found)) {
      const at = place.lastIndexOf('/');
      this.index(place.slice(0, at)).doubted.add(place.slice(at + 1));
    }
    found.forget();
    await inSlices(
      snapshot.rows,
      (row) => this.#loadRow(row),
      (row) => row.sealed.length,
    );
    await inSlices(snapshot.ledger, ({ table, id, live }) => {
      const index = this.index(table);
      if (live && !index.rows.has(id) && !index.damaged.has(id)) index.damaged.set(id, 'it was removed');
    });
  }

  #loadRow(row: Snapshot['rows'][number]): void {
    const { table, id, revision, sealed } = row;
    const lazy = this.#lazy.has(table);
    const index = this.index(table);
    const damage = (reason: string): void => {
      index.rows.delete(id);
      index.damaged.set(id, reason);
    };
    const wrong = this.#wrongPlace(row);
    if (wrong !== null) {
      damage(wrong);
      return;
    }
    try {
      const plain = lazy ? undefined : openRow(this.#rowKey, sealed, { ...this.#place(table, id), revision });
      index.rows.set(id, { revision, sealed: lazy ? sealed : null, plain, parsed: false });
    } catch {
      damage('it was edited or moved');
    }
  }

  /** Why the ledger does not know this row, in words; null where it does. */
  #wrongPlace({ table, id, revision }: Snapshot['rows'][number]): string | null {
    const index = this.index(table);
    const known = this.ledgerRows.get(table)?.get(id);
    if (index.rows.has(id) || index.damaged.has(id)) return 'it is there twice';
    if (known === undefined) return 'it was put there from outside';
    if (!known.live) return 'it was removed and brought back';
    if (known.revision !== revision) return 'it is an older or newer copy';
    return index.doubted.size > 0 && index.doubted.has(bucketOf(id))
      ? 'its ledger entry was changed, or one beside it'
      : null;
  }
}
