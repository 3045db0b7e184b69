import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readEntry, readEnvFile } from './env-file.ts';

test('V20: the first = splits, the value stays as it is', () => {
  assert.deepEqual(readEntry(' A =1=2 ', 'x'), { name: 'A', value: '1=2 ' });
  assert.throws(() => readEntry('nothing', '--entry number 1'), /--entry number 1 is not KEY=VALUE/);
  assert.throws(() => readEntry(' =x', '--entry number 1'), /has no key/);
});

test('a .env file: comments, export, quotes, line breaks, escapes', () => {
  const content = [
    '\uFEFF# comment',
    '',
    'export A=plain # note',
    "B='single # not a comment $X'",
    'C="two\\nlines \\"quoted\\""',
    'D="begins',
    'ends"  # after',
    'E=a#b',
    'F=',
    'G=`back`',
  ].join('\r\n');
  assert.deepEqual(Object.fromEntries(readEnvFile(content).map(({ name, value }) => [name, value])), {
    A: 'plain',
    B: 'single # not a comment $X',
    C: 'two\nlines "quoted"',
    D: 'begins\nends',
    E: 'a#b',
    F: '',
    G: 'back',
  });
});

test('what cannot be read is refused with its line, without its content', () => {
  const refused = (content: string) => {
    try {
      readEnvFile(content);
    } catch (error) {
      return (error as Error).message;
    }
    return assert.fail('it was accepted');
  };
  assert.equal(refused('A=1\nsk-live-secret\n'), 'Line 2 is not KEY=VALUE.');
  assert.equal(refused('A="open\nB=2\n'), 'Line 1 opens a quote that never closes.');
  assert.equal(refused('A="x\ny"\nB="2" 3\n'), 'Line 3 goes on after its closing quote.');
});
