import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AivaultError } from '#contract/errors.ts';
import { argument, command, list, text } from './command.ts';
import { inWordsOf } from './named-options.ts';

const mint = command({
  words: 'token mint',
  summary: '',
  arguments: { word: argument('A word.') },
  options: { capability: list('ID', ''), ttl: text('DURATION', ''), id: text('ID', ''), value: text('TEXT', '') },
  run: async () => 0,
});
const said = (message: string, code: 'invalid_request' | 'policy_violation' = 'invalid_request') => {
  const told = inWordsOf(mint, new AivaultError(code, message, { hint: 'so' }));
  assert.ok(told instanceof AivaultError);
  assert.deepEqual([told.code, told.hint], [code, 'so']);
  return told.message;
};

test('a field of the question is named as the option or argument it came from', () => {
  assert.equal(said('ttlMs: at most 30 days.'), '--ttl: at most 30 days.');
  assert.equal(said('capabilities.0: no; secretId: an id.'), '--capability: no; --id: an id.');
  assert.equal(said('word: too long.'), '<word>: too long.');
});

test('a field that is no option of the command, the value itself and other refusals stay as they are', () => {
  for (const message of [
    'colour: red.',
    'value: an empty value is not a secret.',
    'entries.0.ttl: no.',
    'Say it: ttl.',
  ])
    assert.equal(said(message), message);
  assert.equal(said('ttl: no.', 'policy_violation'), 'ttl: no.');
  const other = new TypeError('ttl: no');
  assert.equal(inWordsOf(mint, other), other);
});
