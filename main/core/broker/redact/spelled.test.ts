import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { formsOf } from './forms.ts';
import { createRedactor, redacted } from './redactor.ts';
import { redactText } from './text.ts';

const hex = (char: string, digits: number) => char.charCodeAt(0).toString(16).padStart(digits, '0');
/** How encoders write one character; the last ones are escapes inside another string. */
const spellings: readonly ((char: string) => string)[] = [
  (char) => char,
  (char) => `\\u${hex(char, 4)}`,
  (char) => `\\u${hex(char, 4).toUpperCase()}`,
  (char) => `\\x${hex(char, 2)}`,
  (char) => `%${hex(char, 2)}`,
  (char) => `%25${hex(char, 2).toUpperCase()}`,
  (char) => `&#${char.charCodeAt(0)};`,
  (char) => `&#x${hex(char, 2)};`,
  (char) => `\\\\u${hex(char, 4)}`,
];

function run(value: string, chunks: readonly string[]): string {
  const redactor = createRedactor(formsOf([Buffer.from(value)]));
  const parts = chunks.map((chunk) => Buffer.from(redactor.push(Buffer.from(chunk, 'latin1'))));
  return Buffer.concat([...parts, redactor.end()]).toString('latin1');
}

test('what .NET, Gson, Go, PHP and template engines make of a value is found (E1, S29)', () => {
  const value = 'Zm9v+YmFy/QUJD&123Z4==';
  for (const written of [
    'Zm9v\\u002BYmFy/QUJD\\u0026123Z4==',
    'Zm9v+YmFy/QUJD\\u0026123Z4\\u003d\\u003d',
    'Zm9v+YmFy\\/QUJD\\u0026123Z4==',
    'Zm9v&#43;YmFy/QUJD&amp;123Z4&#61;&#61;',
    'Zm9v&plus;YmFy&sol;QUJD&amp;123Z4&equals;=',
    'Zm9v%2BYmFy/QUJD%26123Z4==',
  ]) {
    assert.equal(run(value, [`{"a":"${written}"}`]), `{"a":"${redacted}"}`, written);
    assert.equal(redactText(written, formsOf([Buffer.from(value)])), redacted);
  }
});

test('base64 of a value is found with its plus and slash escaped (E1)', () => {
  const value = '\u00fb\u00ef\u00be\u00fb\u00ef\u00be~~~???>>>';
  const base64 = Buffer.from(value).toString('base64');
  assert.match(base64, /[+/]/);
  const out = run(value, [base64.replaceAll('+', '\\u002B').replaceAll('/', '\\u002F')]);
  assert.ok(out.includes(redacted));
});

test('UTF-16 is found in both byte orders (E1)', () => {
  const wide = Buffer.from('sk-live-0123456789', 'utf16le');
  for (const bytes of [wide, Buffer.from(wide).swap16()]) {
    const text = bytes.toString('latin1');
    assert.equal(run('sk-live-0123456789', [text.slice(0, 7), text.slice(7)]), redacted);
  }
});

test('any mixture of escapes is found, however the answer is cut (E1, E2)', () => {
  const value = fc.string({
    unit: fc.constantFrom('a', 'k', '7', '-', '+', '/', '=', '&', '"', ' '),
    minLength: 8,
    maxLength: 16,
  });
  fc.assert(
    fc.property(
      value,
      fc.infiniteStream(fc.nat()),
      fc.array(fc.nat(200), { maxLength: 6 }),
      (secret, choice, points) => {
        const pick = () => spellings[choice.next().value! % spellings.length]!;
        const written = [...secret].map((char) => pick()(char)).join('');
        const body = `{"x":"${written}","y":1}`;
        const whole = run(secret, [body]);
        assert.ok(whole.includes(redacted), `${JSON.stringify(secret)} as ${written}`);
        const edges = [0, ...points.map((point) => Math.min(point, body.length)).sort((a, b) => a - b), body.length];
        assert.equal(
          run(
            secret,
            edges.slice(1).map((edge, at) => body.slice(edges[at], edge)),
          ),
          whole,
        );
        assert.equal(run(secret, [...body]), whole);
      },
    ),
    { numRuns: 120 },
  );
});

test('escapes that stand for something else pass at once and unchanged (E2)', () => {
  const redactor = createRedactor(formsOf([Buffer.from('sk-live-0123456789')]));
  const events = ['data: {"t":"say \\"hi\\"\\n"}\n\n', 'data: a&b 100% \\u00e9 &amp;\n\n', '%zz &bogus; \\q \\u12\n'];
  for (const event of events) assert.equal(Buffer.from(redactor.push(Buffer.from(event))).toString(), event);
});

test('a wall of escapes takes no more than a moment (I6)', () => {
  const value = Buffer.from(Array.from({ length: 300 }, (_, at) => (at * 7919) % 251)).toString('base64');
  const started = performance.now();
  const unit = `\\u${hex(value[0]!, 4)}`;
  run(value, [unit.repeat(20_000), '\\'.repeat(100_000), '%25'.repeat(30_000), '&#'.repeat(50_000)]);
  assert.ok(performance.now() - started < 3_000, `${performance.now() - started} ms`);
});
