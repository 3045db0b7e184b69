import { AivaultError } from '#contract/errors.ts';
import type { CallJournal, OpenCall } from './call-journal.ts';

interface Turn {
  readonly calls: Map<string, OpenCall>;
  readonly written: PromiseWithResolvers<void>;
}

/** Gathers the calls that are announced in one turn of the event loop: they share one write to the journal. */
export class OpeningQueue {
  readonly #journal: CallJournal;
  #turn: Turn | null = null;

  constructor(journal: CallJournal) {
    this.#journal = journal;
  }

  /** The same promise for all of a turn: it resolves when they are on disk. Rejects at once for what is no new call. */
  add(call: OpenCall): Promise<void> {
    if (this.#journal.isOpen(call.id) || this.#turn?.calls.has(call.id)) {
      return Promise.reject(cannot('The audit log: this call is already open.'));
    }
    // Ids are ours, and JSON escapes a line feed: this only keeps a mistake from becoming two lines.
    if (/\s/.test(call.id) || call.body.includes('\n')) return Promise.reject(cannot('The audit log: a call is one line.'));
    if (this.#turn === null) {
      this.#turn = { calls: new Map(), written: Promise.withResolvers() };
      setImmediate(() => this.flush());
    }
    this.#turn.calls.set(call.id, call);
    return this.#turn.written.promise;
  }

  /** Writes what waits now. */
  flush(): void {
    const turn = this.#turn;
    if (turn === null) return;
    this.#turn = null;
    try {
      this.#journal.open(...turn.calls.values());
      turn.written.resolve();
    } catch (cause) {
      turn.written.reject(cannot('The audit log: a call cannot be announced.', cause));
    }
  }
}

function cannot(message: string, cause?: unknown): AivaultError {
  return new AivaultError('audit_unavailable', message, { cause });
}
