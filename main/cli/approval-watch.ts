import { AivaultError } from '#contract/errors.ts';
import type { ApprovalRequest } from '#contract/schemas/approvals.ts';
import { printQuestion } from './approval-text.ts';
import { safe } from './escape.ts';
import { changesOf, type HostChanges } from './host-changes.ts';
import { askYesNo, canAsk } from './prompt.ts';
import type { PresenceSource, Session } from './session.ts';

/** Long enough that a key meant for something else does not answer a question that just appeared. */
const deafMs = 1000;
const elsewhere = 'Answered elsewhere, or gone.';

/** Shows each question as it comes, and asks about it where there is a terminal. Ends when interrupted. */
export async function watchApprovals(session: Session, presence: PresenceSource): Promise<void> {
  const { out, terminal, signal } = session;
  const changes = changesOf(await session.host(), ['approvals.changed', 'vault.changed'], signal);
  const asks = canAsk(terminal) && !out.json;
  const seen = new Set<string>();
  if (asks) out.aside('Waiting for questions; Ctrl-C ends.');
  for (;;) {
    const { count } = changes;
    const { waiting } = await session.ask('approvals.list', {});
    const asked = waiting.find(({ approvalId }) => !seen.has(approvalId));
    if (asked === undefined) {
      if (await changes.after(count)) continue;
      if (signal.aborted) return;
      throw hostStopped();
    }
    seen.add(asked.approvalId);
    if (out.json) await out.raw(`${safe(JSON.stringify(asked))}\n`);
    else printQuestion(out, asked);
    if (asks) await decide(session, asked, changes, presence);
    out.line();
  }
}

/** Asks about one question, until it is answered here or elsewhere. */
async function decide(
  session: Session,
  asked: ApprovalRequest,
  changes: HostChanges,
  presence: PresenceSource,
): Promise<void> {
  const { out } = session;
  out.flush();
  const yes = await answerTo(session, asked, changes);
  if (yes === null) return out.line(elsewhere);
  const { approvalId } = asked;
  try {
    if (yes) await session.ask('approvals.allow', { approvalId }, presence);
    else await session.ask('approvals.deny', { approvalId });
    out.line(yes ? 'Allowed, once.' : 'Denied.');
  } catch (error) {
    if (!(error instanceof AivaultError) || error.code !== 'not_found') throw error;
    out.line(elsewhere);
  }
}

/** Null where somebody else was quicker, or the question went away. */
async function answerTo(session: Session, asked: ApprovalRequest, changes: HostChanges): Promise<boolean | null> {
  const gone = new AbortController();
  const answer = askYesNo(session.terminal, 'Allow? [y/N] ', deafMs, gone.signal);
  const answered = answer.then(() => 'answered' as const);
  try {
    for (;;) {
      const { count } = changes;
      const { waiting } = await session.ask('approvals.list', {});
      if (!waiting.some(({ approvalId }) => approvalId === asked.approvalId)) return null;
      const next = await Promise.race([answered, changes.after(count)]);
      if (next === 'answered') return await answer;
      if (!next) throw hostStopped();
    }
  } finally {
    gone.abort();
    await answer.catch(() => {});
  }
}

function hostStopped(): AivaultError {
  return new AivaultError('host_unreachable', 'The host has stopped, so nothing more can be asked.');
}
