import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { strictJson } from './strict-json.ts';

const read = (text: string) => strictJson(text, 'The body') as Record<string, unknown>;

test('what JSON can say comes back as it was sent', () => {
  const keys = fc.string({ unit: 'binary', minLength: 1, maxLength: 8 }).filter((key) => key !== '__proto__');
  const values = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      fc.string({ unit: 'binary' }),
      fc.maxSafeInteger(),
      fc.boolean(),
      fc.constant(null),
      fc.array(tie('value'), { maxLength: 4 }),
      fc.dictionary(keys, tie('value'), { maxKeys: 4 }),
    ),
  })).value;
  fc.assert(
    fc.property(fc.dictionary(keys, values, { maxKeys: 4 }), fc.boolean(), (data, spaced) => {
      const text = JSON.stringify(data, null, spaced ? 2 : 0);
      assert.equal(JSON.stringify(read(text)), JSON.stringify(data));
    }),
    { numRuns: 200 },
  );
});

test('what is not JSON is named and not repeated', () => {
  for (const text of ['', '{"a":', '{"a":1}x', '{a:1}']) {
    assert.throws(() => read(text), { code: 'invalid_request', message: 'The body is not JSON.' }, text);
  }
});

test('a key named twice is refused wherever it stands', () => {
  for (const data of ['{"a":1,"a":1}', '{"a":{"b":[{"c":1,"\\u0063":2}]}}', '{"\\"":1,"\\u0022":2}', '{"1":1,"1":2}']) {
    assert.throws(() => read(data), { code: 'invalid_request', message: /twice/ }, data);
  }
  for (const data of [
    '{"a":"\\\\","b":":"}',
    '{"a:":{"a:":1}}',
    '{"a":[{"b":1},{"b":1}]}',
    '{"a":"{\\"a\\":1,\\"a\\":2}"}',
  ]) {
    assert.doesNotThrow(() => read(data), data);
  }
});

test('a whole number that would come back as another one is refused, one that would not is kept', () => {
  for (const number of ['9007199254740993', '-9007199254740993', '12345678901234567890', '100000000000000000001']) {
    for (const data of [`{"n":${number}}`, `{"n":[{"m":${number}}]}`]) {
      assert.throws(() => read(data), { code: 'invalid_request', message: /number/ }, data);
    }
  }
  for (const number of ['9007199254740991', '9007199254740992', '-9007199254740994', '1e300', '0.5', '1.5e-7', '-0']) {
    assert.equal(read(`{"n":${number}}`).n, Number(number), number);
  }
  assert.equal(read('{"n":"12345678901234567890"}').n, '12345678901234567890');
  assert.doesNotThrow(() => read('{"n":1e20,"m":"\\"9007199254740993","o":[-1,-0.5E+2]}'));
  assert.throws(() => read('{"n":1e20,"m":[-0.5E+2,9007199254740993]}'), { message: /number/ });
});

test('a megabyte of quotes, backslashes or braces takes no longer than one of letters', () => {
  for (const piece of ['\\"', '\\\\', '{}', ':', 'a']) {
    const started = performance.now();
    read(`{"k":"${piece.repeat(500_000)}"}`);
    assert.ok(performance.now() - started < 2_000, piece);
  }
});
