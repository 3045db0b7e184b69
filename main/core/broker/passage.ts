import { type AivaultError, errorTable } from '#contract/errors.ts';
import type { Answer } from '#contract/proxied.ts';
import type { StageName } from '#contract/stage-names.ts';
import type { InvokeFacts, OpenEntry, Recorder } from './ports.ts';
import type { Identified, Planned, Understood } from './states.ts';

const done = Promise.resolve();
/** A path may be as long as a head; an entry that long would be a way to fill the disk. */
const writtenOfPath = 2_000;

/**
 * What one request leaves behind: its stages with their times, and exactly one closing entry, whichever way it ends.
 * Facts are gathered as stages learn them, so a refusal is written down with everything that was known by then.
 */
export class Passage {
  readonly #record: Recorder;
  readonly #trace: NonNullable<InvokeFacts['trace']> = [];
  readonly #stopwatch: () => number;
  readonly #startedAt: number;
  #stage: StageName | null = null;
  #stageAt: number;
  /** Whoever no token vouches for; their refusals are counted, not listed one by one. */
  #actor = 'stranger';
  #entry: OpenEntry | null = null;
  #finished = false;
  /** What is known of the request by now; it is written down however the request ends. */
  readonly facts: { -readonly [F in keyof InvokeFacts]: InvokeFacts[F] } = {};
  /** What an answer may show of the planned request. */
  planned: Answer['planned'] | undefined;

  constructor(record: Recorder, stopwatch: () => number) {
    this.#record = record;
    this.#stopwatch = stopwatch;
    this.#startedAt = stopwatch();
    this.#stageAt = this.#startedAt;
  }

  get finished(): boolean {
    return this.#finished;
  }

  /** The request enters a stage; the one before has let it pass. */
  at(stage: StageName): void {
    this.#endStage('passed');
    this.#stage = stage;
  }

  identified({ grant }: Identified): void {
    const { workspaceId, groupId } = grant.context;
    this.#actor = grant.actor;
    if (grant.tokenId !== null) this.facts.tokenId = grant.tokenId;
    if (workspaceId !== undefined) this.facts.workspaceId = workspaceId;
    if (groupId !== undefined) this.facts.groupId = groupId;
    if (grant.consumer !== null) this.facts.consumer = grant.consumer;
  }

  understood({ method, path }: Understood): void {
    this.facts.method = method;
    this.facts.path =
      path.length <= writtenOfPath ? path : `${path.slice(0, writtenOfPath)}… (${path.length} characters)`;
  }

  plan(planned: Planned): void {
    this.planned = {
      capability: planned.capability.id,
      credential: planned.credential.id,
      method: planned.method,
      url: planned.shownUrl,
    };
    this.facts.host = planned.host;
  }

  /** Writes the in-flight entry. Nothing may be sent before it resolves; rejects with `audit_unavailable`. */
  open(): Promise<void> {
    const entry = this.#record.begin(this.#actor, this.facts);
    return entry.announced.then(() => {
      this.#entry = entry;
    });
  }

  /** The request was answered, to its last byte. */
  finish(facts: InvokeFacts): Promise<void> {
    return this.#close('allowed', facts);
  }

  /** The request ended in a refusal or broke off. Resolves when that is written down; never throws. */
  async fail(error: AivaultError, facts: InvokeFacts = {}): Promise<void> {
    const outcome = this.#entry === null ? 'refused' : 'failed';
    await this.#close(outcome, { ...facts, code: error.code }).catch(() => {
      // The request is refused already; a log that cannot be written has nothing to add to that.
    });
  }

  /** Not async: what many calls wait for together stays one promise. */
  #close(outcome: 'allowed' | 'failed' | 'refused', facts: InvokeFacts): Promise<void> {
    if (this.#finished) return done;
    this.#finished = true;
    this.#endStage(outcome === 'allowed' ? 'passed' : 'refused');
    Object.assign(this.facts, facts);
    this.facts.tookMs = rounded(this.#stopwatch() - this.#startedAt);
    this.facts.trace = this.#trace;
    if (this.#entry === null) return this.#record.refused(this.#actor, this.facts);
    return this.#entry.close(outcome === 'refused' ? 'failed' : outcome, this.facts);
  }

  #endStage(outcome: 'passed' | 'refused'): void {
    const now = this.#stopwatch();
    if (this.#stage !== null) this.#trace.push({ outcome, stage: this.#stage, tookMs: rounded(now - this.#stageAt) });
    this.#stage = null;
    this.#stageAt = now;
  }
}

function rounded(milliseconds: number): number {
  return Math.round(milliseconds * 1000) / 1000;
}

/** Our own answer, told apart from an upstream's by `aivault-error`. */
export function refusalAnswer(error: AivaultError, passage: Passage): Answer {
  const refusal = error.toJSON();
  const { retryAfterSeconds } = refusal;
  return {
    status: errorTable[error.code].status,
    statusText: '',
    headers: [
      ['aivault-error', error.code],
      ['content-type', 'application/json'],
      ['cache-control', 'no-store'],
      ...(retryAfterSeconds === undefined ? [] : [['retry-after', String(retryAfterSeconds)] as const]),
    ],
    body: Buffer.from(JSON.stringify(refusal)),
    refusal,
    planned: passage.planned,
  };
}
