import { AivaultError } from '#contract/errors.ts';
import type { RowStore } from '../store/store.ts';

const free = 3;
const longestMs = 5 * 60_000;
const place = { table: '@unlock', id: 'failures' };

/**
 * Slows guessing down: three wrong passphrases are free, then each waits twice as long as the one before, at most five
 * minutes. The count is kept beside the vault, so that starting again does not reset it. It protects the host's own
 * door; who has the files guesses against Argon2id instead.
 */
export class UnlockBackoff {
  readonly #store: RowStore;
  readonly #now: () => number;
  #failures = 0;
  #lastAtMs = 0;

  constructor(store: RowStore, now: () => number) {
    this.#store = store;
    this.#now = now;
  }

  get failures(): number {
    return this.#failures;
  }

  async load(): Promise<void> {
    const row = (await this.#store.readUsage()).find(({ table, id }) => table === place.table && id === place.id);
    this.#failures = row?.uses ?? 0;
    this.#lastAtMs = row?.lastUsedAtMs ?? 0;
  }

  /** Throws `rate_limited` while it is too early for another try. */
  check(): void {
    const pause = this.#pauseMs();
    // A clock that was set back must not turn seconds into a year.
    const left = Math.min(pause, this.#lastAtMs + pause - this.#now());
    if (left <= 0) return;
    const retryAfterSeconds = Math.ceil(left / 1000);
    throw new AivaultError('rate_limited', 'Too many wrong passphrases.', { retryAfterSeconds });
  }

  async failed(): Promise<void> {
    this.#failures++;
    this.#lastAtMs = this.#now();
    await this.#keep();
  }

  async succeeded(): Promise<void> {
    if (this.#failures === 0) return;
    this.#failures = 0;
    await this.#keep();
  }

  #pauseMs(): number {
    return this.#failures < free ? 0 : Math.min(longestMs, 1000 * 2 ** (this.#failures - free));
  }

  /** A disk that cannot be written must not keep the right passphrase out: the count then lasts as long as the host. */
  async #keep(): Promise<void> {
    const row = { ...place, lastUsedAtMs: Math.max(0, Math.floor(this.#lastAtMs)), uses: this.#failures };
    await this.#store.writeUsage([row]).catch(() => {});
  }
}
