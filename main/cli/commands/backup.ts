import path from 'node:path';
import { argument, type Command, command, flag, text } from '../command.ts';
import { countText } from '../count-text.ts';
import { keyProviderChoices, keyProviderOptions, readChoice } from '../key-provider-flags.ts';
import { withProgress } from '../progress.ts';
import {
  isGiven,
  passphraseOptions,
  passphraseWays,
  presenceFrom,
  readNewPassphrase,
  readSecret,
} from '../secret-input.ts';
import { invalid } from '../session.ts';
import { summaries } from '../summaries.ts';
import { printStatus } from './vault.ts';

const backupPassphraseOptions = {
  'backup-passphrase-file': text('FILE', 'Read the passphrase of the backup from a file.', { complete: 'file' }),
  'backup-passphrase-stdin': flag('Read the passphrase of the backup from stdin.'),
} as const;

interface BackupPassphraseValues {
  readonly 'backup-passphrase-file': string | undefined;
  readonly 'backup-passphrase-stdin': boolean;
}

const backupPassphraseWays = (values: BackupPassphraseValues) => ({
  name: 'backup-passphrase',
  text: undefined,
  file: values['backup-passphrase-file'],
  stdin: values['backup-passphrase-stdin'],
});

const backupCreate = command({
  words: 'backup create',
  summary: summaries['backup.create'],
  arguments: { file: argument('The file to write; it must not exist.', { complete: 'file' }) },
  options: {
    'include-audit': flag('Put the audit log into it as well.'),
    ...backupPassphraseOptions,
    ...passphraseOptions,
  },
  notes: ['The backup has a passphrase of its own; without it nobody can open the file, neither can you.'],
  async run(values, session) {
    const passphrase = await readNewPassphrase(session, backupPassphraseWays(values), 'Passphrase of the backup');
    const input = { path: path.resolve(values.file), passphrase, includeAudit: values['include-audit'] };
    const presence = presenceFrom(session, values);
    const answer = await withProgress(session, 'Writing the backup', () =>
      session.ask('backup.create', input, presence),
    );
    session.out.answer(answer, () =>
      session.out.line(
        `Backup written: ${answer.path} (${countText(answer.secrets, 'secret')}, ${answer.bytes} bytes)`,
      ),
    );
    return 0;
  },
});

const backupRestore = command({
  words: 'backup restore',
  summary: summaries['backup.restore'],
  arguments: { file: argument('The backup file.', { complete: 'file' }) },
  options: {
    ...backupPassphraseOptions,
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
  notes: ['--passphrase, --passphrase-file and --passphrase-stdin are the passphrase of the backup too.'],
  async run(values, session) {
    const [ways, others] = [backupPassphraseWays(values), passphraseWays(values)];
    const byOthers = isGiven(others);
    if (byOthers && isGiven(ways)) throw invalid('Give the passphrase of the backup once.');
    const passphrase = await readSecret(session, byOthers ? others : ways, 'Passphrase of the backup');
    const fresh = { name: 'new-passphrase', text: undefined, file: values['new-passphrase-file'], stdin: false };
    const choice =
      values.provider === undefined
        ? undefined
        : await readChoice(values.provider, values, () => readNewPassphrase(session, fresh, 'New passphrase'));
    const input = { path: path.resolve(values.file), passphrase, ...(choice === undefined ? {} : { choice }) };
    printStatus(session.out, await withProgress(session, 'Restoring', () => session.ask('backup.restore', input)));
    return 0;
  },
});

export const backupCommands: readonly Command[] = [backupCreate, backupRestore];
