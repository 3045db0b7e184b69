import type { approvalLengths } from '#contract/choices.ts';
import { AivaultError } from '#contract/errors.ts';
import { type ApprovalRequest, approvalPatienceMs, type StandingApproval } from '#contract/schemas/approvals.ts';
import { inTime } from '../broker/in-time.ts';
import type { Approvals as BrokerApprovals } from '../broker/ports.ts';
import type { Planned } from '../broker/states.ts';
import { createConcurrencyLimiter, createRateLimiter } from '../policy/limits.ts';
import { shownBody } from './shown-body.ts';
import { callerKey, createStandingApprovals, requestKey, type Subject } from './standing.ts';

// Requests that wait for a person. Everything here is in memory: a lock and a restart forget it.

export interface ApprovalsDeps {
  readonly now: () => number;
  readonly randomBytes: (length: number) => Uint8Array;
  /** The lists have changed. */
  readonly announce: () => void;
  /** Why a request about this may no longer go: locked, revoked, removed, changed. Null: it may. */
  readonly ended: (about: Subject) => AivaultError | null;
  readonly tokenName: (tokenId: string) => string | null;
  readonly patienceMs?: number;
}

export type Lasting = (typeof approvalLengths)[number];
export type Covering = 'request' | 'capability';

export interface Approvals extends BrokerApprovals {
  list(): { readonly waiting: ApprovalRequest[]; readonly standing: StandingApproval[] };
  /** Releases the request. Throws `not_found`; `invalid_request` for a yes that makes no sense. */
  allow(
    approvalId: string,
    lasts: Lasting,
    covers: Covering,
  ): { readonly asked: Planned; readonly standing: StandingApproval | null };
  /** Refuses the request and what waits behind it, and lets its caller not ask again for a while. Throws `not_found`. */
  deny(approvalId: string): Planned;
  withdraw(standingId: string): StandingApproval | undefined;
  /** Call when tokens, capabilities, credentials or policies may have changed. */
  changed(): void;
  /** The vault was locked: nobody waits any longer and nothing stands. */
  forget(): void;
}

const perCaller = 5;
const inAll = 50;
/** A caller that asks and leaves, over and over, makes no more questions than this. */
const newPerMinute = 60;
const silentAfterDenyMs = 30_000;
const hourMs = 60 * 60 * 1000;
const everybody = '*';

/** One that waits. */
interface Question {
  readonly request: Planned;
  readonly shown: Omit<ApprovalRequest, 'alsoWaiting'>;
  /** Equal for requests that a person cannot tell apart. */
  readonly group: string;
  /** Ends the waiting: with why it may go on, or with a refusal. Once. */
  settle(outcome: string | AivaultError): void;
}

export function createApprovals(deps: ApprovalsDeps): Approvals {
  const { now, announce, ended, patienceMs = approvalPatienceMs } = deps;
  /** Oldest first. */
  const questions = new Map<string, Question>();
  const standing = createStandingApprovals();
  const places = createConcurrencyLimiter();
  const rates = createRateLimiter();
  /** Until when a caller may not ask for a capability again. */
  const silenced = new Map<string, number>();

  /** What is decided without asking: the note of a yes that stands, or null. Throws for a caller that was just denied. */
  function decided(request: Planned): string | null {
    const yes = standing.covering(request, now());
    if (yes !== undefined) return `approval: ${yes.standingId}`;
    const until = silenced.get(silenceKey(request));
    if (until !== undefined && now() < until && now() >= until - silentAfterDenyMs) throw denied();
    return null;
  }

  function enter(caller: string): void {
    const tooMany = new AivaultError('rate_limited', 'Too many requests wait for the operator’s yes already.', {
      retryAfterSeconds: 5,
    });
    if (!places.enter(everybody, inAll)) throw tooMany;
    if (places.enter(caller, perCaller)) {
      if (rates.take(caller, newPerMinute, now()) === null) return;
      places.leave(caller);
    }
    places.leave(everybody);
    throw tooMany;
  }

  async function ask(request: Planned, whole: () => Promise<Planned>, signal: AbortSignal) {
    const atOnce = decided(request);
    if (atOnce !== null) return { request, note: atOnce };
    const caller = callerKey(request.grant);
    enter(caller);
    try {
      // Who sends slowly holds a place as well.
      const read = await inTime(whole(), patienceMs, () => refused('The request’s body did not come in time.'));
      refuseEnded(read);
      const note = decided(read) ?? (await answer(read, signal));
      refuseEnded(read);
      return { request: read, note };
    } finally {
      places.leave(caller);
      places.leave(everybody);
    }
  }

  function refuseEnded(request: Planned): void {
    const why = ended(request);
    if (why !== null) throw why;
  }

  /** Waits for a person. */
  function answer(request: Planned, signal: AbortSignal): Promise<string> {
    const shown = shownRequest(request);
    return new Promise((resolve, reject) => {
      const settle = (outcome: string | AivaultError): void => {
        if (!questions.delete(shown.approvalId)) return;
        clearTimeout(timer);
        signal.removeEventListener('abort', left);
        if (typeof outcome === 'string') resolve(outcome);
        else reject(outcome);
        announce();
      };
      const left = () => settle(refused('The caller went away before anybody answered.'));
      const timer = setTimeout(() => settle(unanswered()), patienceMs);
      questions.set(shown.approvalId, { request, shown, group: groupOf(request, shown.body?.sha256), settle });
      signal.addEventListener('abort', left, { once: true });
      if (signal.aborted) left();
      else announce();
    });
  }

  function shownRequest(request: Planned): Question['shown'] {
    const { grant, capability, credential, method, host, shownUrl, requestBody } = request;
    const askedAtMs = now();
    return {
      approvalId: newId(),
      askedAtMs,
      expiresAtMs: askedAtMs + patienceMs,
      ...callerOf(request),
      consumer: grant.consumer,
      workspaceId: grant.context.workspaceId ?? null,
      groupId: grant.context.groupId ?? null,
      capability: capability.id,
      effect: capability.effect,
      credential: credential.id,
      method,
      host,
      url: shownUrl,
      body: requestBody.kind === 'bytes' ? shownBody(requestBody.bytes) : null,
    };
  }

  function callerOf({ grant: { actor, tokenId } }: Subject): Pick<StandingApproval, 'actor' | 'token'> {
    return { actor, token: tokenId === null ? null : { tokenId, name: deps.tokenName(tokenId) } };
  }

  const newId = () => Buffer.from(deps.randomBytes(16)).toString('hex');

  function found(approvalId: string): Question {
    const question = questions.get(approvalId);
    // A machine that slept is late with its timers.
    if (question !== undefined && now() >= question.shown.expiresAtMs) question.settle(unanswered());
    else if (question !== undefined) return question;
    throw new AivaultError('not_found', 'No request waits under this id; it may have been answered already.', {
      hint: 'See `aivault approvals`.',
    });
  }

  function stand(request: Planned, lasts: 'hour' | 'token', covers: Covering): StandingApproval {
    const sinceMs = now();
    const shown: StandingApproval = {
      standingId: newId(),
      ...callerOf(request),
      capability: request.capability.id,
      credential: request.credential.id,
      method: covers === 'request' ? request.method : null,
      url: covers === 'request' ? request.shownUrl : null,
      sinceMs,
      untilMs: lasts === 'hour' ? sinceMs + hourMs : null,
    };
    standing.add(shown, request, covers);
    // Only so that lists are asked for again; whether it stands is looked at when it is needed.
    if (lasts === 'hour') setTimeout(() => standing.sweep(now(), () => false) && announce(), hourMs + 1000).unref();
    return shown;
  }

  return {
    ask,
    list() {
      const behind = new Map<string, number>();
      for (const { group } of questions.values()) behind.set(group, (behind.get(group) ?? -1) + 1);
      const waiting: ApprovalRequest[] = [];
      for (const { group, shown } of questions.values()) {
        const alsoWaiting = behind.get(group);
        if (alsoWaiting === undefined) continue;
        waiting.push({ ...shown, alsoWaiting });
        behind.delete(group);
      }
      return { waiting, standing: standing.list(now()) };
    },
    allow(approvalId, lasts, covers) {
      const { request, settle } = found(approvalId);
      if (lasts === 'once') {
        if (covers === 'capability')
          throw noSense('A yes for everything a capability allows has to last: an hour, or as long as the token.');
        settle(`approval: ${approvalId}`);
        return { asked: request, standing: null };
      }
      if (lasts === 'token' && request.grant.tokenId === null) {
        throw noSense('The operator’s own requests have no token: allow them once or for an hour.');
      }
      const yes = stand(request, lasts, covers);
      settle(`approval: ${yes.standingId}`);
      for (const other of [...questions.values()]) {
        const covered = standing.covering(other.request, now());
        if (covered !== undefined) other.settle(`approval: ${covered.standingId}`);
      }
      return { asked: request, standing: yes };
    },
    deny(approvalId) {
      const { request, group } = found(approvalId);
      for (const [key, until] of silenced) if (until <= now()) silenced.delete(key);
      silenced.set(silenceKey(request), now() + silentAfterDenyMs);
      for (const other of [...questions.values()]) if (other.group === group) other.settle(denied());
      return request;
    },
    withdraw(standingId) {
      const withdrawn = standing.withdraw(standingId);
      if (withdrawn !== undefined) announce();
      return withdrawn;
    },
    changed() {
      for (const { request, settle } of [...questions.values()]) {
        const why = ended(request);
        if (why !== null) settle(why);
      }
      if (standing.sweep(now(), (about) => ended(about) !== null)) announce();
    },
    forget() {
      const locked = new AivaultError('vault_locked', 'The vault was locked while the request waited for a yes.');
      for (const { settle } of [...questions.values()]) settle(locked);
      silenced.clear();
      if (standing.clear()) announce();
    },
  };
}

/** Requests that look alike to a person: same caller, capability, address and body. */
function groupOf(request: Planned, sha256 = ''): string {
  return `${requestKey(request)}\n${sha256}`;
}

function silenceKey({ grant, capability }: Subject): string {
  return `${callerKey(grant)}\n${capability.id}`;
}

function refused(sentence: string): AivaultError {
  return new AivaultError('approval_refused', sentence, {
    hint: 'The operator answers in the window, or with `aivault approvals`.',
  });
}

function unanswered(): AivaultError {
  return refused('Nobody answered in time.');
}

function denied(): AivaultError {
  return new AivaultError('approval_refused', 'The operator said no.', {
    hint: 'It is not asked about again for 30 seconds.',
  });
}

function noSense(sentence: string): AivaultError {
  return new AivaultError('invalid_request', sentence);
}
