import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { escapedForms, plainForms } from './encodings.ts';
import { formsOf } from './forms.ts';
import { createRedactor, redacted } from './redactor.ts';
import { redactText } from './text.ts';

const secret = Buffer.from('sk-live/4f+Q"é 9\\z=');
const plain = Buffer.from('sk-proj-0A9b8C7d6E5f4G3h');

function run(forms: ReturnType<typeof formsOf>, chunks: readonly Uint8Array[]): string {
  const redactor = createRedactor(forms);
  return Buffer.concat([...chunks.map((chunk) => Buffer.from(redactor.push(chunk))), redactor.end()]).toString(
    'latin1',
  );
}

function cut(bytes: Uint8Array, points: readonly number[]): Uint8Array[] {
  const edges = [0, ...points.map((point) => Math.min(point, bytes.length)).sort((a, b) => a - b), bytes.length];
  return edges.slice(1).map((end, at) => bytes.slice(edges[at], end));
}

test('every encoding of a secret vanishes at every split point (E1, E2, S29)', () => {
  for (const value of [secret, plain]) {
    const forms = formsOf([value]);
    for (const text of new Set([...plainForms(value), ...escapedForms(value)])) {
      const body = Buffer.from(`{"a":"${text}","b":1}`, 'latin1');
      const whole = run(forms, [body]);
      assert.ok(whole.includes(redacted), `not found: ${text.length} bytes`);
      assert.ok(!whole.includes(text));
      for (let at = 0; at <= body.length; at += 1) assert.equal(run(forms, cut(body, [at])), whole);
      assert.equal(
        run(
          forms,
          [...body].map((byte) => Uint8Array.of(byte)),
        ),
        whole,
      );
    }
  }
});

test('base64 of the secret inside longer text is found in all three alignments', () => {
  const forms = formsOf([plain]);
  for (const before of ['', 'u', 'us', 'user:', 'Bearer ']) {
    for (const behind of ['', '!', '!!']) {
      const text = Buffer.from(before + plain + behind).toString('base64');
      const out = run(forms, [Buffer.from(text)]);
      assert.ok(out.includes(redacted));
      const left = Buffer.from(out.replace(redacted, ''), 'base64').toString('latin1');
      assert.ok(!left.includes(plain.toString().slice(2, 10)));
    }
  }
});

test('output does not depend on how the input is cut, overlapping forms included', () => {
  const letters = fc.string({ unit: fc.constantFrom('a', 'b', '1', '-'), minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(
      fc.array(letters, { minLength: 1, maxLength: 4 }),
      fc.string({ unit: fc.constantFrom('a', 'b', '1', '-'), maxLength: 80 }),
      fc.array(fc.nat(80), { maxLength: 6 }),
      (values, body, points) => {
        const forms = formsOf(values.map((value) => Buffer.from(value)));
        const bytes = Buffer.from(body);
        assert.equal(run(forms, cut(bytes, points)), run(forms, [bytes]));
      },
    ),
    { numRuns: 500 },
  );
});

test('escaped forms are recognised whatever came before the first escape, however it is cut', () => {
  const values = fc.string({ unit: fc.constantFrom('a', 'b', '/', ' ', '"', 'é', '+'), minLength: 8, maxLength: 14 });
  fc.assert(
    fc.property(
      values,
      fc.infiniteStream(fc.nat()),
      fc.array(fc.nat(400), { maxLength: 8 }),
      (value, choice, points) => {
        const bytes = Buffer.from(value);
        const texts = [...plainForms(bytes), ...escapedForms(bytes)];
        const pick = () => texts[choice.next().value! % texts.length]!;
        const body = Buffer.from(`ab${pick()} ${pick().slice(0, 5)}${pick()}${pick()}x`, 'latin1');
        const whole = run(formsOf([bytes]), [body]);
        assert.equal(run(formsOf([bytes]), cut(body, points)), whole);
        assert.equal(
          run(
            formsOf([bytes]),
            [...body].map((byte) => Uint8Array.of(byte)),
          ),
          whole,
        );
      },
    ),
    { numRuns: 500 },
  );
});

/** The same rule without any cleverness: at each place the longest form, short values only between non-words. */
function plainly(values: readonly Buffer[], text: string): string {
  const wholeTokens = new Map<string, boolean>();
  for (const value of values) {
    for (const form of [...plainForms(value), ...escapedForms(value)]) {
      if (form !== '') wholeTokens.set(form, value.length < 8 && wholeTokens.get(form) !== false);
    }
  }
  const forms = [...wholeTokens].sort(([a], [b]) => b.length - a.length);
  const isWord = (char = '') => /[A-Za-z0-9]/.test(char);
  let out = '';
  for (let at = 0; at < text.length; ) {
    const found = forms.find(
      ([form, whole]) =>
        text.startsWith(form, at) && !(whole && (isWord(text[at - 1]) || isWord(text[at + form.length]))),
    );
    out += found === undefined ? text[at] : redacted;
    at += found === undefined ? 1 : found[0].length;
  }
  return out;
}

/** What may not be left over: forms of values that are matched anywhere. */
function leftOver(values: readonly Buffer[], text: string): string | undefined {
  const free = values.filter((value) => value.length >= 8);
  return free.flatMap((value) => [...plainForms(value), ...escapedForms(value)]).find((form) => text.includes(form));
}

test('a stream cut anywhere comes out as a plain search over all forms would leave it', () => {
  const marks = ['a', 'b', '/', ' ', '"', 'é', '+', '1', '%', '&', '\\', '-'];
  const value = fc.string({ unit: fc.constantFrom(...marks), minLength: 1, maxLength: 14 });
  fc.assert(
    fc.property(
      fc.array(value, { minLength: 1, maxLength: 3 }),
      fc.infiniteStream(fc.nat()),
      fc.array(fc.nat(500), { maxLength: 8 }),
      (secrets, numbers, points) => {
        const values = secrets.map((each) => Buffer.from(each));
        const texts = values.flatMap((each) => [...plainForms(each), ...escapedForms(each)]);
        const pick = <T>(from: readonly T[]) => from[numbers.next().value! % from.length]!;
        let body = '';
        for (let part = 0; part < 6; part += 1) body += pick(texts).slice(0, pick([999, 999, -1])) + pick(marks);
        const bytes = Buffer.from(body, 'latin1');
        const whole = run(formsOf(values), [bytes]);
        assert.equal(run(formsOf(values), cut(bytes, points)), whole);
        // Longer values are also found in spellings no list has, so there only what is left can be told beforehand.
        if (values.every((each) => each.length < 8)) assert.equal(whole, plainly(values, bytes.toString('latin1')));
        assert.equal(leftOver(values, whole), undefined);
      },
    ),
    { numRuns: 400 },
  );
});

test('the fast scan and the slow scan agree on large bodies', () => {
  const value = Buffer.from('k9-secret-value');
  const forms = formsOf([value]);
  fc.assert(
    fc.property(fc.array(fc.nat(19_000), { maxLength: 8 }), fc.nat(4000), (places, size) => {
      const body = Buffer.alloc(20_000, 'k9-secret-valu_');
      for (const place of places) value.copy(body, place);
      const large = run(forms, [body]);
      const small = run(
        forms,
        cut(
          body,
          Array.from({ length: 40 }, (_, at) => (at + 1) * (size + 1)),
        ),
      );
      assert.equal(small, large);
      assert.ok(!large.includes(value.toString()));
    }),
    { numRuns: 60 },
  );
});

test('only bytes that are a true prefix of a form are held back', () => {
  const redactor = createRedactor(formsOf([plain]));
  assert.equal(Buffer.from(redactor.push(Buffer.from('data: hello\n\n'))).toString(), 'data: hello\n\n');
  assert.equal(Buffer.from(redactor.push(Buffer.from('data: sk-pro'))).toString(), 'data: ');
  assert.equal(Buffer.from(redactor.push(Buffer.from('x'))).toString(), 'sk-prox');
  assert.equal(Buffer.from(redactor.end()).toString(), '');
});

test('a value under eight bytes is removed only where it stands alone', () => {
  const forms = formsOf([Buffer.from('abc12')]);
  assert.equal(redactText('abc12', forms), redacted);
  assert.equal(redactText('key=abc12&x', forms), `key=${redacted}&x`);
  assert.equal(redactText('xabc12 abc123 zabc12z', forms), 'xabc12 abc123 zabc12z');
  assert.equal(run(forms, [Buffer.from('abc12'), Buffer.from('3')]), 'abc123');
  assert.equal(run(forms, [Buffer.from('x'), Buffer.from('abc12'), Buffer.from(' ')]), 'xabc12 ');
});

test('replacements are counted and an untouched chunk is passed on without a copy', () => {
  const redactor = createRedactor(formsOf([plain]));
  const chunk = Buffer.from('nothing here!');
  assert.equal(redactor.push(chunk), chunk);
  redactor.push(Buffer.from(`${plain} ${plain}`));
  redactor.end();
  assert.equal(redactor.count, 2);
});

test('nothing injected means nothing to look for', () => {
  const forms = formsOf([]);
  assert.ok(forms.empty);
  assert.equal(redactText('Bearer x', forms), 'Bearer x');
});

test('wiping leaves no secret byte in the forms', () => {
  const forms = formsOf([plain]);
  forms.wipe();
  const body = `${plain} ${plain.toString('hex')} %`;
  assert.equal(redactText(body, forms), body, 'nothing is recognised any more');
});
