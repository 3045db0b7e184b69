import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readEnvFile } from '../../../main/cli/env-file.ts';
import { parseDotenv } from './dotenv.ts';

test('plain, exported and quoted assignments are read; comments and blanks are not', () => {
  const text = '# keys\nOPENAI_API_KEY=sk-1\n\nexport GITHUB_TOKEN = ghp_2 # personal\nA="x#y"\nB=\'$raw "q"\'\n';
  assert.deepEqual(parseDotenv(text), [
    { name: 'OPENAI_API_KEY', value: 'sk-1' },
    { name: 'GITHUB_TOKEN', value: 'ghp_2' },
    { name: 'A', value: 'x#y' },
    { name: 'B', value: '$raw "q"' },
  ]);
});

test('a double-quoted value may span lines and carry escapes', () => {
  assert.deepEqual(parseDotenv('PEM="-----BEGIN\nabc\n-----END"\r\nT="a\\nb\\\\n"'), [
    { name: 'PEM', value: '-----BEGIN\nabc\n-----END' },
    { name: 'T', value: 'a\nb\\n' },
  ]);
});

test('the last assignment of a name wins and empty values are left out', () => {
  assert.deepEqual(parseDotenv('A=1\nA=2\nEMPTY=\nB=""'), [{ name: 'A', value: '2' }]);
});

test('a value keeps the equal signs and hashes that belong to it', () => {
  assert.deepEqual(parseDotenv('A=a=b==\nB=ab#cd'), [
    { name: 'A', value: 'a=b==' },
    { name: 'B', value: 'ab#cd' },
  ]);
});

test('a file reads as the command line reads it: a byte order mark, each kind of quote, escapes', () => {
  const text = '\uFEFFFIRST=1\r\nTICK=`a "b" c`\nD="a\\`b\\x"\nE=\'x\' # c\nexport F = g # h\nG=`a\nb`\nH="`"\n';
  assert.deepEqual(parseDotenv(text), readEnvFile(text));
  assert.equal(readEnvFile(text).length, 7);
});
