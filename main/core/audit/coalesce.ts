import type { Unnumbered } from '#contract/entry-text.ts';

type Refusal = Omit<Unnumbered, 'tsMs'>;

/** So many refusals of one known asker are entries of their own; in a loop they would fill the disk. */
const listedPerMinute = 600;

/**
 * Counts refusals of strangers, and of whoever has too many: the first of a kind and reason is written at once, those
 * that follow within the same second become one more entry with a count. A flood of bad tokens cannot fill the disk nor
 * push other entries away.
 */
export class Coalescer {
  readonly #now: () => number;
  readonly #write: (entry: Refusal) => Promise<void>;
  readonly #waiting = new Map<string, { second: number; entry: Refusal; count: number }>();
  #timer: NodeJS.Timeout | undefined;
  /** How many refusals each asker has had in this minute. */
  readonly #listed = new Map<string, number>();
  #minute = 0;

  constructor(now: () => number, write: (entry: Refusal) => Promise<void>) {
    this.#now = now;
    this.#write = write;
  }

  /** Whether one more refusal of this asker is an entry of its own. Each time it is asked counts. */
  lists(actor: string): boolean {
    const minute = Math.floor(this.#now() / 60_000);
    if (minute !== this.#minute) this.#listed.clear();
    this.#minute = minute;
    const had = this.#listed.get(actor) ?? 0;
    this.#listed.set(actor, had + 1);
    return had < listedPerMinute;
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
