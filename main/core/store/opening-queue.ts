import { AivaultError } from '#contract/errors.ts';
import type { CallJournal, OpenCall } from './call-journal.ts';

interface Turn {
  readonly calls: Map<string, OpenCall>;
  readonly written: PromiseWithResolvers<void>;
}

const written = Promise.resolve();

/**
 * Announces calls. Those that come in one turn of the event loop share one write to the journal, at its end; as long as
 * they come one by one, each is written at once and waits for nobody.
 */
export class OpeningQueue {
  readonly #journal: CallJournal;
  #turn: Turn | null = null;
  /** How many came in this turn, and in the one before it. */
  #now = 0;
  #before = 0;

  constructor(journal: CallJournal) {
    this.#journal = journal;
  }

  /** Resolves when the call is on disk. Rejects for what is no new call, and where nothing can be written. */
  add(call: OpenCall): Promise<void> {
    if (this.#journal.isOpen(call.id) || this.#turn?.calls.has(call.id)) {
      return Promise.reject(cannot('The audit log: this call is already open.'));
    }
    // Ids are ours, and JSON escapes a line feed: this only keeps a mistake from becoming two lines.
    if (/\s/.test(call.id) || call.body.includes('\n')) {
      return Promise.reject(cannot('The audit log: a call is one line.'));
    }
    this.#now += 1;
    if (this.#now === 1) setImmediate(() => this.#endTurn());
    if (this.#now === 1 && this.#before <= 1) return this.#write([call]);
    this.#turn ??= { calls: new Map(), written: Promise.withResolvers() };
    this.#turn.calls.set(call.id, call);
    return this.#turn.written.promise;
  }

  /** Writes what waits now. */
  flush(): void {
    const turn = this.#turn;
    this.#turn = null;
    if (turn !== null) this.#write([...turn.calls.values()]).then(turn.written.resolve, turn.written.reject);
  }

  #endTurn(): void {
    this.#before = this.#now;
    this.#now = 0;
    this.flush();
  }

  #write(calls: readonly OpenCall[]): Promise<void> {
    try {
      this.#journal.open(...calls);
      return written;
    } catch (cause) {
      return Promise.reject(cannot('The audit log: a call cannot be announced.', cause));
    }
  }
}

function cannot(message: string, cause?: unknown): AivaultError {
  return new AivaultError('audit_unavailable', message, { cause });
}
