import type { Session } from './session.ts';

// What a command is. One description per command: parsing, help, completion and the errors about flags all come from it.

/** What a shell may offer for a value. `file` is the shell's own file completion, the others ask the host. */
export type Completion =
  | 'file'
  | 'folder'
  | 'capability'
  | 'credential'
  | 'secret'
  | 'secret-name'
  | 'token'
  | 'approval'
  | 'standing-approval'
  | 'provider';

interface Described {
  readonly summary: string;
  readonly complete?: Completion;
}

export interface FlagOption extends Described {
  readonly kind: 'flag';
}
export interface TextOption<R extends boolean = boolean> extends Described {
  readonly kind: 'text';
  readonly placeholder: string;
  readonly required: R;
  readonly choices?: readonly string[];
  /** Other spellings that are taken as well, and not offered. */
  readonly alsoTaken?: readonly string[];
}
export interface ListOption extends Described {
  readonly kind: 'list';
  readonly placeholder: string;
}
export interface NumberOption extends Described {
  readonly kind: 'number';
  readonly placeholder: string;
  readonly min: number;
  readonly max: number;
}
export type Option = FlagOption | TextOption | ListOption | NumberOption;
export type Options = Readonly<Record<string, Option>>;

export interface Argument<R extends boolean = boolean> extends Described {
  readonly required: R;
  /** Takes every word that is left; only the last argument may. */
  readonly rest?: true;
}
export type Arguments = Readonly<Record<string, Argument>>;

type OptionValue<O> = O extends FlagOption
  ? boolean
  : O extends ListOption
    ? readonly string[]
    : O extends NumberOption
      ? number | undefined
      : O extends TextOption<true>
        ? string
        : string | undefined;
type ArgumentValue<A> = A extends { readonly rest: true }
  ? readonly string[]
  : A extends Argument<true>
    ? string
    : string | undefined;

/** What `run` receives: every declared name, with the type its declaration promises. */
export type Values<A extends Arguments, O extends Options> = {
  readonly [K in keyof O]: OptionValue<O[K]>;
} & { readonly [K in keyof A]: ArgumentValue<A[K]> };

interface Definition<A extends Arguments, O extends Options> {
  /** The words a person types, e.g. `capability policy set`. */
  readonly words: string;
  /** Other spellings of the same command, whole. */
  readonly aliases?: readonly string[];
  readonly summary: string;
  readonly arguments?: A;
  readonly options?: O;
  /** Paragraphs under the options. */
  readonly notes?: readonly string[];
  readonly examples?: readonly string[];
  /** Left out of help and completion. */
  readonly hidden?: true;
  /** Resolves to the exit code; nothing means 0. */
  run(values: Values<A, O>, session: Session): Promise<number | undefined>;
}

export interface Command {
  readonly words: string;
  readonly aliases: readonly string[];
  readonly summary: string;
  readonly arguments: Arguments;
  readonly options: Options;
  readonly notes: readonly string[];
  readonly examples: readonly string[];
  readonly hidden: boolean;
  run(values: Readonly<Record<string, unknown>>, session: Session): Promise<number | undefined>;
}

/** The first word of command lines: what it is about, and where its commands are loaded from. */
export interface Noun {
  readonly summary: string;
  /** Its heading in the program's help; null keeps it out. */
  readonly group: string | null;
  readonly load: () => Promise<readonly Command[]>;
}
export type Nouns = Readonly<Record<string, Noun>>;

/** Declares a command. The parser hands `run` exactly the shape the declaration describes. */
export function command<const A extends Arguments, const O extends Options>(definition: Definition<A, O>): Command {
  return {
    words: definition.words,
    aliases: definition.aliases ?? [],
    summary: definition.summary,
    arguments: definition.arguments ?? {},
    options: definition.options ?? {},
    notes: definition.notes ?? [],
    examples: definition.examples ?? [],
    hidden: definition.hidden ?? false,
    run: (values, session) => definition.run(values as Values<A, O>, session),
  };
}

export const flag = (summary: string): FlagOption => ({ kind: 'flag', summary });

export function text(placeholder: string, summary: string, more: Partial<TextOption> = {}): TextOption<false> {
  return { kind: 'text', placeholder, summary, ...more, required: false };
}

export function requiredText(placeholder: string, summary: string, more: Partial<TextOption> = {}): TextOption<true> {
  return { kind: 'text', placeholder, summary, ...more, required: true };
}

export function list(placeholder: string, summary: string, more: Partial<ListOption> = {}): ListOption {
  return { kind: 'list', placeholder, summary, ...more };
}

export function number(placeholder: string, summary: string, range: { min?: number; max?: number } = {}): NumberOption {
  return { kind: 'number', placeholder, summary, min: range.min ?? 0, max: range.max ?? Number.MAX_SAFE_INTEGER };
}

export function argument(summary: string, more: { complete?: Completion } = {}): Argument<true> {
  return { summary, required: true, ...more };
}

export function optionalArgument(summary: string, more: { complete?: Completion } = {}): Argument<false> {
  return { summary, required: false, ...more };
}

export function restArgument(summary: string): Argument<true> & { readonly rest: true } {
  return { summary, required: true, rest: true };
}

/** Every command has these; `-v` is the short way to say `--json`. */
export const everywhere = {
  json: flag('Print stable JSON on stdout; notices go to stderr.'),
  verbose: flag('The same as --json.'),
  help: flag('Show this help.'),
} as const;

export const shorts: Readonly<Record<string, string>> = { v: 'verbose', h: 'help' };
