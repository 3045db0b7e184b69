import assert from 'node:assert/strict';
import { test } from 'node:test';
import { jsonFault } from './json-fault.ts';
import { writeBody } from './rest/path-shapes.ts';
import { parseBody } from './rest/rest-parse.ts';

const nested = (levels: number) => JSON.parse(`${'['.repeat(levels)}${']'.repeat(levels)}`) as unknown;

test('what would be lost or end the stack is named before anything is kept (I6)', () => {
  assert.equal(jsonFault({ a: [1, 'x', null, true, { b: {} }] }), null);
  assert.equal(jsonFault(nested(200)), null);
  for (const levels of [201, 500_000]) assert.match(jsonFault(nested(levels)) ?? '', /nested/);
  assert.match(jsonFault(JSON.parse('{"a":[{"__proto__":1}]}')) ?? '', /__proto__/);
  assert.match(jsonFault(JSON.parse('[1e400]')) ?? '', /number/);
});

test('a write whose data would be lost is refused, not acknowledged', () => {
  for (const data of ['{"__proto__":{"x":1},"a":"b"}', '{"a":1e999}', `{"a":${'['.repeat(9000)}${']'.repeat(9000)}}`]) {
    assert.throws(() => parseBody(writeBody, Buffer.from(`{"data":${data}}`)), { code: 'invalid_request' });
  }
});
