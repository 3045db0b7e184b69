import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AivaultError } from '#contract/errors.ts';
import { findCommand } from './find-command.ts';

const told = async (...words: string[]) => {
  const found = await findCommand(words);
  if (found.kind === 'command' || found.kind === 'help') return `${found.kind} ${found.command.words}`;
  return found.kind === 'noun' ? `noun ${found.noun} ${found.commands.length}` : found.kind;
};

test('the longest run of words names the command', async () => {
  assert.equal(await told('capability', 'policy', 'set', '--capability', 'x'), 'command capability policy set');
  assert.equal(await told('audit', 'verify'), 'command audit verify');
  assert.equal(await told('audit', '--since', '1h'), 'command audit');
  assert.equal(await told('md', 'x/y'), 'command markdown');
  assert.equal(await told('capability', 'call', 'x/y'), 'command capability invoke');
  assert.equal(await told('call', 'x/y'), 'command invoke');
});

test('what follows the words belongs to the command, flags in front too', async () => {
  const found = await findCommand(['--json', 'secrets', 'delete', '--id', 'x']);
  assert.ok(found.kind === 'command');
  assert.deepEqual(found.rest, ['--id', 'x', '--json']);
});

test('a command that others begin with knows them', async () => {
  const below = async (...words: string[]) => {
    const found = await findCommand(words);
    return 'below' in found ? found.below.map((command) => command.words) : null;
  };
  assert.deepEqual(await below('audit', '--help'), ['audit verify', 'audit export', 'audit retire']);
  assert.deepEqual(await below('help', 'settings'), ['settings set']);
  assert.deepEqual(await below('settings', 'set'), []);
  assert.deepEqual(await below('help', 'secrets', 'create'), []);
});

test('help can be asked for in every way', async () => {
  assert.equal(await told('help'), 'program');
  assert.equal(await told('-h'), 'program');
  assert.equal(await told('help', 'secrets', 'create'), 'help secrets create');
  assert.equal(await told('help', 'capability', 'policy'), 'noun capability 3');
  assert.equal(await told('secrets', '--help'), 'noun secrets 8');
  assert.equal(await told('--version'), 'version');
});

async function refused(...words: string[]): Promise<string> {
  const error = await findCommand(words).then(
    () => assert.fail('it was found'),
    (cause: unknown) => cause,
  );
  assert.ok(error instanceof AivaultError);
  return `${error.message} ${error.hint}`;
}

test('a word nobody knows is refused with the nearest, and is not repeated where it may be a secret', async () => {
  assert.equal(await refused('secert'), 'There is no command secert here. Did you mean secrets?');
  assert.equal(await refused('secrets', 'crate'), 'There is no command crate here. Did you mean create?');
  assert.equal(await refused('audit', 'verfy'), 'There is no command verfy here. Did you mean verify?');
  assert.equal(await refused('frobnicate'), 'There is no command frobnicate here. See aivault --help');
  assert.doesNotMatch(await refused('sk-live_0123456789'), /sk-live/);
});

test('a word of another command, or of another program, leads to the command meant', async () => {
  const meant = async (...words: string[]) => (await refused(...words)).replace(/^.* here\. /, '');
  assert.equal(await meant('mint'), 'Did you mean aivault token mint?');
  assert.equal(await meant('revoke'), 'Did you mean aivault token revoke?');
  assert.equal(await meant('policy', 'set'), 'Did you mean aivault capability policy?');
  assert.equal(await meant('import', '.env'), 'Did you mean aivault secrets import?');
  assert.equal(await meant('stop'), 'Did you mean shutdown?');
  assert.equal(await meant('logs'), 'Did you mean audit?');
  assert.equal(await meant('exec'), 'Did you mean aivault kv run?');
  assert.equal(await meant('secrets', 'ls'), 'Did you mean list?');
  assert.equal(await meant('secrets', 'rm', 'X'), 'Did you mean delete?');
  assert.equal(await meant('token', 'create'), 'Did you mean mint?');
  for (const words of [
    ['get', 'X'],
    ['secrets', 'get', 'X'],
    ['secrets', 'show', 'X'],
  ]) {
    assert.match(await meant(...words), /^A stored key is never printed/);
  }
});
