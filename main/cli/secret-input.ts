import { readFile } from 'node:fs/promises';
import { passphraseAdvice } from '#contract/passphrase-advice.ts';
import { flag, text } from './command.ts';
import { askHidden, askNew, canAsk } from './prompt.ts';
import { invalid, type Session } from './session.ts';

// How a value reaches the vault: typed without echo, piped, read from a file, or, with a warning, as an argument.

/** Room for the largest secret and a little more, so that the host can say what the limit is. */
const mostBytes = 1024 * 1024;

export const valueOptions = {
  value: text('TEXT', 'The value itself. Other programs can see it while the command runs: prefer the others.'),
  'value-file': text('FILE', 'Read the value from a file; one trailing newline is left out.', { complete: 'file' }),
  'value-stdin': flag('Read the value from stdin; one trailing newline is left out.'),
} as const;

export const passphraseOptions = {
  passphrase: text('TEXT', 'The passphrase. Other programs can see it while the command runs: prefer the others.'),
  'passphrase-file': text('FILE', 'Read the passphrase from a file; one trailing newline is left out.', {
    complete: 'file',
  }),
  'passphrase-stdin': flag('Read the passphrase from stdin; one trailing newline is left out.'),
} as const;

interface Ways {
  /** The name of the option family: `value` for --value, --value-file, --value-stdin. */
  readonly name: string;
  readonly text: string | undefined;
  readonly file: string | undefined;
  readonly stdin: boolean;
}

/** Everything stdin brings, as text. Throws `invalid_request` where it is not UTF-8 or far too much. */
export async function readStdin(session: Session): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of session.terminal.input) {
    const bytes = Buffer.from(chunk as Uint8Array);
    size += bytes.length;
    if (size > 64 * mostBytes) throw invalid('Stdin brings more than 64 MiB.');
    chunks.push(bytes);
  }
  return decode(Buffer.concat(chunks), 'Stdin');
}

function decode(bytes: Uint8Array, what: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw invalid(`${what} is not UTF-8 text.`, 'A value is text: encode other bytes first, for example with base64.');
  }
}

/** Reads a text file a person named. Throws `invalid_request` naming it. */
export async function readTextFile(path: string): Promise<string> {
  const bytes = await readFile(path).catch((cause: NodeJS.ErrnoException) => {
    const reason = cause.code === 'ENOENT' ? 'does not exist' : `cannot be read (${cause.code ?? 'unknown reason'})`;
    throw invalid(`The file ${path} ${reason}.`);
  });
  return decode(bytes, `The file ${path}`);
}

/** A file ends in a newline because editors write one, not because the key does. */
function withoutNewline(content: string, session: Session): string {
  if (!content.endsWith('\n')) return content;
  session.out.aside('note: one trailing newline was left out.');
  return content.slice(0, content.endsWith('\r\n') ? -2 : -1);
}

const waysGiven = (ways: Ways): number =>
  [ways.text !== undefined, ways.file !== undefined, ways.stdin].filter(Boolean).length;

/** Whether a flag of the family is there; nothing is read. */
export const isGiven = (ways: Ways): boolean => waysGiven(ways) > 0;

/** The value where one of the flags gives it; undefined where none does. Two ways at once are refused. */
async function given(session: Session, ways: Ways): Promise<string | undefined> {
  if (waysGiven(ways) > 1)
    throw invalid(`Give only one of --${ways.name}, --${ways.name}-file and --${ways.name}-stdin.`);
  if (ways.text !== undefined) {
    session.out.warn(`--${ways.name} is visible to other programs of this machine while the command runs.`);
    return ways.text;
  }
  if (ways.file !== undefined) return withoutNewline(await readTextFile(ways.file), session);
  return ways.stdin ? withoutNewline(await readStdin(session), session) : undefined;
}

/**
 * Reads a secret: from the flags, else by hidden prompt. `beforeAsking` may refuse what the host would refuse anyway, so
 * that nobody types a value for nothing. Throws `invalid_request` where neither is possible.
 */
export async function readSecret(
  session: Session,
  ways: Ways,
  question: string,
  beforeAsking?: () => Promise<void>,
): Promise<string> {
  const found = await given(session, ways);
  if (found !== undefined) return found;
  if (!canAsk(session.terminal)) throw noWay(ways);
  await beforeAsking?.();
  return askHidden(session.terminal, question);
}

/** Reads a new passphrase, which at a terminal is asked for twice. A short one is advised against and taken. */
export async function readNewPassphrase(session: Session, ways: Ways, question: string): Promise<string> {
  const found = await given(session, ways);
  if (found === undefined && !canAsk(session.terminal)) throw noWay(ways);
  const passphrase = found ?? (await askNew(session.terminal, question));
  const advice = passphraseAdvice(passphrase);
  if (advice !== null) session.out.warn(advice);
  return passphrase;
}

function noWay(ways: Ways) {
  return invalid(
    `No ${ways.name.replace('-', ' ')} was given and there is no terminal to ask at.`,
    `Use --${ways.name}-stdin or --${ways.name}-file.`,
  );
}

interface ValueValues {
  readonly value: string | undefined;
  readonly 'value-file': string | undefined;
  readonly 'value-stdin': boolean;
}
export interface PassphraseValues {
  readonly passphrase: string | undefined;
  readonly 'passphrase-file': string | undefined;
  readonly 'passphrase-stdin': boolean;
}

/** The --value family. */
export const valueWays = (values: ValueValues): Ways => ({
  name: 'value',
  text: values.value,
  file: values['value-file'],
  stdin: values['value-stdin'],
});

/** The --passphrase family. */
export const passphraseWays = (values: PassphraseValues): Ways => ({
  name: 'passphrase',
  text: values.passphrase,
  file: values['passphrase-file'],
  stdin: values['passphrase-stdin'],
});

/** A passphrase that proves presence, where a flag brings one; else the session asks. */
export const presenceFrom = (session: Session, values: PassphraseValues) => () =>
  given(session, passphraseWays(values));
