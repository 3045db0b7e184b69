import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Command } from '../../main/cli/command.ts';
import { nouns } from '../../main/cli/nouns.ts';

// Nothing can be added to the CLI that no script types.

const folder = fileURLToPath(new URL('.', import.meta.url));
const typed = globSync(['*.txt', '*.test.ts'], { cwd: folder })
  .filter((file) => file !== 'help.txt' && file !== 'coverage.test.ts')
  .map((file) => readFileSync(`${folder}${file}`, 'utf8'))
  // A command may be written over several lines, and a test gives it as words of a list.
  .map((text) => text.replaceAll('\n> ', ' ').replaceAll(/'[,)]?\s*'/g, ' '))
  .join('\n')
  .split('\n');

async function visible(): Promise<readonly Command[]> {
  const commands = (await Promise.all(Object.values(nouns).map(({ load }) => load()))).flat();
  return [...new Map(commands.filter(({ hidden }) => !hidden).map((each) => [each.words, each])).values()];
}

const linesWith = ({ words, aliases }: Command) =>
  typed.filter((line) =>
    [words, ...aliases].some((spelled) =>
      new RegExp(`(?:aivault|run\\(|await aivault\\() ?'?${spelled}(?![\\w-])`).test(line),
    ),
  );

describe('what the CLI offers', () => {
  test('every command is typed by a script', async () => {
    const missing = (await visible()).filter((command) => linesWith(command).length === 0);
    assert.deepEqual(
      missing.map(({ words }) => words),
      [],
    );
  });

  test('every option is typed by a script, with one of the commands that share it', async () => {
    const owners = new Map<object, { name: string; lines: string[] }>();
    for (const command of await visible()) {
      for (const [name, option] of Object.entries(command.options)) {
        const known = owners.get(option) ?? { name: `${command.words} --${name}`, lines: [] };
        known.lines.push(...linesWith(command).filter((line) => new RegExp(`--${name}(?![\\w-])`).test(line)));
        owners.set(option, known);
      }
    }
    const missing = [...owners.values()].filter(({ lines }) => lines.length === 0);
    assert.deepEqual(
      missing.map(({ name }) => name),
      [],
    );
  });
});
