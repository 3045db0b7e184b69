import assert from 'node:assert/strict';
import { Writable } from 'node:stream';
import { describe, test } from 'node:test';
import type { ApprovalRequest } from '#contract/schemas/approvals.ts';
import { printQuestion, printWaiting } from './approval-text.ts';
import { createOutput } from './output.ts';

const columns = 60;
const asked: ApprovalRequest = {
  approvalId: 'a'.repeat(32),
  askedAtMs: 0,
  expiresAtMs: 120_000,
  actor: 'agent:tok_1',
  token: { tokenId: 'tok_1', name: 'bot' },
  consumer: null,
  workspaceId: null,
  groupId: null,
  capability: 'acme/users',
  effect: 'write',
  credential: 'acme',
  method: 'POST',
  host: 'up.test',
  url: 'https://up.test/v1/users',
  body: null,
  alsoWaiting: 0,
};
const bodyOf = (text: string) => ({ bytes: text.length, sha256: '0'.repeat(64), text, truncated: false });

/** The lines as a terminal of that many columns shows them: it breaks those that are longer. */
function shown(print: (out: ReturnType<typeof createOutput>) => void): string[] {
  let text = '';
  const stream = new Writable({
    write(chunk, _encoding, done) {
      text += String(chunk);
      done();
    },
  });
  const stdout = Object.assign(stream, { isTTY: true, columns });
  const out = createOutput({ stdout, stderr: stdout, json: false, noColor: '1' });
  print(out);
  out.flush();
  return text.split('\n').flatMap((line) => line.match(new RegExp(`.{1,${columns}}`, 'gsu')) ?? ['']);
}
const question = (more: Partial<ApprovalRequest>) => shown((out) => printQuestion(out, { ...asked, ...more }));

describe('a question at a terminal', () => {
  test('H3 what the caller wrote stays behind its bars where the terminal breaks a long line', () => {
    const fake = `${'x'.repeat(columns - 4)}otherbot asks:`.padEnd(2 * columns - 4);
    const lines = question({ body: bodyOf(`${fake}  GET https://up.test/v1/harmless`) });
    const from = lines.indexOf('  Written by the caller:');
    assert.ok(from > 0);
    const written = lines.slice(from + 1).filter((line) => line !== '');
    assert.ok(written.length >= 3);
    for (const line of written) assert.match(line, /^ {2}\| /);
  });

  test('H3 wide letters take two columns, and so they are counted', () => {
    const lines = question({ body: bodyOf('字'.repeat(200)) });
    for (const line of lines.filter((each) => each.includes('字'))) {
      assert.match(line, /^ {2}\| 字+$/u);
      assert.ok([...line].length <= 4 + (columns - 4) / 2, line);
    }
  });

  test('H3 neither a long address nor a thousand lines push who asks for what off the screen', () => {
    const url = `${asked.url}?q=${'a'.repeat(60_000)}`;
    const lines = question({ url, body: bodyOf('\n'.repeat(1_900)) });
    assert.ok(lines.length < 60, `${lines.length} lines`);
    assert.equal(lines[0], 'bot asks:');
    assert.match(lines[1]!, /^ {2}POST https:\/\/up\.test\/v1\/users\?q=a+$/);
    assert.ok(lines.some((line) => /59\d{3} more characters/.test(line)));
    for (const line of lines.filter((each) => /^\s*a+$/.test(each))) assert.match(line, /^ {4}a/);
    assert.ok(lines.includes('  … and more.'));
  });

  test('H3 in the list a long address is cut, and says so', () => {
    const lines = shown((out) => printWaiting(out, { ...asked, url: `${asked.url}?q=${'a'.repeat(60_000)}` }, 0));
    assert.ok(lines.length < 10, `${lines.length} lines`);
    assert.match(lines.join(''), /… \(59\d{3} more characters\)/);
  });
});
