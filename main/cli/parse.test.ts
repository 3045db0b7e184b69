import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AivaultError } from '#contract/errors.ts';
import { argument, command, flag, list, number, requiredText, restArgument, text } from './command.ts';
import { parse } from './parse.ts';

const paint = command({
  words: 'paint wall',
  summary: 'Paint a wall.',
  arguments: { wall: argument('Which.') },
  options: {
    colour: requiredText('NAME', 'The colour.', { choices: ['red', 'blue'] }),
    note: text('TEXT', 'A note.'),
    coat: list('NAME', 'A coat.'),
    layers: number('N', 'How many.', { min: 1, max: 9 }),
    fast: flag('Quickly.'),
  },
  run: async () => 0,
});

const refusal = (words: readonly string[]) => {
  try {
    parse(paint, words);
  } catch (error) {
    assert.ok(error instanceof AivaultError);
    assert.equal(error.code, 'invalid_request');
    return error.message;
  }
  return assert.fail('it was accepted');
};

test('every kind of option arrives with its type', () => {
  const values = parse(paint, ['north', '--colour=red', '--coat', 'a', '--coat', 'b', '--layers', '3', '--fast', '-v']);
  assert.deepEqual(
    { ...values },
    {
      wall: 'north',
      colour: 'red',
      coat: ['a', 'b'],
      layers: 3,
      fast: true,
      json: true,
      verbose: true,
      help: false,
    },
  );
});

test('a value may begin with a dash: a key often does', () => {
  assert.equal(parse(paint, ['x', '--colour', 'red', '--note', '-----BEGIN KEY']).note, '-----BEGIN KEY');
  assert.equal(parse(paint, ['x', '--colour', 'red', '--note=--fast']).note, '--fast');
});

test('another option in place of a value is a missing value', () => {
  assert.equal(refusal(['x', '--colour', 'red', '--note', '--fast']), '--note needs a value.');
  assert.equal(refusal(['x', '--colour', 'red', '--note']), '--note needs a value.');
});

test('a single value is given once, a choice is one of its words, a number has its range', () => {
  assert.equal(refusal(['x', '--colour', 'red', '--colour', 'blue']), '--colour was given twice.');
  assert.equal(refusal(['x', '--colour', 'green']), '--colour must be one of red, blue.');
  assert.equal(refusal(['x', '--colour', 'red', '--layers', '0']), '--layers must be at least 1.');
  assert.equal(refusal(['x', '--colour', 'red', '--layers', '1e1']), '--layers needs a whole number.');
  assert.equal(refusal(['x', '--colour', 'red', '--fast=yes']), '--fast takes no value.');
});

test('what is missing is named, and help needs nothing', () => {
  assert.equal(refusal(['x']), '--colour is required.');
  assert.equal(refusal(['--colour', 'red']), '<wall> is missing.');
  assert.equal(refusal(['x', 'y', '--colour', 'red']), 'aivault paint wall takes no further words.');
  assert.equal(parse(paint, ['-h']).help, true);
});

test('G50: a refusal never repeats what might be a secret', () => {
  const secret = 'sk-live-0123456789abcdef0123456789abcdef';
  for (const words of [
    [`--${secret}`],
    ['x', secret, '--colour', 'red'],
    ['x', '--colour', secret],
    ['x', '--layers', secret],
  ]) {
    assert.ok(!refusal(words).includes(secret));
  }
});

test('the words of a program to run keep their own flags', () => {
  const run = command({ words: 'run', summary: '', arguments: { program: restArgument('What.') }, run: async () => 0 });
  assert.deepEqual(parse(run, ['--json', 'node', '--json', '-v']).program, ['node', '--json', '-v']);
  assert.deepEqual(parse(run, ['--', '--odd']).program, ['--odd']);
});
