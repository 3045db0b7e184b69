import type { Output as Answer } from '#contract/call.ts';
import { type Command, command, text } from '../command.ts';
import { bold, dim, type Output } from '../output.ts';
import { passphraseOptions, presenceFrom } from '../secret-input.ts';
import { summaries } from '../summaries.ts';

type Change = Answer<'registry.review'>['changes'][number];

function printChanges(out: Output, changes: readonly Change[]): void {
  for (const change of changes) {
    out.line(
      '  ',
      bold(change.provider),
      change.capability === null ? '' : `  ${change.capability}`,
      dim(`  ${change.change}  `),
      change.text,
    );
  }
}

const reviewCommand = command({
  words: 'registry review',
  summary: summaries['registry.review'],
  async run(_values, session) {
    const answer = await session.ask('registry.review', {});
    session.out.answer(answer, () => {
      if (answer.changes.length === 0) return session.out.line('Nothing is waiting for review.');
      printChanges(session.out, answer.changes);
      session.out.line();
      session.out.line(dim('aivault registry accept [--provider NAME] lets them apply.'));
    });
    return 0;
  },
});

const acceptCommand = command({
  words: 'registry accept',
  summary: summaries['registry.accept'],
  options: { provider: text('NAME', 'Only this provider.', { complete: 'provider' }), ...passphraseOptions },
  async run(values, session) {
    const input = values.provider === undefined ? {} : { provider: values.provider };
    const answer = await session.ask('registry.accept', input, presenceFrom(session, values));
    session.out.answer(answer, () => {
      session.out.line(answer.accepted.length === 0 ? 'Nothing was waiting.' : 'Accepted:');
      printChanges(session.out, answer.accepted);
    });
    return 0;
  },
});

export const registryCommands: readonly Command[] = [reviewCommand, acceptCommand];
