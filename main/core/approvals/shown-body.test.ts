import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { shownBody } from './shown-body.ts';

test('H3 a body is shown by its size and digest, and its text with everything that could deceive spelled out', () => {
  const text = 'pay\u202e001\u0007\r\nnext\u200b \u{e0041}end';
  const bytes = Buffer.from(text);
  assert.deepEqual(shownBody(bytes), {
    bytes: bytes.length,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    text: 'pay\\u202e001\\u0007\\u000d\nnext\\u200b \\udb40\\udc41end',
    truncated: false,
  });
});

test('H3 at most 2,000 characters are shown, however they are spelled, and none is cut in two', () => {
  for (const character of ['a', '€', '\u202e', '\u{1f511}']) {
    const { text, truncated } = shownBody(Buffer.from(character.repeat(2001)));
    assert.ok(text !== null && text.length <= 2000 && text.length > 1990, character);
    assert.ok(truncated);
    assert.ok(text.isWellFormed());
  }
  assert.equal(shownBody(Buffer.from('a'.repeat(2000))).truncated, false);
});

test('what is not text is not shown as text', () => {
  const { text, bytes } = shownBody(Buffer.from([0xff, 0xfe, 0x00]));
  assert.deepEqual([text, bytes], [null, 3]);
});
