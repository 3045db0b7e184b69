import type { Unnumbered } from '#contract/entry-text.ts';
import { AivaultError } from '#contract/errors.ts';
import type { AuditEntry, AuditFilter } from '#contract/schemas/audit.ts';
import type { InvokeFacts, OpenEntry, Recorder } from '../broker/ports.ts';
import { appendOf } from '../store/filter-columns.ts';
import type { AuditQuery, AuditStore, ChainRow } from '../store/store.ts';
import { Coalescer } from './coalesce.ts';
import { entryOf, openingOf } from './entry.ts';

export interface AuditLogDeps {
  readonly store: AuditStore;
  readonly now: () => number;
  readonly randomId: () => string;
  /** Called after entries were appended: once for those that went together. */
  readonly appended: () => void;
}

/** Facts about a change; `kind` is the operation's name. */
export type ChangeFacts = Partial<Omit<AuditEntry, 'seq' | 'tsMs' | 'kind' | 'actor' | 'outcome'>>;

export interface OpenChange {
  close(outcome: 'done' | 'refused' | 'failed', facts: ChangeFacts): Promise<void>;
}

export interface AuditLog {
  /** What the broker writes through: an entry per call and per refusal. */
  readonly recorder: Recorder;
  /** Announces a change before it is made. What is never closed becomes `unknown` at the next start. */
  change(kind: string, actor: string, facts: ChangeFacts): Promise<OpenChange>;
  /** One entry at once, durable when it resolves. */
  write(entry: Omit<Unnumbered, 'tsMs'>): Promise<void>;
  /** A refusal of somebody unknown: one entry per reason and second, counted. */
  refusedStranger(kind: string, actor: string, facts: ChangeFacts): Promise<void>;
  /** Entries for what a crash left open. Call once at start. */
  recover(): Promise<number>;
  list(filter: AuditFilter): Promise<AuditEntry[]>;
  scan(afterSeq: number, limit: number): Promise<readonly ChainRow[]>;
  /** Writes counted refusals that still wait. */
  flush(): Promise<void>;
}

/** The last moment a Date can hold. */
const latestDateMs = 8.64e15;

const unavailable = 'The audit log cannot be written, so nothing is done.';

/** The audit log over the chain the store keeps. Every method that writes throws `audit_unavailable` where it cannot. */
export function createAuditLog({ store, now, randomId, appended }: AuditLogDeps): AuditLog {
  /** Calls of this run are counted: a number costs nothing, and no two runs share a name. */
  const run = randomId();
  let calls = 0;
  const append = async (entry: Unnumbered): Promise<void> => {
    await guarded(() => store.append(appendOf(entry)));
    appended();
  };
  const announce = perPromise((closed) => closed.then(appended, () => {}));
  const close = (id: string, entry: Unnumbered, soon = false): Promise<void> => {
    const written = store.closeCall(id, entry, soon);
    announce(written);
    return written;
  };
  const write = (entry: Omit<Unnumbered, 'tsMs'>) => append({ ...entry, tsMs: now() });
  const onDisk = perPromise((opened) => opened.catch(refuse));
  const open = (opening: Unnumbered) => {
    calls += 1;
    const id = `${run}.${calls}`;
    // Only a crash ever reads this line again: its fields need no order.
    return { id, announced: onDisk(store.openCall(id, opening.tsMs, JSON.stringify(opening))) };
  };
  const counted = new Coalescer(now, write);

  const recorder: Recorder = {
    begin(actor: string, facts: InvokeFacts): OpenEntry {
      const { id, announced } = open({ ...facts, tsMs: now(), kind: 'invoke', actor, outcome: 'unknown' });
      return {
        announced,
        close: (outcome, final) => close(id, { ...final, tsMs: now(), kind: 'invoke', actor, outcome }),
      };
    },
    refused(actor, facts) {
      const entry = { ...facts, kind: 'invoke', actor, outcome: 'refused' } as const;
      return isStranger(actor) || !counted.lists(actor) ? counted.count(entry) : write(entry);
    },
  };

  return {
    recorder,
    write,
    async change(kind, actor, facts) {
      const { id, announced } = open({ ...facts, tsMs: now(), kind, actor, outcome: 'unknown' });
      await announced;
      return {
        // Whoever changed something is told when it is written down.
        close: (outcome, more) =>
          guarded(() => close(id, { ...facts, ...more, tsMs: now(), kind, actor, outcome }, true)),
      };
    },
    refusedStranger: (kind, actor, facts) => counted.count({ ...facts, kind, actor, outcome: 'refused' }),
    async recover() {
      const left = await guarded(() => store.leftOpen());
      const closeAsUnknown = ({ id, tsMs, body }: (typeof left)[number]): Promise<void> => {
        const startedAt = new Date(Math.min(tsMs, latestDateMs)).toISOString();
        const note = `Started at ${startedAt}; the host ended before it could write the outcome.`;
        return close(id, { ...openingOf(body), tsMs: now(), outcome: 'unknown', note });
      };
      await guarded(() => Promise.all(left.map(closeAsUnknown)));
      return left.length;
    },
    async list(filter) {
      if (filter.limit === 0) return [];
      const rows = await guarded(() => store.query(queryOf(filter)));
      return rows.map(entryOf);
    },
    scan: (afterSeq, limit) => guarded(() => store.scan(afterSeq, limit)),
    flush: () => counted.flush(),
  };
}

/** `next` once for each promise: what is written together is one, and is handed in many times in a row. */
function perPromise<R>(next: (promise: Promise<void>) => R): (promise: Promise<void>) => R {
  let last: { readonly promise: Promise<void>; readonly result: R } | null = null;
  return (promise) => {
    if (last?.promise !== promise) last = { promise, result: next(promise) };
    return last.result;
  };
}

/** An asker nobody vouched for: no token, a dead token, a browser page. */
function isStranger(actor: string): boolean {
  return !actor.startsWith('agent:') && !actor.startsWith('operator:') && actor !== 'host';
}

function queryOf(filter: AuditFilter): AuditQuery {
  const { limit, beforeSeq, beforeTsMs, sinceTsMs, kind, actor, outcome, capability, credential } = filter;
  const match = Object.fromEntries(
    Object.entries({ kind, actor, outcome, capability, credential }).filter(([, value]) => value !== undefined),
  );
  return {
    limit,
    ...(beforeSeq === undefined ? {} : { beforeSeq }),
    ...(beforeTsMs === undefined ? {} : { beforeTsMs }),
    ...(sinceTsMs === undefined ? {} : { sinceTsMs }),
    match,
  };
}

async function guarded<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    return refuse(cause);
  }
}

function refuse(cause: unknown): never {
  throw new AivaultError('audit_unavailable', unavailable, {
    hint: 'Check free space and permissions of the vault folder, then try again.',
    cause,
  });
}
