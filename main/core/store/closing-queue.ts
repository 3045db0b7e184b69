import type { Unnumbered } from '#contract/entry-text.ts';
import { ClosingsPacker } from './packed-closings.ts';

interface Batch {
  readonly entries: ClosingsPacker;
  readonly written: PromiseWithResolvers<void>;
}

/** Nobody waits for a closing entry, so some milliseconds of them share one commit. */
const gatherMs = 20;
const gatherAtMost = 256;

/** Gathers closing entries and appends them together, in the order they came. */
export class ClosingQueue {
  readonly #appendAll: (entries: ClosingsPacker) => Promise<void>;
  #batch: Batch | null = null;
  #timer: NodeJS.Timeout | null = null;
  readonly #running = new Set<Promise<void>>();

  constructor(appendAll: (entries: ClosingsPacker) => Promise<void>) {
    this.#appendAll = appendAll;
  }

  /** The same promise for all that go together: it resolves when they are on disk. */
  add(call: string, entry: Unnumbered): Promise<void> {
    this.#batch ??= { entries: new ClosingsPacker(), written: Promise.withResolvers() };
    const { entries, written } = this.#batch;
    entries.add(call, entry);
    if (entries.calls.length >= gatherAtMost) this.send();
    else this.#timer ??= setTimeout(() => this.send(), gatherMs);
    return written.promise;
  }

  /** Sends what waits now; what is appended after this call comes after it in the chain. */
  send(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    const batch = this.#batch;
    if (batch === null) return;
    this.#batch = null;
    const { promise, resolve, reject } = batch.written;
    this.#appendAll(batch.entries).then(resolve, reject);
    const tracked = promise.catch(() => {}).then(() => void this.#running.delete(tracked));
    this.#running.add(tracked);
  }

  /** Resolves when nothing waits any more. Rejects nowhere: each failure is told to whoever added the entry. */
  async drain(): Promise<void> {
    for (this.send(); this.#running.size > 0; this.send()) await Promise.all(this.#running);
  }
}
