import assert from 'node:assert/strict';
import { test } from 'node:test';
import { passphraseAdvice } from './passphrase-advice.ts';

test('a new passphrase under twelve characters is advised against, in words that do not repeat it', () => {
  for (const short of ['', 'x', 'hunter2', 'elevenchars', '🔑🔑🔑🔑🔑🔑']) {
    const said = passphraseAdvice(short) ?? '';
    assert.match(said, /^A passphrase under 12 characters/);
    assert.ok(short.length < 2 || !said.includes(short));
  }
  for (const long of ['twelve chars', 'correct horse battery staple', '🔑'.repeat(12)]) {
    assert.equal(passphraseAdvice(long), null);
  }
});
