import { AivaultError } from '#contract/errors.ts';
import type { KeyProviderChoice } from '#contract/schemas/vault.ts';
import type { Anchor, Protector, UnlockInput } from '../keyring/protector.ts';
import { type Protectors, systemProtectors } from '../keyring/protectors.ts';
import { AnchorKeeper } from './anchor-keeper.ts';
import { createBackup, prepareRestore } from './backup.ts';
import { withoutDamage } from './discard-damaged.ts';
import { type Header, headerOrNull } from './header.ts';
import { KeyDoor } from './key-door.ts';
import { newVault, requireNoVault } from './new-vault.ts';
import { metaNames, OpenVault } from './open-vault.ts';
import type {
  BackupFacts,
  BackupInput,
  DamagedRow,
  RestoreInput,
  Rewrap,
  RotateMasterInput,
  Unlocked,
  Vault,
  VaultBrief,
  VaultDeps,
  VaultFacts,
} from './ports.ts';
import { compareToAnchor, goPast, rolledBack } from './rollback.ts';
import { type RekeyedTable, rekey, retireOldKey } from './rotate.ts';
import type { ReadTable, TableSpec, Tx } from './sealed.ts';
import { createTableViews } from './table-index.ts';
import { Transaction } from './transaction.ts';
import { createTurns } from './turns.ts';
import { noHeader, vaultBrief, vaultFacts } from './vault-facts.ts';

/** Reads what is on disk; opens nothing. `protectors` is given by tests only. */
export async function createVault(deps: VaultDeps, protectors: Protectors = systemProtectors(deps)): Promise<Vault> {
  const vault = new StoredVault(deps, protectors);
  await vault.load();
  return vault;
}

class StoredVault implements Vault {
  readonly #deps: VaultDeps;
  readonly #protectors: Protectors;
  readonly #turn = createTurns();
  readonly #door: KeyDoor;
  readonly #keeper: AnchorKeeper;
  readonly #lazy: ReadonlySet<string>;
  readonly #rewraps: RekeyedTable[] = [];
  readonly #opened: (() => void)[] = [];
  readonly #closed: (() => void)[] = [];
  readonly #view = createTableViews((name) => this.#requireOpen().index(name));
  #header: Header | null = null;
  #remains = false;
  #open: OpenVault | null = null;
  #anchor: Anchor | null = null;
  #noAnchor = false;
  #rolledBack = false;
  /** Grows with every lock: an unlock that took its time must not undo a lock that came meanwhile. */
  #locks = 0;

  constructor(deps: VaultDeps, protectors: Protectors) {
    this.#deps = deps;
    this.#protectors = protectors;
    this.#door = new KeyDoor(deps);
    this.#keeper = new AnchorKeeper(deps.auditHead);
    this.#lazy = new Set((deps.tables ?? []).filter((table) => table.lazy).map((table) => table.name));
  }

  async load(): Promise<void> {
    const { generation, meta } = await this.#deps.store.readMeta();
    const text = meta[metaNames.header];
    this.#remains = generation > 0 || text !== undefined;
    this.#header = headerOrNull(text);
    await this.#door.load();
  }

  facts(): VaultFacts {
    return vaultFacts({
      header: this.#header,
      remains: this.#remains,
      open: this.#open,
      rolledBack: this.#rolledBack,
      noAnchor: this.#open !== null && this.#noAnchor,
      anchorFailed: this.#keeper.failed,
      keyTrouble: this.#door.trouble,
      needsPerson: this.#header !== null && this.#protectors.of(this.#header.key.provider).needsPerson,
    });
  }

  brief(): VaultBrief {
    return vaultBrief(this.#header, this.#open);
  }

  init(choice: KeyProviderChoice, { development }: { readonly development: boolean }): Promise<void> {
    return this.#turn(async () => {
      const { store, now, randomBytes } = this.#deps;
      await requireNoVault(this.#deps.store, 'init');
      const protector = this.#protectors.chosen(choice);
      const { open, commit } = await newVault(protector, development, { now, randomBytes, lazy: this.#lazy });
      await store.commit(commit);
      this.#noAnchor = false;
      await this.#show(open, protector);
    });
  }

  createBackup(input: BackupInput): Promise<BackupFacts> {
    return this.#turn(() => createBackup(this.#requireOpen(), input, this.#deps));
  }

  restoreBackup(input: RestoreInput): Promise<void> {
    return this.#turn(async () => {
      const { store, randomBytes } = this.#deps;
      await requireNoVault(this.#deps.store, 'restore');
      const protector = this.#protectors.chosen(input.choice);
      const { commit, vaultKey } = await prepareRestore(input, { protector, randomBytes, rewraps: this.#rewraps });
      await store.commit(commit);
      this.#noAnchor = false;
      await this.#show(await OpenVault.fromSnapshot(vaultKey, await store.readAll(), this.#lazy), protector);
    });
  }

  unlock(input: UnlockInput & { readonly acceptRollback?: boolean }): Promise<Unlocked> {
    const locks = this.#locks;
    const opening = async (): Promise<Unlocked> => {
      if (this.#open !== null) return { rollbackAccepted: false };
      const header = this.#requireHeader();
      const protector = this.#protectors.of(header.key.provider);
      const vaultKey = await this.#door.unwrap(protector, header.key, input);
      const open = await OpenVault.fromSnapshot(vaultKey, await this.#deps.store.readAll(), this.#lazy);
      let older = false;
      try {
        this.#anchor = await protector.readAnchor(open.header.key);
        const verdict = compareToAnchor(open, this.#anchor);
        this.#noAnchor = verdict === 'no_anchor';
        older = verdict === 'rolled_back';
        this.#rolledBack = older && input.acceptRollback !== true;
        if (this.#rolledBack) throw rolledBack();
        if (older) await goPast(this.#anchor, open, this.#deps.store);
        if (locks !== this.#locks) throw new AivaultError('vault_locked', 'The vault was locked meanwhile.');
      } catch (error) {
        open.forget();
        throw error;
      }
      await this.#door.opened();
      await this.#show(open, protector);
      await this.#retire(open);
      return { rollbackAccepted: older };
    };
    return this.#turn(() => this.#door.remembering(opening));
  }

  /** From here on the vault is open, and its anchor is brought up to date. */
  async #show(open: OpenVault, protector: Protector): Promise<void> {
    this.#open = open;
    this.#header = open.header;
    this.#remains = true;
    this.#rolledBack = false;
    this.#noteAnchor(open, protector);
    await this.#keeper.flush();
    for (const listener of this.#opened) listener();
  }

  #noteAnchor(open: OpenVault, protector = this.#protectors.of(open.header.key.provider)): void {
    const { key, vaultId } = open.header;
    this.#keeper.note({ vaultId, generation: open.generation, root: open.root(), key, protector });
  }

  async #retire(open: OpenVault): Promise<void> {
    await retireOldKey(open, this.#protectors, this.#deps.store);
    if (!open.forgotten) this.#noteAnchor(open);
  }

  lock(): void {
    this.#locks++;
    if (this.#open === null) return;
    this.#open.forget();
    this.#open = null;
    void this.#keeper.flush();
    for (const listener of this.#closed) listener();
  }

  rotateMaster(input: RotateMasterInput): Promise<void> {
    return this.#turn(async () => {
      const old = this.#requireOpen();
      const ports = { ...this.#deps, protectors: this.#protectors, rewraps: this.#rewraps };
      const { vaultKey, protector } = await rekey(old, input, ports);
      const fresh = await OpenVault.fromSnapshot(vaultKey, await ports.store.readAll(), this.#lazy);
      const locked = old.forgotten;
      old.forget();
      this.#header = fresh.header;
      if (!locked) this.#open = fresh;
      this.#noAnchor = false;
      this.#noteAnchor(fresh, protector);
      await this.#keeper.flush();
      await this.#retire(fresh);
      this.#header = fresh.header;
      if (locked) fresh.forget();
    });
  }

  checkPresence(proof: { readonly passphrase: string }): Promise<boolean> {
    return this.#turn(async () => {
      const open = this.#requireOpen();
      return this.#door.proves(this.#protectors.of(open.header.key.provider), open, proof);
    });
  }

  table<T>(spec: TableSpec<T>): ReadTable<T> {
    this.#requireOpen();
    return this.#view(spec);
  }

  change<R>(body: (tx: Tx) => R): Promise<R> {
    return this.#turn(async () => {
      const open = this.#requireOpen();
      const tx = new Transaction((table) => open.index(table));
      const result = body(tx);
      const writes = tx.finish();
      if (result instanceof Promise) throw new TypeError('The body of a change must be synchronous.');
      if (writes.length === 0) return result;
      await this.#commit(open, writes);
      return result;
    });
  }

  async #commit(open: OpenVault, writes: ReturnType<Transaction['finish']>): Promise<void> {
    const { commit, apply, undo } = open.prepare(writes);
    try {
      await this.#deps.store.commit(commit);
    } catch (error) {
      undo();
      // Somebody else wrote: what is in memory is no longer what is on disk.
      if (error instanceof AivaultError && error.code === 'version_conflict') this.lock();
      throw error;
    }
    apply();
    if (!open.forgotten) this.#noteAnchor(open);
  }

  discardDamaged(): Promise<readonly DamagedRow[]> {
    return this.#turn(async () => {
      const open = this.#requireOpen();
      const damaged = open.damaged();
      if (damaged.length === 0) return damaged;
      await this.#deps.store.commit(withoutDamage(open, damaged));
      const key = open.vaultKey.slice();
      const whole = await OpenVault.fromSnapshot(key, await this.#deps.store.readAll(), this.#lazy);
      open.forget();
      await this.#show(whole, this.#protectors.of(whole.header.key.provider));
      return damaged;
    });
  }

  subkey(label: string): Uint8Array {
    return this.#requireOpen().subkey(label);
  }

  innerKey(label: string): Uint8Array {
    return this.#requireOpen().innerKey(label);
  }

  onRekey(table: string, label: string, rewrap: Rewrap): void {
    this.#rewraps.push({ table, label, rewrap });
  }

  onOpen(listener: () => void): void {
    this.#opened.push(listener);
  }

  onClose(listener: () => void): void {
    this.#closed.push(listener);
  }

  anchorAtOpen(): Anchor | null {
    return this.#open === null ? null : this.#anchor;
  }

  async flushAnchor(): Promise<void> {
    if (this.#open !== null) this.#noteAnchor(this.#open);
    await this.#keeper.flush();
  }

  async close(): Promise<void> {
    this.lock();
    await this.#turn(async () => {});
    await this.#keeper.flush();
  }

  #requireHeader(): Header {
    if (this.#header === null) throw noHeader(this.#remains);
    return this.#header;
  }

  #requireOpen(): OpenVault {
    if (this.#open !== null) return this.#open;
    this.#requireHeader();
    throw new AivaultError('vault_locked', 'The vault is locked.', { hint: 'Run: aivault unlock' });
  }
}
