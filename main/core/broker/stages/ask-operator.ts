import type { MaybeLater } from '../at-once.ts';
import type { Approvals } from '../ports.ts';
import type { Approved, Planned } from '../states.ts';

/**
 * Stage 7: at once where the grant allows, else a person who sees exactly this planned request. Throws
 * `approval_refused` when they say no, nobody answers, or the caller goes away.
 */
export function askOperator(
  from: Planned,
  approvals: Approvals | undefined,
  signal: AbortSignal,
): MaybeLater<Approved> {
  if (approvals === undefined || !approvals.needed(from)) return approve(from);
  return approvals.ask(from, signal).then(() => approve(from));
}

/** The only place an Approved is made. */
function approve(planned: Planned): Approved {
  return planned as Approved;
}
