import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { operations } from '#contract/operations.ts';
import { nouns } from './nouns.ts';
import { summaries } from './summaries.ts';

test('the plain table of summaries says what the operations table says (node tools/summaries.ts writes it)', () => {
  const expected = Object.fromEntries(Object.entries(operations).map(([name, row]) => [name, row.summary]));
  assert.deepEqual({ ...summaries }, expected);
});

test('every command has a sentence, every option too', async () => {
  for (const noun of Object.values(nouns)) {
    for (const command of await noun.load()) {
      assert.match(command.summary, /^[A-Z].*[.]$/, command.words);
      for (const [name, option] of Object.entries(command.options)) {
        assert.match(name, /^[a-z][a-z0-9-]*$/);
        assert.match(option.summary, /\S[.)]$/, `${command.words} --${name}`);
        // Help says it of every list by itself.
        assert.doesNotMatch(option.summary, /repeated/, `${command.words} --${name}`);
      }
    }
  }
});

test('every command is found under the noun it begins with, and no two are one', async () => {
  const seen = new Set<string>();
  for (const [name, noun] of Object.entries(nouns)) {
    const own = (await noun.load()).filter(({ words, aliases }) =>
      [words, ...aliases].some((phrase) => phrase.split(' ')[0] === name),
    );
    assert.notEqual(own.length, 0, name);
    for (const command of own) {
      if (command.words.split(' ')[0] !== name) continue;
      for (const phrase of [command.words, ...command.aliases]) {
        assert.ok(!seen.has(phrase), phrase);
        seen.add(phrase);
      }
    }
  }
});

test('the CLI starts without the schemas: nothing it loads imports zod', () => {
  const visited = new Set<string>();
  const visit = (url: URL) => {
    if (visited.has(url.href)) return;
    visited.add(url.href);
    const text = readFileSync(url, 'utf8');
    assert.doesNotMatch(text, /^import (?!type ).* from 'zod'/m, url.pathname);
    for (const [, target] of text.matchAll(/^(?:import (?!type )[^;]*? from|export [^;]*? from) '([.#][^']+)'/gms)) {
      const rooms = { '#contract/': '../contract/', '#transports/': '../transports/' };
      const room = Object.keys(rooms).find((prefix) => target!.startsWith(prefix)) as keyof typeof rooms | undefined;
      visit(
        room === undefined ? new URL(target!, url) : new URL(rooms[room] + target!.slice(room.length), import.meta.url),
      );
    }
  };
  visit(new URL('./aivault.ts', import.meta.url));
  assert.ok(visited.size > 15);
});
