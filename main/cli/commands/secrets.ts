import type { Output as Answer } from '#contract/call.ts';
import { scopeNames } from '#contract/choices.ts';
import { AivaultError } from '#contract/errors.ts';
import { looksLikeKey } from '#contract/key-like.ts';
import type { Scope } from '#contract/schemas/scope.ts';
import type { SecretMetadata } from '#contract/schemas/secrets.ts';
import { scopeText } from '#contract/scope-text.ts';
import { type Command, command, flag, list, optionalArgument, requiredText, text } from '../command.ts';
import { countText } from '../count-text.ts';
import { bold, dim, type Output, yellow } from '../output.ts';
import { readContext, readScope, scopeOptions } from '../scope-flags.ts';
import { readSecret, valueOptions, valueWays } from '../secret-input.ts';
import { readSecretId } from '../secret-reference.ts';
import { invalid, type Session } from '../session.ts';
import { summaries } from '../summaries.ts';
import { relativeText } from '../time-text.ts';
import { adviseUnpinned } from '../unpinned-advice.ts';
import { importCommand } from './import.ts';

// What is stored. Values only ever travel inwards: nothing here can print one, because no answer holds one.

const which = {
  secret: optionalArgument('The secret, by its name or alias; where several scopes have it, use --id.', {
    complete: 'secret-name',
  }),
} as const;
const idOption = { id: text('ID', 'The secret, by its id.', { complete: 'secret' }) } as const;
const idOf = (session: Session, values: { secret: string | undefined; id: string | undefined }) =>
  readSecretId(session, {
    ...(values.secret === undefined ? {} : { name: values.secret }),
    ...(values.id === undefined ? {} : { id: values.id }),
  });
const groupOptions = {
  ...idOption,
  'workspace-id': requiredText('ID', 'The workspace.'),
  'group-id': requiredText('ID', 'The group in that workspace.'),
} as const;

function printSecret(out: Output, secret: SecretMetadata, nowMs: number): void {
  out.line('  ', bold(secret.name), ...(secret.revokedAtMs === null ? [] : [yellow('  REVOKED')]));
  const fact = (label: string, value: string) => out.line('      ', dim(label.padEnd(10)), value);
  fact('ID:', secret.secretId);
  fact('Scope:', scopeText(secret.scope));
  if (secret.aliases.length > 0) fact('Aliases:', secret.aliases.join(', '));
  fact('Provider:', secret.pinnedProvider === undefined ? 'not pinned' : `${secret.pinnedProvider} (pinned)`);
  if (secret.hosts.length > 0) fact('Hosts:', secret.hosts.join(', '));
  if (secret.attachedGroups.length > 0) {
    fact('Groups:', secret.attachedGroups.map((group) => `${group.workspaceId}:${group.groupId}`).join(', '));
  }
  fact('Version:', String(secret.valueVersion));
  fact('Used:', secret.lastUsedAtMs === null ? 'never' : relativeText(secret.lastUsedAtMs, nowMs));
}

/** Says what happened, then gives the metadata: JSON, or one line with the id. */
function finish(session: Session, answer: Answer<'secrets.create'>, done: string): number {
  const { out } = session;
  const { secret, notices } = answer;
  if (!notices.some(({ kind }) => kind === 'created') && done !== '') out.notice(`${done}: ${secret.name}`);
  for (const notice of notices) {
    if (notice.kind === 'warning') out.warn(notice.text);
    else out.notice(notice.text);
  }
  out.answer(secret, () => out.line(dim(`  ID: ${secret.secretId}`)));
  return 0;
}

const listCommand = command({
  words: 'secrets list',
  summary: summaries['secrets.list'],
  options: {
    ...scopeOptions,
    scope: text('SCOPE', 'Only this scope: global, workspace or group.', { choices: scopeNames }),
  },
  async run(values, session) {
    const scope = values.scope as (typeof scopeNames)[number] | undefined;
    const { secrets } = await session.ask('secrets.list', {
      ...readContext(values),
      ...(scope === undefined ? {} : { scope }),
    });
    session.out.answer(secrets, () => {
      const { out } = session;
      if (secrets.length === 0) return out.line('No secrets found.');
      out.line(bold('Secrets'));
      for (const secret of secrets) {
        out.line();
        printSecret(out, secret, session.now());
      }
      out.line();
      out.line(dim(`${countText(secrets.length, 'secret')}. --verbose prints everything as JSON.`));
    });
    return 0;
  },
});

const keyInPlaceOfName =
  'Give the name alone, such as OPENAI_API_KEY: the value is asked for. This one stands in the history of your shell now.';

/** The name of a new secret. A word with `=` may hold the value: it is refused, and not repeated. */
function newName(values: { 'secret-name': string | undefined; name: string | undefined }): string {
  const name = values.name ?? values['secret-name'];
  if (name === undefined)
    throw invalid('--name is required.', 'For example: aivault secrets create --name OPENAI_API_KEY');
  if (values.name !== undefined && values['secret-name'] !== undefined) {
    throw invalid(
      'aivault secrets create takes one name.',
      'The value is asked for, or comes by --value-stdin or --value-file.',
    );
  }
  if (values.name === undefined && name.includes('=')) {
    throw invalid(
      'A value does not belong on the command line.',
      'Give the name alone: the value is asked for and not shown.',
    );
  }
  if (name.trim() === '') throw invalid('--name must not be blank.');
  if (looksLikeKey(name)) throw invalid('This is a key, not a name; nothing was stored.', keyInPlaceOfName);
  return name;
}

/** Refuses a name that is taken before its value is typed. The host decides all the same when it stores. */
async function refuseTaken(session: Session, names: readonly string[], scope: Scope): Promise<void> {
  const wanted = names.map((name) => name.trim());
  const { secrets } = await session.ask('secrets.list', {});
  const holder = secrets.find(
    (secret) =>
      scopeText(secret.scope) === scopeText(scope) &&
      wanted.some((name) => secret.name === name || secret.aliases.includes(name)),
  );
  if (holder === undefined) return;
  throw new AivaultError('already_exists', 'Another secret of this scope has that name or alias.', {
    hint: `For a new value of it: aivault secrets rotate --id ${holder.secretId}`,
  });
}

const createCommand = command({
  words: 'secrets create',
  summary: summaries['secrets.create'],
  arguments: { 'secret-name': optionalArgument('Its name, never its value; the same as --name.') },
  options: {
    name: text('NAME', 'Its name; one the registry knows (OPENAI_API_KEY) is pinned to its provider.'),
    ...valueOptions,
    ...scopeOptions,
    alias: list('NAME', 'Another name for it.'),
  },
  notes: ['Without a value option the value is asked for and not shown.'],
  examples: [
    'aivault secrets create --name OPENAI_API_KEY --scope global',
    'pass show openai | aivault secrets create --name OPENAI_API_KEY --value-stdin',
  ],
  async run(values, session) {
    const scope = readScope(values);
    const name = newName(values);
    const value = await readSecret(session, valueWays(values), `Value of ${name.trim()}`, () =>
      refuseTaken(session, [name, ...values.alias], scope),
    );
    const answer = await session.ask('secrets.create', { name, value, scope, aliases: [...values.alias] });
    const code = finish(session, answer, 'Secret created');
    if (answer.secret.pinnedProvider === undefined) await adviseUnpinned(session, answer.secret);
    return code;
  },
});

const updateCommand = command({
  words: 'secrets update',
  summary: summaries['secrets.update'],
  arguments: which,
  options: {
    ...idOption,
    name: text('NAME', 'Its new name.'),
    alias: list('NAME', 'Its aliases from now on, in place of all it has.'),
    'clear-aliases': flag('Remove all aliases; wins over --alias.'),
  },
  notes: ['The value is changed by aivault secrets rotate.'],
  async run(values, session) {
    const aliases = values['clear-aliases'] ? [] : values.alias.length > 0 ? [...values.alias] : undefined;
    if (values.name === undefined && aliases === undefined) {
      throw invalid(
        'Nothing was given to change.',
        'Use --name, --alias or --clear-aliases; a new value: aivault secrets rotate',
      );
    }
    const answer = await session.ask('secrets.update', {
      secretId: await idOf(session, values),
      ...(values.name === undefined ? {} : { name: values.name }),
      ...(aliases === undefined ? {} : { aliases }),
    });
    return finish(session, answer, 'Secret updated');
  },
});

const rotateCommand = command({
  words: 'secrets rotate',
  summary: summaries['secrets.rotate'],
  arguments: which,
  options: { ...idOption, ...valueOptions },
  async run(values, session) {
    const secretId = await idOf(session, values);
    const value = await readSecret(session, valueWays(values), 'New value');
    return finish(session, await session.ask('secrets.rotate', { secretId, value }), 'Secret rotated');
  },
});

const deleteCommand = command({
  words: 'secrets delete',
  summary: summaries['secrets.delete'],
  arguments: which,
  options: { ...idOption, preview: flag('Only show what would go with it.') },
  async run(values, session) {
    const secretId = await idOf(session, values);
    if (values.preview) {
      const preview = await session.ask('secrets.deletePreview', { secretId });
      session.out.answer(preview, () => {
        session.out.line('Deleting ', bold(preview.secret.name), ' takes with it:');
        session.out.line(
          `  Credentials:   ${preview.credentials.length === 0 ? 'none' : preview.credentials.join(', ')}`,
        );
        session.out.line(`  Capabilities:  ${preview.capabilities} no longer ready`);
        session.out.line(`  Bindings:      ${preview.bindings}`);
      });
      return 0;
    }
    return finish(session, await session.ask('secrets.delete', { secretId }), 'Secret deleted');
  },
});

const attachCommand = command({
  words: 'secrets attach-group',
  summary: summaries['secrets.attachGroup'],
  arguments: which,
  options: groupOptions,
  async run(values, session) {
    const secretId = await idOf(session, values);
    const group = { secretId, workspaceId: values['workspace-id'], groupId: values['group-id'] };
    return finish(session, await session.ask('secrets.attachGroup', group), 'Group attached');
  },
});

const detachCommand = command({
  words: 'secrets detach-group',
  summary: summaries['secrets.detachGroup'],
  arguments: which,
  options: groupOptions,
  async run(values, session) {
    const secretId = await idOf(session, values);
    const group = { secretId, workspaceId: values['workspace-id'], groupId: values['group-id'] };
    return finish(session, await session.ask('secrets.detachGroup', group), 'Group detached');
  },
});

export const secretCommands: readonly Command[] = [
  listCommand,
  createCommand,
  updateCommand,
  rotateCommand,
  deleteCommand,
  attachCommand,
  detachCommand,
  importCommand,
];
