import path from 'node:path';
import type { Output as Answer } from '#contract/call.ts';
import type { DoctorCheck, Settings } from '#contract/schemas/host.ts';
import { argument, type Command, command, flag, number, text } from '../command.ts';
import { keyProviderChoices, keyProviderOptions, readChoice } from '../key-provider-flags.ts';
import { bold, dim, green, type Output, red, yellow } from '../output.ts';
import { withProgress } from '../progress.ts';
import { passphraseOptions, passphraseWays, presenceFrom, readNewSecret, readSecret } from '../secret-input.ts';
import type { PresenceSource, Session } from '../session.ts';
import { summaries } from '../summaries.ts';
import { printStatus } from './vault.ts';

// Keeping a vault well: doctor, backup, registry review, settings.

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
        open === 0 ? 'Everything is in order.' : `${open} of ${report.checks.length} checks need a look.`,
      );
    });
    return broken ? brokenExit : 0;
  },
});

const backupCreate = command({
  words: 'backup create',
  summary: summaries['backup.create'],
  arguments: { file: argument('The file to write; it must not exist.', { complete: 'file' }) },
  options: {
    'include-audit': flag('Put the audit log into it as well.'),
    'backup-passphrase-file': text('FILE', 'Read the passphrase of the backup from a file.', { complete: 'file' }),
    'backup-passphrase-stdin': flag('Read the passphrase of the backup from stdin.'),
    ...passphraseOptions,
  },
  notes: ['The backup has a passphrase of its own; without it nobody can open the file, neither can you.'],
  async run(values, session) {
    const ways = {
      name: 'backup-passphrase',
      text: undefined,
      file: values['backup-passphrase-file'],
      stdin: values['backup-passphrase-stdin'],
    };
    const passphrase = await readNewSecret(session, ways, 'Passphrase of the backup');
    const input = { path: path.resolve(values.file), passphrase, includeAudit: values['include-audit'] };
    const presence = presenceFrom(session, values);
    const answer = await withProgress(session, 'Writing the backup', () =>
      session.ask('backup.create', input, presence),
    );
    session.out.answer(answer, () =>
      session.out.line(`Backup written: ${answer.path} (${answer.secrets} secrets, ${answer.bytes} bytes)`),
    );
    return 0;
  },
});

const backupRestore = command({
  words: 'backup restore',
  summary: summaries['backup.restore'],
  arguments: { file: argument('The backup file.', { complete: 'file' }) },
  options: {
    ...passphraseOptions,
    provider: text(
      'PROVIDER',
      `How the restored vault keeps its key: ${keyProviderChoices.join(', ')} (default: as a new vault).`,
      {
        choices: keyProviderChoices,
      },
    ),
    ...keyProviderOptions,
    'new-passphrase-file': text('FILE', 'Provider passphrase: read the new passphrase from a file.', {
      complete: 'file',
    }),
  },
  notes: ['--passphrase, --passphrase-file and --passphrase-stdin are the passphrase of the backup.'],
  async run(values, session) {
    const passphrase = await readSecret(session, passphraseWays(values), 'Passphrase of the backup');
    const fresh = { name: 'new-passphrase', text: undefined, file: values['new-passphrase-file'], stdin: false };
    const choice =
      values.provider === undefined
        ? undefined
        : await readChoice(values.provider, values, () => readNewSecret(session, fresh, 'New passphrase'));
    const input = { path: path.resolve(values.file), passphrase, ...(choice === undefined ? {} : { choice }) };
    printStatus(session.out, await withProgress(session, 'Restoring', () => session.ask('backup.restore', input)));
    return 0;
  },
});

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

function printSettings(out: Output, settings: Settings): void {
  out.answer(settings, () => {
    const fact = (label: string, value: string) => out.line('  ', dim(label.padEnd(18)), value);
    fact('Idle lock:', settings.idleLockMinutes === null ? 'never' : `after ${settings.idleLockMinutes} minutes`);
    fact('Endpoint port:', settings.endpointPort === null ? 'as usual' : String(settings.endpointPort));
    fact('Launch at login:', settings.launchAtLogin ? 'yes' : 'no');
  });
}

const settingsShow = command({
  words: 'settings show',
  aliases: ['settings'],
  summary: summaries['settings.show'],
  async run(_values, session) {
    printSettings(session.out, await session.ask('settings.show', {}));
    return 0;
  },
});

const settingsSet = command({
  words: 'settings set',
  summary: summaries['settings.set'],
  options: {
    'idle-lock-minutes': number('N', 'Lock after so many minutes without a call; 0 means never.', { max: 24 * 60 }),
    'endpoint-port': number('PORT', 'The port of the local endpoint from the next start on; 0 means the usual one.', {
      max: 65_535,
    }),
  },
  async run(values, session) {
    const idle = values['idle-lock-minutes'];
    const port = values['endpoint-port'];
    const changed = {
      ...(idle === undefined ? {} : { idleLockMinutes: idle === 0 ? null : idle }),
      ...(port === undefined ? {} : { endpointPort: port === 0 ? null : port }),
    };
    printSettings(session.out, await session.ask('settings.set', changed));
    return 0;
  },
});

export const careCommands: readonly Command[] = [
  doctorCommand,
  backupCreate,
  backupRestore,
  reviewCommand,
  acceptCommand,
  settingsShow,
  settingsSet,
];
