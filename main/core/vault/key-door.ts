import { AivaultError } from '#contract/errors.ts';
import type { Protector, UnlockInput, WrappedKey } from '../keyring/protector.ts';
import type { VaultDeps } from './ports.ts';
import { UnlockBackoff } from './unlock-backoff.ts';

/** The one way to the vault key: every wrong passphrase is counted, slows the next one down and is told to the audit. */
export class KeyDoor {
  readonly #backoff: UnlockBackoff;
  readonly #onFailed: VaultDeps['onUnlockFailed'];

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
      if (typed || !protector.needsPerson) this.#onFailed?.(wrong ? 'passphrase' : 'key', this.#backoff.failures);
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
