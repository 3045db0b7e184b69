import { AivaultError } from '#contract/errors.ts';
import type { ConcurrencyLimiter } from '../policy/limits.ts';
import { type Dependent, dependNoMoreOn, dependOn } from './caller-leaves.ts';
import { Passage } from './passage.ts';
import type { BrokerPorts, InvokeFacts } from './ports.ts';
import type { Rounds, Watched } from './rounds.ts';
import type { Returned } from './stages/filter-response.ts';
import type { Approved, Authorised } from './states.ts';

/** So many requests of one token may be open at once; a runaway caller queues behind itself, not before others. */
const openPerToken = 256;
/** So much of their bodies may be kept in memory at once: an envelope, what is signed, what waits for a person. */
const keptPerToken = 64 * 1024 * 1024;

/** What can be given up: an exchange, a WebSocket. Safe to abort at any time, and more than once. */
export interface Upstream {
  abort(reason: Error): void;
}

/** What the requests of a broker share. */
export interface OpenRequests {
  readonly places: ConcurrencyLimiter;
  /** Bytes of bodies that are kept whole. */
  readonly memory: ConcurrencyLimiter;
  readonly rounds: Rounds;
}

/** What is asked of an open request again and again. */
interface Watch {
  readonly approved: Approved;
  /** A connection that stays open, and ends with its token's time. */
  readonly session: boolean;
  readonly counts: Returned['counts'];
}

/** Everything one request holds open: its place, its deadline, its upstream, its plaintext. All given back once. */
export class OpenRequest implements Watched, Dependent {
  readonly passage: Passage;
  readonly signal: AbortSignal;
  sentBytes = 0;
  /** Among the rounds, while it is watched. */
  position = -1;
  readonly #shared: OpenRequests;
  #place: string | null = null;
  #keptBytes = 0;
  #timer: NodeJS.Timeout | undefined;
  #waitsForPerson = false;
  #allowedBy: string | null = null;
  #upstream: Upstream | null = null;
  readonly #held: Authorised[] = [];
  #reason: AivaultError | null = null;
  #breakOff: ((error: AivaultError) => void) | null = null;
  readonly #caller: AbortSignal;
  readonly #deadline: AbortController | null;
  readonly #ports: BrokerPorts;
  #watch: Watch | null = null;
  #movedBytes = 0;

  constructor(ports: BrokerPorts, shared: OpenRequests, caller: AbortSignal, timeoutMs?: number) {
    this.passage = new Passage(ports.record, ports.stopwatch);
    this.#ports = ports;
    this.#shared = shared;
    this.#caller = caller;
    this.#deadline = timeoutMs === undefined ? null : new AbortController();
    this.signal = this.#deadline?.signal ?? caller;
    dependOn(caller, this);
    if (timeoutMs === undefined) return;
    this.#timer = setTimeout(() => {
      if (this.#waitsForPerson) this.#timer?.refresh();
      else this.#giveUp(new AivaultError('upstream_timeout', 'The request took longer than the caller would wait.'));
    }, timeoutMs);
  }

  callerLeft(): void {
    this.#giveUp(callerGone());
  }

  takePlace(key: string): void {
    if (!this.#shared.places.enter(key, openPerToken)) {
      throw new AivaultError('rate_limited', 'Too many requests of this token are open.', { retryAfterSeconds: 1 });
    }
    this.#place = key;
  }

  /** Counts bytes of the body that stay in memory until the request is over. Throws `rate_limited`. */
  readonly keep = (bytes: number): void => {
    const place = this.#place;
    // Given back already: whoever still reads has nobody to read for.
    if (place === null) throw callerGone();
    if (!this.#shared.memory.enter(place, keptPerToken, bytes)) {
      throw new AivaultError('rate_limited', 'Too much of this token’s requests is in memory.', {
        retryAfterSeconds: 1,
        hint: 'Send large bodies by pass-through, or fewer at once.',
      });
    }
    this.#keptBytes += bytes;
  };

  holds(authorised: Authorised): void {
    this.#held.push(authorised);
  }

  /** A person takes their time: the deadline begins when they have answered. */
  async waitingForPerson<T>(answer: Promise<T>): Promise<T> {
    this.#waitsForPerson = true;
    try {
      return await answer;
    } finally {
      this.#waitsForPerson = false;
      this.#timer?.refresh();
    }
  }

  /** Why the request may go on, for its entry. */
  allowedBy(note: string): void {
    this.#allowedBy = note;
    this.passage.facts.note = note;
  }

  /** What an entry says of the request beside its facts: `note`, and why it was allowed where a person was asked. */
  noteWith(note: string): string {
    return this.#allowedBy === null ? note : `${note}, ${this.#allowedBy}`;
  }

  runs(upstream: Upstream): void {
    this.#upstream = upstream;
    if (this.#reason !== null) upstream.abort(this.#reason);
  }

  /** Whether everything has been given back, the forms of the secret included. */
  get over(): boolean {
    return this.passage.finished;
  }

  /** The answer has left; what is still to come of its body ends the request whether anybody reads it or not. */
  handedOut(counts: Returned['counts'], inBackground: (work: Promise<unknown>) => void): void {
    this.#breakOff = (error) => inBackground(this.failed(error, counts));
    if (this.#reason !== null) this.brokeOff(this.#reason);
  }

  /**
   * From here to its end the request ends with what it rests on: when the vault locks, the token is revoked or the
   * credential goes (threats B6, E6), whether it is still sent, waited for or answered. Again: with other counts.
   */
  watch(approved: Approved, session: boolean, counts: Returned['counts']): void {
    if (this.over) return;
    this.#watch = { approved, session, counts };
    this.#shared.rounds.add(this);
  }

  /** Called now and then while it is watched. */
  look(): void {
    if (this.#watch === null) return;
    const { approved, session, counts } = this.#watch;
    const moved = counts.bytes + this.sentBytes;
    if (moved !== this.#movedBytes) this.#ports.active?.();
    this.#movedBytes = moved;
    const reason = this.#ports.ended?.(approved, session) ?? null;
    if (reason !== null) this.#giveUp(reason);
  }

  brokeOff(error: AivaultError): void {
    if (!this.over) this.#breakOff?.(error);
  }

  /** Why it really ended: a deadline or a caller that left shows up below as a broken connection. */
  reasonFor(error: AivaultError): AivaultError {
    return this.#reason ?? error;
  }

  finished(counts: Returned['counts']): Promise<void> {
    this.#release();
    return this.passage.finish(this.#measured(counts));
  }

  async failed(error: AivaultError, counts?: Returned['counts']): Promise<void> {
    this.#upstream?.abort(error);
    this.#release();
    await this.passage.fail(error, this.#measured(counts));
  }

  #measured(counts: Returned['counts'] | undefined): InvokeFacts {
    const answered = counts === undefined ? {} : { responseBytes: counts.bytes, redactions: counts.redactions };
    return this.sentBytes > 0 ? { requestBytes: this.sentBytes, ...answered } : answered;
  }

  #giveUp(reason: AivaultError): void {
    if (this.over) return;
    this.#reason = reason;
    this.#upstream?.abort(reason);
    this.brokeOff(reason);
    this.#deadline?.abort(reason);
  }

  #release(): void {
    clearTimeout(this.#timer);
    if (this.#watch !== null) this.#shared.rounds.leave(this);
    this.#watch = null;
    dependNoMoreOn(this.#caller, this);
    if (this.#place !== null) {
      this.#shared.places.leave(this.#place);
      if (this.#keptBytes > 0) this.#shared.memory.leave(this.#place, this.#keptBytes);
    }
    this.#place = null;
    for (const authorised of this.#held) authorised.wipe();
    this.#held.length = 0;
  }
}

export function callerGone(): AivaultError {
  return new AivaultError('upstream_unreachable', 'The caller went away.');
}
