import { toHex } from '../crypto/bytes.ts';
import type { Anchor, Protector, WrappedKey } from '../keyring/protector.ts';
import type { VaultDeps } from './ports.ts';

/** How long the anchor may lag behind the database. */
const delayMs = 40;

interface Newest {
  readonly vaultId: string;
  readonly generation: number;
  readonly root: string;
  readonly key: WrappedKey;
  readonly protector: Protector;
}

/**
 * Writes the anchor after changes, many changes in one write. A crash may leave it behind the database, never ahead of
 * it: every anchor describes a generation that is on disk.
 */
export class AnchorKeeper {
  readonly #auditHead: VaultDeps['auditHead'];
  #newest: Newest | null = null;
  #timer: NodeJS.Timeout | null = null;
  #writing: Promise<void> = Promise.resolve();
  #failed = false;

  constructor(auditHead: VaultDeps['auditHead']) {
    this.#auditHead = auditHead;
  }

  /** True while the last write did not succeed. */
  get failed(): boolean {
    return this.#failed;
  }

  note(newest: Newest): void {
    this.#newest = newest;
    this.#timer ??= setTimeout(() => void this.flush(), delayMs);
  }

  /** Writes now, after any write under way. Never rejects: a vault whose anchor cannot be written still works, and says so. */
  flush(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#writing = this.#writing.then(() => this.#write());
    return this.#writing;
  }

  async #write(): Promise<void> {
    const newest = this.#newest;
    if (newest === null) return;
    try {
      await newest.protector.writeAnchor(newest.key, await this.#anchor(newest));
      this.#failed = false;
    } catch {
      this.#failed = true;
    }
  }

  async #anchor({ vaultId, generation, root }: Newest): Promise<Anchor> {
    const head = (await this.#auditHead?.()) ?? { seq: 0, hash: new Uint8Array(32) };
    return { vaultId, generation, root, auditSeq: head.seq, auditHash: toHex(head.hash) };
  }
}
