import { contractVersion } from '#contract/version.ts';
import { type Command, everywhere } from './command.ts';
import type { Found } from './find-command.ts';
import { nouns } from './nouns.ts';

/** Help for programs: what `--json` (or `-v`) makes of help and version. Stable: names are only ever added. */
export function helpJson(found: Exclude<Found, { kind: 'command' }>): object {
  switch (found.kind) {
    case 'version':
      return { version: contractVersion };
    case 'program':
      return {
        nouns: Object.entries(nouns)
          .filter(([, { group }]) => group !== null)
          .map(([name, { summary }]) => ({ name, summary })),
      };
    case 'noun':
      return { noun: found.noun, commands: found.commands.map(named) };
    case 'help':
      return { ...commandFacts(found.command), commands: found.below.map(named) };
  }
}

function named({ words, summary }: Command): object {
  return { words, summary };
}

function commandFacts({ words, aliases, summary, arguments: taken, options, examples }: Command): object {
  const described = <T extends { readonly summary: string }>(facts: Readonly<Record<string, T>>) =>
    Object.entries(facts).map(([name, { summary: what }]) => ({ name, summary: what }));
  return {
    words,
    aliases,
    summary,
    arguments: described(taken),
    options: Object.entries({ ...options, ...everywhere }).map(([name, option]) => ({
      name,
      kind: option.kind,
      summary: option.summary,
    })),
    examples,
  };
}
