import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseEnv } from 'node:util';
import { parseDotenv } from '../secrets/dotenv.ts';
import { dotenvText, sharedNames, steeringNames } from './dotenv-text.ts';

const plain = {
  USER: 'app',
  DOLLAR: 'pa$$word $HOME',
  QUOTES: 'say "hi" # not a comment',
  BACKSLASH: 'c:\\new\\table',
  PEM: '-----BEGIN-----\nabc=\n-----END-----',
  SPACES: '  kept  ',
};

describe('dotenv-text', () => {
  test('what is written is read back as it was, by our import and by Node itself', () => {
    const text = dotenvText(plain);
    assert.deepEqual(Object.fromEntries(parseDotenv(text).map(({ name, value }) => [name, value])), plain);
    assert.deepEqual({ ...parseEnv(text) }, plain);
  });

  test('a value with an apostrophe comes back through our import whatever else it holds', () => {
    const hard = { A: 'it\'s "$5"\nand \\n', B: "don't\r\n" };
    assert.deepEqual(Object.fromEntries(parseDotenv(dotenvText(hard)).map(({ name, value }) => [name, value])), hard);
  });

  test('fields become names of variables, and what is no text becomes JSON', () => {
    assert.equal(
      dotenvText({ 'client-id': 'x', '2nd': 7, nested: { a: [true] } }),
      "CLIENT_ID='x'\n_2ND='7'\nNESTED='{\"a\":[true]}'\n",
    );
  });

  test('fields that would steer programs are found under the names they would have', () => {
    assert.deepEqual(steeringNames(['ld-preload', 'user', 'NODE_OPTIONS']), ['LD_PRELOAD', 'NODE_OPTIONS']);
  });

  test('two fields that would share a name are found', () => {
    assert.deepEqual(sharedNames(['client-id', 'client_id', 'other']), ['CLIENT_ID']);
    assert.deepEqual(sharedNames(['a', 'b']), []);
  });
});
