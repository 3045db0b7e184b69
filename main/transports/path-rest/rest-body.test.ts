import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { writeBody } from '#contract/rest/path-shapes.ts';
import { readBody } from './rest-body.ts';

const readData = (data: string) => readBody(writeBody, Buffer.from(`{"data":${data}}`)).data;

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
      assert.equal(JSON.stringify(readData(text)), JSON.stringify(data));
    }),
    { numRuns: 200 },
  );
});

test('a key named twice is refused wherever it stands', () => {
  for (const data of ['{"a":1,"a":1}', '{"a":{"b":[{"c":1,"\\u0063":2}]}}', '{"\\"":1,"\\u0022":2}', '{"1":1,"1":2}']) {
    assert.throws(() => readData(data), { code: 'invalid_request', message: /twice/ }, data);
  }
  for (const data of [
    '{"a":"\\\\","b":":"}',
    '{"a:":{"a:":1}}',
    '{"a":[{"b":1},{"b":1}]}',
    '{"a":"{\\"a\\":1,\\"a\\":2}"}',
  ]) {
    assert.doesNotThrow(() => readData(data), data);
  }
});

test('a whole number that would come back as another one is refused, one that would not is kept', () => {
  for (const number of ['9007199254740993', '-9007199254740993', '12345678901234567890', '100000000000000000001']) {
    for (const data of [`{"n":${number}}`, `{"n":[{"m":${number}}]}`]) {
      assert.throws(() => readData(data), { code: 'invalid_request', message: /number/ }, data);
    }
  }
  for (const number of ['9007199254740991', '9007199254740992', '-9007199254740994', '1e300', '0.5', '1.5e-7', '-0']) {
    assert.equal(readData(`{"n":${number}}`)?.n, Number(number), number);
  }
  assert.equal(readData('{"n":"12345678901234567890"}')?.n, '12345678901234567890');
});

test('a megabyte of quotes, backslashes or braces takes no longer than one of letters', () => {
  for (const piece of ['\\"', '\\\\', '{}', ':', 'a']) {
    const started = performance.now();
    readData(`{"k":"${piece.repeat(500_000)}"}`);
    assert.ok(performance.now() - started < 2_000, piece);
  }
});
