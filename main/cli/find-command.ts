import { AivaultError } from '#contract/errors.ts';
import type { Command } from './command.ts';
import { nouns } from './nouns.ts';
import { meantBelow, meantFirst } from './other-words.ts';

/**
 * What a command line is about. `asked` tells help that was wanted from help for somebody who is lost (exit 2); `below`
 * are the commands that begin with the words of this one, as `audit verify` does with `audit`.
 */
export type Found =
  | { readonly kind: 'version' }
  | { readonly kind: 'program'; readonly asked: boolean }
  | { readonly kind: 'noun'; readonly noun: string; readonly commands: readonly Command[]; readonly asked: boolean }
  | { readonly kind: 'help'; readonly command: Command; readonly below: readonly Command[] }
  | {
      readonly kind: 'command';
      readonly command: Command;
      readonly below: readonly Command[];
      readonly rest: readonly string[];
    };

const asJson = ['--json', '-v', '--verbose'];
/** Whether help itself is wanted as JSON. */
export const wantsJson = (words: readonly string[]) => words.some((word) => asJson.includes(word));
const isHelp = (word: string | undefined) => word === '--help' || word === '-h';

/** The longest run of words that names a command, so that `capability policy set` is found before `capability`. */
function longest(commands: readonly Command[], words: readonly string[]): { command: Command; used: number } | null {
  for (let used = Math.min(3, words.length); used > 0; used--) {
    const phrase = words.slice(0, used).join(' ');
    const command = commands.find(({ words: own, aliases }) => own === phrase || aliases.includes(phrase));
    if (command !== undefined) return { command, used };
  }
  return null;
}

/** Commands under a phrase, for `aivault capability policy` and its help. */
function under(commands: readonly Command[], words: readonly string[]): readonly Command[] {
  const phrase = `${words.join(' ')} `;
  return commands.filter(({ words: own, hidden }) => !hidden && own.startsWith(phrase));
}

function unknown(word: string, meant: string | undefined, where: string): never {
  const shown = /^[A-Za-z][A-Za-z0-9-]{0,40}$/.test(word) ? ` ${word}` : '';
  throw new AivaultError('invalid_request', `There is no command${shown} here.`, {
    hint: meant ?? `See ${where} --help`,
  });
}

/** Refuses the word at this place of the line, saying which of the commands that may stand there was meant. */
function unknownBelow(words: readonly string[], at: number, commands: readonly Command[]): never {
  const known = commands.map((command) => command.words.split(' ')[at]!);
  const word = words[at]!;
  unknown(word, meantBelow(word, known, words[0]!), `aivault ${words.slice(0, at).join(' ')}`);
}

const everyCommand = async (): Promise<readonly Command[]> =>
  (await Promise.all(Object.values(nouns).map(({ load }) => load()))).flat();

async function inNoun(words: readonly string[], helpWanted: boolean): Promise<Found> {
  const [noun] = words as [string, ...string[]];
  if (!Object.hasOwn(nouns, noun)) {
    unknown(noun, await meantFirst(noun, Object.keys(nouns), everyCommand), 'aivault');
  }
  const commands = await nouns[noun]!.load();
  const flagAt = words.findIndex((word) => word.startsWith('-'));
  const plain = flagAt === -1 ? words : words.slice(0, flagAt);
  const found = longest(commands, plain);
  if (found !== null) {
    const { command, used } = found;
    const below = under(commands, plain.slice(0, used)).filter((other) => other !== command);
    const takesWords = Object.keys(command.arguments).length > 0;
    if (!takesWords && below.length > 0 && plain.length > used) unknownBelow(plain, used, below);
    if (helpWanted) return { kind: 'help', command, below };
    return { kind: 'command', command, below, rest: words.slice(used) };
  }
  const asked = helpWanted || words.some(isHelp);
  for (const length of [2, 1]) {
    const below = under(commands, plain.slice(0, length));
    if (plain.length <= length && below.length > 0) return { kind: 'noun', noun, commands: below, asked };
  }
  const stuck = under(commands, plain.slice(0, 2)).length > 0 ? 2 : 1;
  unknownBelow(plain, stuck, under(commands, plain.slice(0, stuck)));
}

/** Finds the command a line names. Throws `invalid_request` (exit 2) with "did you mean" for a word nobody knows. */
export async function findCommand(words: readonly string[]): Promise<Found> {
  const start = words.findIndex((word) => !asJson.includes(word));
  const leading = words.slice(0, start === -1 ? words.length : start);
  const [first, ...behind] = words.slice(leading.length);
  const rest = first === 'help' || first === 'version' ? behind.filter((word) => !asJson.includes(word)) : behind;
  if (first === undefined) return { kind: 'program', asked: false };
  if (first === '--version' || first === '-V' || (first === 'version' && rest.length === 0)) return { kind: 'version' };
  if (isHelp(first)) return { kind: 'program', asked: true };
  if (first === 'help') return rest.length === 0 ? { kind: 'program', asked: true } : inNoun(rest, true);
  const found = await inNoun([first, ...rest], false);
  return found.kind === 'command' ? { ...found, rest: [...found.rest, ...leading] } : found;
}
