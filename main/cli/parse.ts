import { AivaultError } from '#contract/errors.ts';
import { type Command, everywhere, type Option, type Options, shorts } from './command.ts';
import { didYouMean, nearest } from './nearest.ts';

// argv → values, strictly: an unknown flag, a second value for a single one, a missing value or a word too many is
// `invalid_request` (exit 2) before anything is asked. Messages name flags, never values: a value may be a secret.

/** The values of one command line, by declared name. */
export type Parsed = Record<string, unknown> & { readonly json: boolean; readonly help: boolean };

function fail(message: string, command: Command, hint?: string): never {
  throw new AivaultError('invalid_request', message, { hint: hint ?? `See aivault ${command.words} --help` });
}

function readNumber(name: string, option: Option & { kind: 'number' }, written: string, command: Command): number {
  const value = /^-?\d{1,16}$/.test(written) ? Number(written) : Number.NaN;
  if (!Number.isSafeInteger(value)) fail(`--${name} needs a whole number.`, command);
  if (value < option.min) fail(`--${name} must be at least ${option.min}.`, command);
  if (value > option.max) fail(`--${name} must be at most ${option.max}.`, command);
  return value;
}

/** Splits `--name=value`, `--name`, `-x`; null for a plain word. */
function readFlag(word: string): { name: string; inline: string | undefined } | null {
  if (word.startsWith('--')) {
    const equals = word.indexOf('=');
    return equals === -1
      ? { name: word.slice(2), inline: undefined }
      : { name: word.slice(2, equals), inline: word.slice(equals + 1) };
  }
  if (/^-[A-Za-z]$/.test(word)) return { name: shorts[word.slice(1)] ?? word, inline: undefined };
  return null;
}

class Reader {
  readonly values: Record<string, unknown> = {};
  readonly #words: string[] = [];
  readonly #command: Command;
  readonly #options: Options;

  constructor(command: Command) {
    this.#command = command;
    this.#options = { ...command.options, ...everywhere };
    for (const [name, option] of Object.entries(this.#options)) {
      if (option.kind === 'flag') this.values[name] = false;
      if (option.kind === 'list') this.values[name] = [];
    }
  }

  read(words: readonly string[]): void {
    const rest = Object.values(this.#command.arguments).some((argument) => argument.rest);
    for (let index = 0; index < words.length; index++) {
      const word = words[index]!;
      if (word === '--') {
        this.#words.push(...words.slice(index + 1));
        break;
      }
      const found = readFlag(word);
      // Once a command of the user's own begins, its flags are its own.
      if (found === null || (rest && this.#words.length > 0)) {
        this.#words.push(word);
        continue;
      }
      const option = Object.hasOwn(this.#options, found.name)
        ? this.#options[found.name]!
        : this.#unknown(word, found.name);
      if (option.kind === 'flag') {
        if (found.inline !== undefined) fail(`--${found.name} takes no value.`, this.#command);
        this.values[found.name] = true;
        continue;
      }
      const value = found.inline ?? words[++index];
      if (value === undefined || (found.inline === undefined && this.#isOption(value))) {
        fail(`--${found.name} needs a value.`, this.#command);
      }
      this.#set(found.name, option, value);
    }
  }

  #isOption(word: string): boolean {
    const found = word.startsWith('--') ? readFlag(word) : null;
    return found !== null && Object.hasOwn(this.#options, found.name);
  }

  #unknown(word: string, name: string): never {
    const shown = word.startsWith('--') ? `--${name}` : word;
    const near = nearest(name, Object.keys(this.#options)).map((known) => `--${known}`);
    // What follows an unknown flag may be a secret: the flag is named only where it looks like one.
    const named = /^-{1,2}[A-Za-z][A-Za-z0-9-]{0,30}$/.test(shown) ? ` ${shown}` : '';
    fail(`aivault ${this.#command.words} has no option${named}.`, this.#command, didYouMean(near));
  }

  #set(name: string, option: Exclude<Option, { kind: 'flag' }>, value: string): void {
    if (option.kind === 'list') {
      (this.values[name] as string[]).push(value);
      return;
    }
    if (this.values[name] !== undefined) fail(`--${name} was given twice.`, this.#command);
    if (option.kind === 'number') {
      this.values[name] = readNumber(name, option, value, this.#command);
      return;
    }
    if (option.choices !== undefined && ![...option.choices, ...(option.alsoTaken ?? [])].includes(value)) {
      fail(
        `--${name} must be one of ${option.choices.join(', ')}.`,
        this.#command,
        didYouMean(nearest(value, option.choices)),
      );
    }
    this.values[name] = value;
  }

  finish(): Parsed {
    const json = this.values.json === true || this.values.verbose === true;
    if (this.values.help !== true) this.#complete();
    return { ...this.values, json, help: this.values.help === true };
  }

  #complete(): void {
    for (const [name, option] of Object.entries(this.#options)) {
      if (option.kind === 'text' && option.required && this.values[name] === undefined) {
        fail(`--${name} is required.`, this.#command);
      }
    }
    const words = [...this.#words];
    for (const [name, argument] of Object.entries(this.#command.arguments)) {
      if (argument.required && words.length === 0) fail(`<${name}> is missing.`, this.#command);
      this.values[name] = argument.rest ? words.splice(0) : words.shift();
    }
    if (words.length > 0) fail(`aivault ${this.#command.words} takes no further words.`, this.#command);
  }
}

/** Reads what follows the command's words. Throws `invalid_request` for anything the command does not declare. */
export function parse(command: Command, words: readonly string[]): Parsed {
  const reader = new Reader(command);
  reader.read(words);
  return reader.finish();
}
