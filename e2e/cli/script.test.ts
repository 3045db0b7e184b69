import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compare, parseScript } from './script.ts';

const stepOf = (text: string) => parseScript(text).steps[0]!;

test('a step holds its title, its command with its further lines, both streams and the exit code', () => {
  const step = stepOf('@ upstream\n\n# Adds up\n$ add 1 \\\n>   2\n3\n\n! note: done\n[exit 4]\n\n');
  assert.deepEqual(step, {
    title: 'Adds up',
    lineNumber: 4,
    command: 'add 1 \\\n  2',
    stdout: ['3'],
    stderr: ['note: done'],
    exit: 4,
  });
});

test('placeholders, patterns and any lines fit what changes and nothing else', () => {
  const step = stepOf('$ x\nID: <uuid>\n...\n/^took \\d+ ms$/\n');
  const id = '0f8fad5b-d9cb-469f-a165-70867728950e';
  assert.equal(compare(step, { stdout: `ID: ${id}\na\nb\ntook 3 ms\n`, stderr: '', exit: 0 }), null);
  assert.notEqual(compare(step, { stdout: 'ID: 7\ntook 3 ms\n', stderr: '', exit: 0 }), null);
  assert.notEqual(compare(step, { stdout: `ID: ${id}\ntook 3 ms\nand more\n`, stderr: '', exit: 0 }), null);
});

test('an exit code or a line of stderr that nobody expected is a difference', () => {
  const step = stepOf('$ x\nok\n');
  assert.match(compare(step, { stdout: 'ok\n', stderr: '', exit: 1 })!, /exit 1, expected 0/);
  assert.match(compare(step, { stdout: 'ok\n', stderr: 'warning\n', exit: 0 })!, /stderr expected/);
});

test('regular expression signs in a plain line mean themselves', () => {
  const step = stepOf('$ x\na.b (c) [d]\n');
  assert.equal(compare(step, { stdout: 'a.b (c) [d]\n', stderr: '', exit: 0 }), null);
  assert.notEqual(compare(step, { stdout: 'axb (c) [d]\n', stderr: '', exit: 0 }), null);
});
