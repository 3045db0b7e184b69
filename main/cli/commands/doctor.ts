import type { DoctorCheck } from '#contract/schemas/host.ts';
import { type Command, command, flag } from '../command.ts';
import { dim, green, type Output, red, yellow } from '../output.ts';
import { passphraseOptions, presenceFrom } from '../secret-input.ts';
import type { PresenceSource, Session } from '../session.ts';
import { summaries } from '../summaries.ts';

/** Something needs mending: the same code a damaged row ends with. */
const brokenExit = 10;

const marks = { ok: green('✓'), attention: yellow('!'), broken: red('✗') } as const;

function printCheck(out: Output, check: DoctorCheck): void {
  out.line('  ', marks[check.state], ` ${check.text}`);
  if (check.next !== null) out.line('      ', dim(check.next));
}

async function discardDamaged(session: Session, presence: PresenceSource): Promise<number> {
  const answer = await session.ask('vault.discardDamaged', {}, presence);
  session.out.answer(answer, () => {
    for (const row of answer.discarded) session.out.line('  gone  ', `${row.table} ${row.id}`, dim(`  ${row.reason}`));
    session.out.line(answer.discarded.length === 0 ? 'Nothing was damaged.' : 'What is left is whole.');
  });
  return 0;
}

const doctorCommand = command({
  words: 'doctor',
  summary: summaries['host.doctor'],
  options: {
    'discard-damaged': flag('Give up the rows that are damaged; this cannot be undone.'),
    ...passphraseOptions,
  },
  async run(values, session) {
    if (values['discard-damaged']) return discardDamaged(session, presenceFrom(session, values));
    const report = await session.ask('host.doctor', {});
    const broken = report.checks.some(({ state }) => state === 'broken');
    session.out.answer(report, () => {
      for (const check of report.checks) printCheck(session.out, check);
      const open = report.checks.filter(({ state }) => state !== 'ok').length;
      session.out.line();
      session.out.line(
        open === 0
          ? 'Everything is in order.'
          : `${open} of ${report.checks.length} checks ${open === 1 ? 'needs' : 'need'} a look.`,
      );
    });
    return broken ? brokenExit : 0;
  },
});

export const doctorCommands: readonly Command[] = [doctorCommand];
