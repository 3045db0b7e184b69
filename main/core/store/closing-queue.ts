import type { AuditAppend } from './store.ts';

type Head = { readonly seq: number; readonly hash: Uint8Array };
type AppendAll = (entries: readonly AuditAppend[]) => Promise<readonly Head[]>;

interface Waiting {
  readonly entry: AuditAppend;
  resolve(head: Head): void;
  reject(error: unknown): void;
}

/** Nobody waits for a closing entry, so some milliseconds of them share one commit. */
const gatherMs = 5;
const gatherAtMost = 256;

/** Gathers entries and appends them together, in the order they came. Each caller learns how its own went. */
export class ClosingQueue {
  readonly #appendAll: AppendAll;
  #waiting: Waiting[] = [];
  #timer: NodeJS.Timeout | null = null;
  readonly #running = new Set<Promise<void>>();

  constructor(appendAll: AppendAll) {
    this.#appendAll = appendAll;
  }

  add(entry: AuditAppend): Promise<Head> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ entry, resolve, reject });
      if (this.#waiting.length >= gatherAtMost) this.send();
      else this.#timer ??= setTimeout(() => this.send(), gatherMs);
    });
  }

  /** Sends what waits now; what is appended after this call comes after it in the chain. */
  send(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    const batch = this.#waiting;
    if (batch.length === 0) return;
    this.#waiting = [];
    const run = this.#appendAll(batch.map(({ entry }) => entry)).then(
      (heads) => {
        for (const [index, each] of batch.entries()) each.resolve(heads[index] as Head);
      },
      (error: unknown) => {
        for (const each of batch) each.reject(error);
      },
    );
    const tracked = run.finally(() => this.#running.delete(tracked));
    this.#running.add(tracked);
  }

  async drain(): Promise<void> {
    this.send();
    await Promise.all(this.#running);
  }
}
