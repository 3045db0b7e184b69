import type { StandingApproval } from '#contract/schemas/approvals.ts';
import type { Planned } from '../broker/states.ts';

/** Whose request, of what, by which key: what stays the same over all requests one yes may cover. */
export type Subject = Pick<Planned, 'grant' | 'capability' | 'credential'>;

/** One yes that stands. What it was said about is kept, so that it ends when that changes. */
interface Standing {
  readonly shown: StandingApproval;
  readonly about: Subject;
}

export interface StandingApprovals {
  add(shown: StandingApproval, about: Planned, covers: 'request' | 'capability'): void;
  /** The yes that covers this request now. */
  covering(request: Planned, nowMs: number): StandingApproval | undefined;
  list(nowMs: number): StandingApproval[];
  withdraw(standingId: string): StandingApproval | undefined;
  /** Drops what has ended or is about something that is no longer so. True where any was. */
  sweep(nowMs: number, ended: (about: Subject) => boolean): boolean;
  clear(): boolean;
}

/** Approvals that stand, by what they cover: finding one is two looks, however many there are. */
export function createStandingApprovals(): StandingApprovals {
  const byKey = new Map<string, Standing>();

  return {
    add(shown, { grant, capability, credential, ...request }, covers) {
      const about = { grant, capability, credential };
      byKey.set(covers === 'request' ? requestKey({ ...about, ...request }) : subjectKey(about), { shown, about });
    },
    covering(request, nowMs) {
      const found = [requestKey(request), subjectKey(request)].map((key) => byKey.get(key));
      return found.find((each) => each !== undefined && stands(each.shown, nowMs))?.shown;
    },
    list: (nowMs) => [...byKey.values()].map(({ shown }) => shown).filter((each) => stands(each, nowMs)),
    withdraw(standingId) {
      for (const [key, { shown }] of byKey) {
        if (shown.standingId !== standingId) continue;
        byKey.delete(key);
        return shown;
      }
      return undefined;
    },
    sweep(nowMs, ended) {
      const before = byKey.size;
      for (const [key, { shown, about }] of byKey) if (!stands(shown, nowMs) || ended(about)) byKey.delete(key);
      return byKey.size < before;
    },
    clear() {
      const any = byKey.size > 0;
      byKey.clear();
      return any;
    },
  };
}

/** A clock that was set back ends it too: nobody said yes to more than an hour. */
function stands({ sinceMs, untilMs }: StandingApproval, nowMs: number): boolean {
  return untilMs === null || (nowMs < untilMs && nowMs >= sinceMs);
}

/** Two requests of one caller are of one kind where this is equal. No part of it can hold a line feed. */
function subjectKey({ grant, capability, credential }: Subject): string {
  const { workspaceId, groupId } = grant.context;
  return [callerKey(grant), workspaceId, groupId, capability.id, credential.id].join('\n');
}

/** The same with method and exact address; bodies and headers are free. */
export function requestKey(request: Planned): string {
  const { method, origin, upstreamPath, query } = request;
  return [subjectKey(request), method, `${origin}${upstreamPath}`, query === null ? '' : `?${query}`].join('\n');
}

/** Who asks: the token, or the operator's own program. */
export function callerKey({ tokenId, actor }: Planned['grant']): string {
  return tokenId ?? actor;
}
