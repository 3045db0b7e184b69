import { type Command, type Completion, everywhere, type Nouns, type Option } from './command.ts';
import type { Session } from './session.ts';

// What a shell may offer for the word under the cursor. Ids come from a host that already runs; TAB never starts one.

/** A word and what it means; `@file` and `@folder` hand over to the shell's own file completion. */
export interface Candidate {
  readonly word: string;
  readonly summary: string;
}

const filesOf = (kind: Completion | undefined): readonly Candidate[] | null =>
  kind === 'file' || kind === 'folder' ? [{ word: `@${kind}`, summary: '' }] : null;

async function idsOf(kind: Completion | undefined, session: Session): Promise<readonly Candidate[]> {
  if (kind === undefined) return [];
  const host = await session.runningHost().catch(() => null);
  if (host === null) return [];
  if (kind === 'capability' || kind === 'provider') {
    const answer = await host.call('capabilities.list', {});
    const rows = answer.ok ? answer.value.capabilities : [];
    if (kind === 'capability') return rows.map(({ id, summary }) => ({ word: id, summary }));
    return [...new Set(rows.map(({ provider }) => provider))].map((word) => ({ word, summary: '' }));
  }
  if (kind === 'credential') {
    const answer = await host.call('credentials.list', {});
    return answer.ok ? answer.value.credentials.map(({ id, provider }) => ({ word: id, summary: provider })) : [];
  }
  if (kind === 'secret-name') {
    const answer = await host.call('secrets.list', {});
    return answer.ok
      ? answer.value.secrets.map(({ name, pinnedProvider }) => ({ word: name, summary: pinnedProvider ?? '' }))
      : [];
  }
  if (kind === 'secret') {
    const answer = await host.call('secrets.list', {});
    return answer.ok ? answer.value.secrets.map(({ secretId, name }) => ({ word: secretId, summary: name })) : [];
  }
  if (kind === 'approval' || kind === 'standing-approval') {
    const answer = await host.call('approvals.list', {});
    const { waiting, standing } = answer.ok ? answer.value : { waiting: [], standing: [] };
    if (kind === 'approval')
      return waiting.map(({ approvalId, capability }) => ({ word: approvalId, summary: capability }));
    return standing.map(({ standingId, capability }) => ({ word: standingId, summary: capability }));
  }
  const answer = await host.call('tokens.list', {});
  return answer.ok ? answer.value.tokens.map(({ id, name }) => ({ word: id, summary: name ?? '' })) : [];
}

async function valuesOf(option: Option, session: Session): Promise<readonly Candidate[]> {
  if (option.kind === 'text' && option.choices !== undefined) {
    return option.choices.map((word) => ({ word, summary: '' }));
  }
  return filesOf(option.complete) ?? idsOf(option.complete, session);
}

async function inCommand(command: Command, words: readonly string[], session: Session): Promise<readonly Candidate[]> {
  const options: Readonly<Record<string, Option>> = { ...command.options, ...everywhere };
  const before = words.at(-2);
  const pending = before?.startsWith('--') ? options[before.slice(2)] : undefined;
  if (pending !== undefined && pending.kind !== 'flag') return valuesOf(pending, session);
  const current = words.at(-1) ?? '';
  if (current.startsWith('-')) {
    return Object.entries(options)
      .filter(([name, option]) => option.kind === 'list' || !words.slice(0, -1).includes(`--${name}`))
      .map(([name, option]) => ({ word: `--${name}`, summary: option.summary }));
  }
  const argument = Object.values(command.arguments)[0];
  if (argument?.complete === undefined) return [];
  return filesOf(argument.complete) ?? idsOf(argument.complete, session);
}

/** Candidates for the last of the given words; the words are what stands after `aivault`. */
export async function candidatesFor(
  words: readonly string[],
  nouns: Nouns,
  session: Session,
): Promise<readonly Candidate[]> {
  const current = words.at(-1) ?? '';
  const fitting = (all: readonly Candidate[]) =>
    all.filter(({ word }) => word.startsWith(current) || word.startsWith('@'));
  const [noun] = words;
  if (words.length <= 1 || noun === 'help') {
    const shown = Object.entries(nouns).filter(([, { group }]) => group !== null);
    const all = shown.map(([word, { summary }]) => ({ word, summary }));
    return fitting([...all, { word: 'help', summary: 'Show help on a command.' }]);
  }
  if (!Object.hasOwn(nouns, noun!)) return [];
  const commands = (await nouns[noun!]!.load()).filter(({ hidden }) => !hidden);
  for (let length = Math.min(3, words.length - 1); length > 0; length--) {
    const phrase = words.slice(0, length).join(' ');
    const command = commands.find(({ words: own, aliases }) => own === phrase || aliases.includes(phrase));
    if (command === undefined) continue;
    const further = length === words.length - 1 ? below(commands, words) : [];
    return fitting([...further, ...(await inCommand(command, words.slice(length), session))]);
  }
  return fitting(below(commands, words));
}

/** The words that make a command of what stands before the last one: `verify` after `audit`. */
function below(commands: readonly Command[], words: readonly string[]): readonly Candidate[] {
  const stem = `${words.slice(0, -1).join(' ')} `;
  const found = commands.filter(({ words: own }) => own.startsWith(stem));
  const next = new Map(found.map((command) => [command.words.slice(stem.length).split(' ')[0]!, command.summary]));
  return [...next].map(([word, summary]) => ({ word, summary }));
}
