import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { escapedForms, plainForms } from './encodings.ts';
import { formsOf } from './forms.ts';
import { createRedactor, redacted } from './redactor.ts';
import { redactPairs, redactText, redactWhole } from './text.ts';

const secret = Buffer.from('k3y/With+odd "chars" é');

test('headers are redacted one by one, and untouched ones come back as they are', () => {
  const forms = formsOf([secret]);
  const clean = [
    ['date', 'now'],
    ['x-a', 'b & c'],
  ] as const;
  assert.equal(redactPairs(clean, forms), clean);
  const leaking = redactPairs(
    [...clean, ['location', `https://a.test/?k=${encodeURIComponent(String(secret))}`]],
    forms,
  );
  assert.deepEqual(leaking, [...clean, ['location', `https://a.test/?k=${redacted}`]]);
});

test('two values never join to a secret that neither of them holds', () => {
  const forms = formsOf([Buffer.from('first half\nsecond half')]);
  const pairs = [
    ['a', 'first half'],
    ['b', 'second half'],
  ] as const;
  assert.deepEqual(redactPairs(pairs, forms), pairs);
});

test('a whole body is redacted exactly as a streamed one, small and large, clean and not', () => {
  const texts = [...plainForms(secret), ...escapedForms(secret), 'nothing', '%41 & \\u0041', 'k3y/With+od'];
  const parts = fc.array(fc.constantFrom(...texts), { maxLength: 5 });
  fc.assert(
    fc.property(parts, fc.boolean(), (chosen, large) => {
      const body = Buffer.from(`${chosen.join('; ')}${large ? '.'.repeat(20_000) : ''}`, 'latin1');
      const redactor = createRedactor(formsOf([secret]));
      const streamed = Buffer.concat([redactor.push(body), redactor.end()]);
      const whole = redactWhole(body, formsOf([secret]));
      assert.deepEqual(Buffer.from(whole.bytes), streamed);
      assert.equal(whole.count, redactor.count);
      if (whole.count === 0) assert.equal(whole.bytes, body);
    }),
    { numRuns: 300 },
  );
});

test('status text with the secret in it is redacted, a short value only as a whole token', () => {
  assert.equal(redactText(`Denied for ${secret.toString('base64')}`, formsOf([secret])), `Denied for ${redacted}`);
  assert.equal(redactText('code abc12 in abc123', formsOf([Buffer.from('abc12')])), `code ${redacted} in abc123`);
});
