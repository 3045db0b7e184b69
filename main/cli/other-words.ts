import type { Command } from './command.ts';
import { didYouMean, nearest } from './nearest.ts';

// A word that is no command here: what its writer most likely wanted. Spelling comes last, because `revoke` is a whole
// word of another command before it is a slip of `invoke`.

/** Words that other programs have for the same thing. */
const families: readonly (readonly string[])[] = [
  ['list', 'ls', 'all'],
  ['delete', 'rm', 'remove', 'del', 'revoke'],
  ['create', 'mint', 'put', 'add', 'new', 'store', 'save'],
  ['shutdown', 'stop', 'quit', 'kill'],
  ['status', 'start', 'up', 'info'],
  ['unlock', 'login', 'open'],
  ['lock', 'logout', 'close'],
  ['audit', 'log', 'logs', 'history'],
  ['settings', 'config', 'configure'],
  ['secrets', 'keys'],
  ['capability', 'providers', 'services'],
  ['rotate-master', 'passwd', 'passphrase'],
  ['run', 'exec'],
];
const toRead = ['get', 'resolve', 'show', 'read', 'print', 'reveal', 'cat'];
const neverPrinted =
  'A stored key is never printed: call with it, aivault invoke --help. Values for programs: aivault kv.';

const familyOf = (word: string) => families.find((family) => family.includes(word)) ?? [];

/** `aivault token mint` for `mint`: the commands that have the word, cut off behind it. */
function elsewhere(word: string, commands: readonly Command[]): readonly string[] {
  const phrases = commands
    .filter(({ hidden }) => !hidden)
    .flatMap(({ words }) => {
      const parts = words.split(' ');
      const at = parts.indexOf(word);
      return at === -1 ? [] : [`aivault ${parts.slice(0, at + 1).join(' ')}`];
    });
  return [...new Set(phrases)].slice(0, 3);
}

/** What to type instead of a word that stands below a noun or a command; `known` are the words that may stand there. */
export function meantBelow(word: string, known: readonly string[], noun: string): string | undefined {
  if (noun === 'secrets' && toRead.includes(word)) return neverPrinted;
  const same = familyOf(word).filter((other) => known.includes(other));
  return didYouMean(same.length > 0 ? same : nearest(word, known));
}

/** What to type instead of a first word; `commands` are all there are, loaded only where somebody is lost. */
export async function meantFirst(
  word: string,
  known: readonly string[],
  commands: () => Promise<readonly Command[]>,
): Promise<string | undefined> {
  if (toRead.includes(word)) return neverPrinted;
  const same = familyOf(word).filter((other) => known.includes(other));
  if (same.length > 0) return didYouMean(same);
  const all = await commands();
  const [exact, related] = [[word], familyOf(word)].map((words) => words.flatMap((one) => elsewhere(one, all)));
  if (exact!.length > 0) return didYouMean(exact!);
  return didYouMean(related!.length > 0 ? related!.slice(0, 3) : nearest(word, known));
}
