import { personalScopes } from '#contract/choices.ts';
import type { PersonalScope, TokenSummary } from '#contract/schemas/tokens.ts';
import { argument, type Command, command, flag, list, number, requiredText, text } from '../command.ts';
import { didYouMean, nearest } from '../nearest.ts';
import { bold, dim, type Output, yellow } from '../output.ts';
import { contextOptions, readContext } from '../scope-flags.ts';
import { passphraseOptions, presenceFrom } from '../secret-input.ts';
import { invalid, type Session } from '../session.ts';
import { summaries } from '../summaries.ts';
import { durationMs, relativeText } from '../time-text.ts';
import { tokenEnvironment } from '../token-environment.ts';
import { shellLine } from '../value-format.ts';

// Tokens: what a tool holds instead of the key. Shown once, scoped, and gone when their time is over.

const ttlOption = (usual: string) => ({
  ttl: text('DURATION', `How long it lives: 10m, 12h, 30d (default: ${usual}).`),
});

interface Minted {
  readonly token: string;
  readonly id: string;
  readonly expiresAtMs: number;
  /** What a tool needs in its environment, where that was asked for. */
  readonly environment?: Readonly<Record<string, string>>;
}

function printMinted(session: Session, minted: Minted): number {
  session.out.answer(minted, () => {
    // These alone on stdout, so that AIVAULT_TOKEN=$(aivault token mint …) works, and eval with --env.
    if (minted.environment === undefined) session.out.line(minted.token);
    else for (const [name, value] of Object.entries(minted.environment)) session.out.line(shellLine(name, value));
    session.out.aside(
      dim(`${minted.id}, expires ${relativeText(minted.expiresAtMs, session.now())}. It is not shown again.`),
    );
  });
  return 0;
}

const mintCommand = command({
  words: 'token mint',
  summary: summaries['tokens.mint'],
  options: {
    capability: list('ID', 'A capability it may use.', { complete: 'capability' }),
    credential: text('ID', 'The only credential it may use.', { complete: 'credential' }),
    ...contextOptions,
    ...ttlOption('1h; at most 30d'),
    'max-calls': number('NUMBER', 'How many calls it may make in all (default: any number until it expires).', {
      min: 1,
    }),
    name: text('NAME', 'What you will know it by.'),
    env: flag('Print what a tool needs in its environment, for eval: the address, the token, and its SDK’s variables.'),
  },
  examples: [
    'AIVAULT_TOKEN=$(aivault token mint --capability openai/chat-completions --ttl 10m)',
    'eval "$(aivault token mint --capability openai/chat-completions --ttl 10m --env)"',
  ],
  async run(values, session) {
    if (values.capability.length === 0) {
      throw invalid('--capability is required, once or more.', 'What is ready: aivault capability list --ready');
    }
    const minted = await session.ask('tokens.mint', {
      capabilities: [...values.capability],
      ...(values.credential === undefined ? {} : { credential: values.credential }),
      ...readContext(values),
      ...(values.ttl === undefined ? {} : { ttlMs: durationMs('ttl', values.ttl) }),
      ...(values['max-calls'] === undefined ? {} : { maxCalls: values['max-calls'] }),
      ...(values.name === undefined ? {} : { name: values.name }),
    });
    if (!values.env) return printMinted(session, minted);
    const environment = await tokenEnvironment(session, minted.token, values.capability);
    return printMinted(session, { ...minted, environment });
  },
});

const personalCommand = command({
  words: 'token create-personal',
  summary: summaries['tokens.createPersonal'],
  options: {
    name: requiredText('NAME', 'What you will know it by.'),
    scope: list('SCOPE', `What it may do: ${personalScopes.join(', ')}.`),
    path: list('GLOB', 'Paths it may touch: * is one segment, ** any number (default: all).'),
    ...ttlOption('90d'),
    ...passphraseOptions,
  },
  async run(values, session) {
    if (values.scope.length === 0) throw invalid('--scope is required, once or more.');
    for (const scope of values.scope) {
      if (!(personalScopes as readonly string[]).includes(scope)) {
        throw invalid(
          `--scope must be one of ${personalScopes.join(', ')}.`,
          didYouMean(nearest(scope, personalScopes)),
        );
      }
    }
    const minted = await session.ask(
      'tokens.createPersonal',
      {
        name: values.name,
        scopes: values.scope as PersonalScope[],
        paths: [...values.path],
        ...(values.ttl === undefined ? {} : { ttlMs: durationMs('ttl', values.ttl) }),
      },
      presenceFrom(session, values),
    );
    return printMinted(session, minted);
  },
});

function printToken(out: Output, token: TokenSummary, nowMs: number): void {
  const dead = token.revokedAtMs !== null ? 'revoked' : token.expiresAtMs <= nowMs ? 'expired' : null;
  out.line(
    '  ',
    bold(token.id),
    token.name === null ? '' : `  ${token.name}`,
    dead === null ? '' : yellow(`  ${dead}`),
  );
  const fact = (label: string, value: string) => out.line('      ', dim(label.padEnd(14)), value);
  if (token.capabilities.length > 0) fact('Capabilities:', token.capabilities.join(', '));
  if (token.scopes.length > 0) fact('Scopes:', token.scopes.join(', '));
  if (token.paths.length > 0) fact('Paths:', token.paths.join(', '));
  if (token.credential !== null) fact('Credential:', token.credential);
  if (token.workspaceId !== null) fact('Context:', [token.workspaceId, token.groupId].filter(Boolean).join(':'));
  fact('Expires:', relativeText(token.expiresAtMs, nowMs));
  if (token.calls !== null) fact('Calls:', `${token.calls.made} of ${token.calls.most}`);
  fact('Used:', token.lastUsedAtMs === null ? 'never' : relativeText(token.lastUsedAtMs, nowMs));
}

const listCommand = command({
  words: 'token list',
  summary: summaries['tokens.list'],
  options: { all: flag('Expired and revoked ones too.') },
  async run(values, session) {
    const { tokens } = await session.ask('tokens.list', { all: values.all });
    const { out } = session;
    out.answer({ tokens }, () => {
      if (tokens.length === 0) return out.line('No tokens found.');
      out.line(bold('Tokens'));
      for (const token of tokens) {
        out.line();
        printToken(out, token, session.now());
      }
    });
    return 0;
  },
});

const revokeCommand = command({
  words: 'token revoke',
  summary: summaries['tokens.revoke'],
  arguments: { id: argument('The token’s id, tok_….', { complete: 'token' }) },
  async run(values, session) {
    const answer = await session.ask('tokens.revoke', { id: values.id });
    session.out.answer(answer, () =>
      session.out.line(answer.revoked ? `Token revoked: ${answer.id}` : `Token ${answer.id} was not alive.`),
    );
    return 0;
  },
});

const explainCommand = command({
  words: 'token explain',
  summary: summaries['tokens.explain'],
  arguments: { id: argument('The token’s id, tok_….', { complete: 'token' }) },
  async run(values, session) {
    const reach = await session.ask('tokens.explain', { id: values.id });
    const { out } = session;
    out.answer(reach, () => {
      if (reach.capabilities.length === 0) return out.line('This token could do nothing now.');
      for (const row of reach.capabilities) {
        out.line(bold(row.id), dim(`  ${row.effect ?? ''}`));
        out.line(`  ${row.methods.join(', ')} ${row.hosts.join(', ')} ${row.paths.join(', ')}`);
        out.line(row.credential === null ? yellow(`  no credential: ${row.reason ?? ''}`) : `  with ${row.credential}`);
      }
    });
    return 0;
  },
});

export const tokenCommands: readonly Command[] = [
  mintCommand,
  personalCommand,
  listCommand,
  revokeCommand,
  explainCommand,
];
