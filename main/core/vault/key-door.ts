import { AivaultError } from '#contract/errors.ts';
import { equalBytes, wipe } from '../crypto/bytes.ts';
import type { Protector, UnlockInput, WrappedKey } from '../keyring/protector.ts';
import type { OpenVault } from './open-vault.ts';
import type { VaultDeps } from './ports.ts';
import { UnlockBackoff } from './unlock-backoff.ts';

/** The one way to the vault key: every wrong passphrase is counted, slows the next one down and is told to the audit. */
export class KeyDoor {
  readonly #backoff: UnlockBackoff;
  readonly #onFailed: VaultDeps['onUnlockFailed'];
  /** Why the vault did not open the last time, where it is not just that a passphrase is missing or wrong. */
  trouble: AivaultError | null = null;

  constructor(deps: Pick<VaultDeps, 'store' | 'now' | 'onUnlockFailed'>) {
    this.#backoff = new UnlockBackoff(deps.store, deps.now);
    this.#onFailed = deps.onUnlockFailed;
  }

  load(): Promise<void> {
    return this.#backoff.load();
  }

  opened(): Promise<void> {
    return this.#backoff.succeeded();
  }

  /** Opens by `opening`, and remembers what stood in the way until it worked. */
  async remembering<R>(opening: () => Promise<R>): Promise<R> {
    try {
      const opened = await opening();
      this.trouble = null;
      return opened;
    } catch (error) {
      if (error instanceof AivaultError && error.code === 'integrity_error') this.trouble = error;
      throw error;
    }
  }

  /** Throws what the protector throws, or `rate_limited` while backing off. */
  async unwrap(protector: Protector, key: WrappedKey, input: UnlockInput): Promise<Uint8Array> {
    const typed = protector.needsPerson && Boolean(input.passphrase);
    if (typed) this.#check();
    try {
      return await protector.unwrap(key, input);
    } catch (error) {
      const wrong = typed && error instanceof AivaultError && error.code === 'vault_locked';
      if (wrong) await this.#backoff.failed();
      // Nobody typed anything: that is a question, not an attempt.
      if (!protector.needsPerson && error instanceof AivaultError) this.trouble = error;
      if (typed || !protector.needsPerson) this.#onFailed?.(wrong ? 'passphrase' : 'key', this.#backoff.failures);
      throw error;
    }
  }

  /** Whether this proof opens the very key the open vault has. False for a wrong one, which counts as a failure. */
  async proves(protector: Protector, open: OpenVault, proof: UnlockInput): Promise<boolean> {
    if (!protector.needsPerson) return false;
    try {
      const key = await this.unwrap(protector, open.header.key, proof);
      const same = !open.forgotten && equalBytes(key, open.vaultKey);
      wipe(key);
      if (same) await this.opened();
      return same;
    } catch (error) {
      if (error instanceof AivaultError && error.code === 'vault_locked') return false;
      throw error;
    }
  }

  #check(): void {
    try {
      this.#backoff.check();
    } catch (error) {
      this.#onFailed?.('backing_off', this.#backoff.failures);
      throw error;
    }
  }
}
