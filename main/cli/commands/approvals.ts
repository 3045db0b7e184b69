import { callerName, standingText } from '#contract/approval-words.ts';
import { approvalLengths } from '#contract/choices.ts';
import { AivaultError } from '#contract/errors.ts';
import type { ApprovalRequest } from '#contract/schemas/approvals.ts';
import { printStanding, printWaiting } from '../approval-text.ts';
import { watchApprovals } from '../approval-watch.ts';
import { argument, type Command, command, flag, text } from '../command.ts';
import { bold } from '../output.ts';
import { passphraseOptions, presenceFrom } from '../secret-input.ts';
import { invalid, type Session } from '../session.ts';
import { summaries } from '../summaries.ts';

// Requests that wait for a person, and approvals that stand. They live in the host's memory: a lock forgets them.

const approvalId = argument('The waiting request; its first characters are enough.', { complete: 'approval' });
const standingId = argument('The approval; its first characters are enough.', { complete: 'standing-approval' });

/** The one id that begins as written. Throws `not_found`, and `invalid_request` where it could be several. */
function wholeId(written: string, ids: readonly string[]): string {
  const beginning = written.trim().toLowerCase();
  if (beginning.length < 4) throw invalid('An id needs at least its first four characters.');
  const [first, second] = ids.filter((id) => id.startsWith(beginning));
  if (second !== undefined) throw invalid('Several ids begin like this; write more of it.');
  if (first !== undefined) return first;
  throw new AivaultError('not_found', 'Nothing waits or stands under this id; it may have been answered already.', {
    hint: 'See `aivault approvals`.',
  });
}

async function waitingId(session: Session, written: string): Promise<string> {
  const { waiting } = await session.ask('approvals.list', {});
  return wholeId(
    written,
    waiting.map((asked: ApprovalRequest) => asked.approvalId),
  );
}

const listCommand = command({
  words: 'approvals',
  aliases: ['approvals list'],
  summary: summaries['approvals.list'],
  notes: [
    'A capability asks when its policy says so: aivault capability policy set --capability ID --ask.',
    'Approvals live in the memory of the host: locking and restarting forget them.',
  ],
  async run(_values, session) {
    const answer = await session.ask('approvals.list', {});
    const { out } = session;
    out.answer(answer, () => {
      const { waiting, standing } = answer;
      if (waiting.length === 0) out.line('Nothing waits for a yes.');
      else out.line(bold('Waiting'));
      for (const asked of waiting) printWaiting(out, asked, session.now());
      if (standing.length === 0) return;
      out.line();
      out.line(bold('Standing'));
      for (const each of standing) printStanding(out, each, session.now());
    });
    return 0;
  },
});

const allowCommand = command({
  words: 'approvals allow',
  summary: summaries['approvals.allow'],
  arguments: { approvalId },
  options: {
    for: text('LENGTH', 'once, hour, or token: as long as the token lives (default: once).', {
      choices: approvalLengths,
    }),
    'whole-capability': flag('Whatever the capability allows, not only this method and address.'),
    ...passphraseOptions,
  },
  notes: ['A yes that lasts is for the same caller and credential; bodies and headers may differ.'],
  async run(values, session) {
    const lasts = approvalLengths.find((each) => each === (values.for ?? 'once'));
    if (lasts === undefined) throw invalid(`--for must be one of ${approvalLengths.join(', ')}.`);
    const answer = await session.ask(
      'approvals.allow',
      {
        approvalId: await waitingId(session, values.approvalId),
        lasts,
        covers: values['whole-capability'] ? 'capability' : 'request',
      },
      presenceFrom(session, values),
    );
    session.out.answer(answer, () => {
      const { standing } = answer;
      if (standing === null) session.out.line('Allowed, once.');
      else
        session.out.line(
          `Allowed, ${standing.untilMs === null ? 'as long as the token' : 'for an hour'}. `,
          `${callerName(standing)} ${standingText(standing)}`,
        );
    });
    return 0;
  },
});

const denyCommand = command({
  words: 'approvals deny',
  summary: summaries['approvals.deny'],
  arguments: { approvalId },
  async run(values, session) {
    const answer = await session.ask('approvals.deny', { approvalId: await waitingId(session, values.approvalId) });
    session.out.answer(answer, () => session.out.line('Denied.'));
    return 0;
  },
});

const withdrawCommand = command({
  words: 'approvals withdraw',
  summary: summaries['approvals.withdraw'],
  arguments: { standingId },
  async run(values, session) {
    const { standing } = await session.ask('approvals.list', {});
    const id = wholeId(
      values.standingId,
      standing.map((each) => each.standingId),
    );
    const answer = await session.ask('approvals.withdraw', { standingId: id });
    session.out.answer(answer, () =>
      session.out.line(answer.withdrawn ? 'Withdrawn: it is asked about again.' : 'It had ended already.'),
    );
    return 0;
  },
});

const watchCommand = command({
  words: 'approvals watch',
  summary: 'Show each request that waits as it comes, and at a terminal ask about it.',
  options: passphraseOptions,
  notes: ['Enter means no. What is typed in the first second after a question appears does not count.'],
  async run(values, session) {
    await watchApprovals(session, presenceFrom(session, values));
    return 0;
  },
});

export const approvalCommands: readonly Command[] = [
  listCommand,
  allowCommand,
  denyCommand,
  withdrawCommand,
  watchCommand,
];
