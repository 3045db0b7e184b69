import type { Unnumbered } from '#contract/entry-text.ts';

type Refusal = Omit<Unnumbered, 'tsMs'>;

/**
 * Counts refusals of strangers: the first of a kind and reason is written at once, those that follow within the same
 * second become one more entry with a count. A flood of bad tokens cannot fill the disk nor push other entries away.
 */
export class Coalescer {
  readonly #now: () => number;
  readonly #write: (entry: Refusal) => Promise<void>;
  readonly #waiting = new Map<string, { second: number; entry: Refusal; count: number }>();
  #timer: NodeJS.Timeout | undefined;

  constructor(now: () => number, write: (entry: Refusal) => Promise<void>) {
    this.#now = now;
    this.#write = write;
  }

  async count(entry: Refusal): Promise<void> {
    const second = Math.floor(this.#now() / 1000);
    const key = `${entry.kind} ${entry.actor} ${entry.code ?? ''}`;
    const known = this.#waiting.get(key);
    if (known !== undefined && known.second === second) {
      known.count += 1;
      known.entry = entry;
      return;
    }
    this.#waiting.set(key, { second, entry, count: 0 });
    this.#schedule();
    if (known !== undefined && known.count > 0) await this.#write({ ...known.entry, count: known.count });
    await this.#write(entry);
  }

  /** Writes what was counted since the last entry of its kind. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const counted = [...this.#waiting.values()].filter((each) => each.count > 0);
    this.#waiting.clear();
    for (const { entry, count } of counted) await this.#write({ ...entry, count });
  }

  #schedule(): void {
    if (this.#timer !== undefined) return;
    // A count that cannot be written is lost with the log itself: every later question is refused as audit_unavailable.
    this.#timer = setTimeout(() => this.flush().catch(() => undefined), 1000);
    this.#timer.unref();
  }
}
