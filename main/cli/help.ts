import { type Command, everywhere, type Option } from './command.ts';
import { nouns } from './nouns.ts';
import { bold, cyan, dim, type Output, type Part } from './output.ts';

// Help for the program, for a noun and for a command, made from the same descriptions the parser reads.

function optionLabel(name: string, option: Option): string {
  const value = option.kind === 'flag' ? '' : ` ${option.placeholder}`;
  const short = name === 'verbose' ? '-v, ' : name === 'help' ? '-h, ' : '';
  return `${short}--${name}${value}`;
}

function optionText(option: Option): string {
  const facts: string[] = [];
  if (option.kind === 'text' && option.required) facts.push('required');
  if (option.kind === 'list') facts.push('may be repeated');
  return facts.length === 0 ? option.summary : `${option.summary} (${facts.join(', ')})`;
}

function table(print: (...parts: readonly Part[]) => void, rows: readonly (readonly [string, string])[]): void {
  const width = Math.min(36, Math.max(...rows.map(([label]) => label.length)));
  for (const [label, summary] of rows) {
    if (label.length > width) {
      print('  ', cyan(label));
      print(' '.repeat(width + 4), summary);
    } else print('  ', cyan(label.padEnd(width)), '  ', summary);
  }
}

/** One line: `aivault secrets create --name NAME [options]`. */
export function usage(command: Command): string {
  const words = Object.entries(command.arguments).map(([name, argument]) => {
    const shown = argument.rest ? `${name}…` : name;
    return argument.required ? `<${shown}>` : `[${shown}]`;
  });
  const required = Object.entries(command.options)
    .filter(([, option]) => option.kind === 'text' && option.required)
    .map(([name, option]) => optionLabel(name, option));
  const more = Object.keys(command.options).length > required.length ? ['[options]'] : [];
  return ['aivault', command.words, ...words, ...required, ...more].join(' ');
}

/** Help on one command, and which others begin with its words. */
export function commandHelp(out: Output, command: Command, below: readonly Command[]): void {
  const print = out.line;
  print(command.summary);
  print();
  print(bold('Usage'));
  print('  ', usage(command));
  if (command.aliases.length > 0)
    print('  ', dim(`also: ${command.aliases.map((alias) => `aivault ${alias}`).join(', ')}`));
  const described = Object.entries(command.arguments);
  if (described.length > 0) {
    print();
    print(bold('Arguments'));
    table(
      print,
      described.map(([name, argument]) => [`<${name}>`, argument.summary] as const),
    );
  }
  print();
  print(bold('Options'));
  const options = Object.entries({ ...command.options, ...everywhere });
  table(
    print,
    options.map(([name, option]) => [optionLabel(name, option), optionText(option)] as const),
  );
  for (const note of command.notes) {
    print();
    print(note);
  }
  if (command.examples.length > 0) {
    print();
    print(bold('Examples'));
    for (const example of command.examples) print('  ', example);
  }
  if (below.length > 0) {
    print();
    commandTable(out, below);
  }
}

function commandTable(out: Output, commands: readonly Command[]): void {
  out.line(bold('Commands'));
  table(
    out.line,
    commands.map((command) => [`aivault ${command.words}`, command.summary] as const),
  );
}

/** Help on a noun: its commands. */
export function nounHelp(out: Output, noun: string, commands: readonly Command[]): void {
  out.line(nouns[noun]?.summary ?? '');
  out.line();
  commandTable(out, commands);
  out.line();
  out.line(dim(`aivault ${noun} <command> --help tells more.`));
}

/** Help on the program: every noun, grouped. */
export function programHelp(out: Output): void {
  out.line(
    bold('aivault'),
    ' keeps API keys in an encrypted vault. Tools call the API through it and never see the key.',
  );
  out.line();
  out.line(bold('Usage'));
  out.line('  aivault <command> [options]');
  const groups = new Map<string, (readonly [string, string])[]>();
  for (const [name, noun] of Object.entries(nouns)) {
    if (noun.group === null) continue;
    const rows = groups.get(noun.group) ?? [];
    groups.set(noun.group, [...rows, [name, noun.summary] as const]);
  }
  for (const [group, rows] of groups) {
    out.line();
    out.line(bold(group));
    table(out.line, rows);
  }
  out.line();
  out.line(dim('aivault help <command> tells more; every command has --help, --json and -v.'));
}
