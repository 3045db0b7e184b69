import { AivaultError, type ErrorCode } from '#contract/errors.ts';
import type { VaultStatus } from '#contract/schemas/vault.ts';
import { usualKeyProvider } from '#contract/usual-key-provider.ts';
import { type Command, command, flag, text } from '../command.ts';
import { countText } from '../count-text.ts';
import { keyProviderChoices, keyProviderOptions, providerNames, readChoice } from '../key-provider-flags.ts';
import { bold, dim, green, type Output, red, yellow } from '../output.ts';
import {
  isGiven,
  passphraseOptions,
  passphraseWays,
  presenceFrom,
  readNewPassphrase,
  readSecret,
} from '../secret-input.ts';
import { invalid, type Session } from '../session.ts';
import { summaries } from '../summaries.ts';
import { clockText } from '../time-text.ts';
import { rotateMaster } from './rotate-master.ts';

// The vault's life: status, init, unlock, lock, rotate-master.

const stateWords: Readonly<Record<VaultStatus['state'], string>> = {
  missing: 'not initialized',
  locked: 'locked',
  unlocked: 'unlocked',
  rolled_back: 'rolled back',
  degraded: 'degraded',
};

function statePart(state: VaultStatus['state']) {
  if (state === 'unlocked') return green(stateWords[state]);
  return state === 'locked' || state === 'missing' ? yellow(stateWords[state]) : red(stateWords[state]);
}

const olderCopy = {
  message: 'The vault on disk is older than it was last seen.',
  hint: 'If you restored it yourself: aivault unlock --accept-rollback. Otherwise restore a newer copy.',
} as const;

/** The status as a person reads it. */
export function printStatus(out: Output, status: VaultStatus): void {
  out.answer(status, () => {
    out.line(bold('Vault'));
    out.line('  Status:          ', statePart(status.state));
    out.line('  Provider:        ', status.keyProvider === null ? 'none yet' : providerNames[status.keyProvider]);
    out.line('  KEK identifier:  ', status.fingerprint ?? 'none yet');
    if (status.development) out.line('  Kind:            ', yellow('development vault'));
    if (status.locksAtMs !== null) out.line('  Locks itself:    ', `${clockText(status.locksAtMs)} UTC`);
    if (status.counts !== null) {
      const { secrets, credentials, capabilitiesReady, tokens } = status.counts;
      out.line(
        '  Holds:           ',
        [
          countText(secrets, 'secret'),
          countText(credentials, 'credential'),
          `${countText(capabilitiesReady, 'capability', 'capabilities')} ready`,
          countText(tokens, 'token'),
        ].join(', '),
      );
    }
    out.line();
    out.line(bold('Paths'));
    out.line('  Root:            ', status.paths.vault);
    if (status.paths.key !== null) out.line('  Key:             ', status.paths.key);
    if (status.paths.socket !== null) out.line('  Socket:          ', status.paths.socket);
    out.line();
    out.line(bold('Host'));
    out.line('  Endpoint:        ', status.endpoint?.baseUrl ?? 'none');
    out.line('  Process:         ', `${status.pid}${status.desktop ? ' (desktop app)' : ''}`);
    out.line('  Version:         ', status.version);
    const trouble = status.state === 'rolled_back' ? olderCopy : status.trouble;
    if (trouble !== null) {
      out.line(red('  Did not open:    '), trouble.message);
      if (trouble.hint !== undefined) out.line('                   ', dim(trouble.hint));
    }
    for (const row of status.damaged) out.line(red('  Damaged:         '), `${row.table} ${row.id}: ${row.reason}`);
    for (const warning of status.warnings) out.line(dim(`  Note:            ${warning}`));
  });
}

async function unlockPassphrase(session: Session, values: Parameters<typeof passphraseWays>[0]) {
  const ways = passphraseWays(values);
  if (!isGiven(ways)) {
    const status = await session.ask('vault.status', {});
    // Only a passphrase vault needs one; the others open with what they already have.
    if (status.keyProvider !== 'passphrase' || status.state === 'unlocked') return {};
  }
  return { passphrase: await readSecret(session, ways, 'Passphrase') };
}

/** What a vault that is closed refuses with: locked, its key not found or not its own, an older copy. */
const closedCodes: ReadonlySet<string> = new Set<ErrorCode>(['vault_locked', 'integrity_error', 'rolled_back']);

/** Locks, and is content where it is closed already: hooks of a screen lock or of suspending may come twice. */
async function lockedStatus(session: Session): Promise<VaultStatus> {
  try {
    return await session.ask('vault.lock', {});
  } catch (error) {
    if (!(error instanceof AivaultError) || !closedCodes.has(error.code)) throw error;
    const status = await session.ask('vault.status', {});
    if (status.state !== 'locked' && status.state !== 'rolled_back') throw error;
    return status;
  }
}

export const vaultCommands: readonly Command[] = [
  command({
    words: 'status',
    summary: summaries['vault.status'],
    async run(_values, session) {
      printStatus(session.out, await session.ask('vault.status', {}));
      return 0;
    },
  }),
  command({
    words: 'init',
    summary: summaries['vault.init'],
    options: {
      provider: text(
        'PROVIDER',
        `Where the key is kept: ${keyProviderChoices.join(', ')} (default: keychain on macOS without AIVAULT_DIR, else file).`,
        {
          choices: keyProviderChoices,
        },
      ),
      ...keyProviderOptions,
      ...passphraseOptions,
    },
    notes: ['A vault that exists is left alone: use rotate-master to change its key or its key provider.'],
    examples: ['aivault init --provider passphrase'],
    async run(values, session) {
      const contained = (session.environment.AIVAULT_DIR?.trim() ?? '') !== '';
      const provider = values.provider ?? usualKeyProvider({ contained }, process.platform).provider;
      const ways = passphraseWays(values);
      if (provider !== 'passphrase' && isGiven(ways)) {
        throw invalid('A passphrase belongs to --provider passphrase.');
      }
      const choice = await readChoice(provider, values, () => readNewPassphrase(session, ways, 'New passphrase'));
      printStatus(session.out, await session.ask('vault.init', { choice }));
      return 0;
    },
  }),
  command({
    words: 'unlock',
    summary: summaries['vault.unlock'],
    options: {
      ...passphraseOptions,
      'accept-rollback': flag('Accept a database that is older than the vault remembers; this is audited.'),
    },
    notes: [
      'A passphrase that nobody remembers cannot be got back. To go on without it: aivault shutdown, move the vault’s folder away (aivault status says where it is), then aivault backup restore FILE, or store your keys anew.',
    ],
    async run(values, session) {
      const passphrase = await unlockPassphrase(session, values);
      const input = { ...passphrase, acceptRollback: values['accept-rollback'] };
      const status = await session.ask('vault.unlock', input);
      session.out.answer(status, () => session.out.line('Vault is ', statePart(status.state), '.'));
      return 0;
    },
  }),
  command({
    words: 'lock',
    summary: summaries['vault.lock'],
    async run(_values, session) {
      const status = await lockedStatus(session);
      session.out.answer(status, () => session.out.line('Vault is ', statePart(status.state), '.'));
      return 0;
    },
  }),
  command({
    words: 'rotate-master',
    summary: summaries['vault.rotateMaster'],
    options: {
      provider: text('PROVIDER', `Change the key provider: ${keyProviderChoices.join(', ')}.`, {
        choices: keyProviderChoices,
      }),
      ...keyProviderOptions,
      'new-passphrase': text('TEXT', 'The new passphrase. Other programs can see it while the command runs.'),
      'new-passphrase-file': text('FILE', 'Read the new passphrase from a file.', { complete: 'file' }),
      'new-passphrase-stdin': flag('Read the new passphrase from stdin.'),
      'new-key': text(
        'KEY',
        'The new key, 32 bytes as base64 or 64 hex digits. Other programs can see it while the command runs.',
      ),
      'new-key-file': text('FILE', 'Read the new key from a file.', { complete: 'file' }),
      'new-key-stdin': flag('Read the new key from stdin.'),
      'new-key-prompt': flag('Ask for the new key, without showing it.'),
      ...passphraseOptions,
    },
    notes: [
      'Without options: a fresh vault key under the same key provider; a passphrase vault asks for its new passphrase.',
      'A passphrase vault asks for the present passphrase too, to prove that it is you (--passphrase-file, --passphrase-stdin).',
    ],
    async run(values, session) {
      const status = await rotateMaster(session, values, presenceFrom(session, values));
      session.out.answer(status, () => {
        session.out.line('Master key rotated.');
        session.out.line(
          '  Provider:        ',
          status.keyProvider === null ? 'none' : providerNames[status.keyProvider],
        );
        session.out.line('  KEK identifier:  ', status.fingerprint ?? 'none');
      });
      return 0;
    },
  }),
];
