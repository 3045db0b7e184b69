import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { canBlock, createBlocklist } from './blocklist.ts';
import { parseJsonPath } from './json-path.ts';

function run(
  entries: readonly string[],
  text: string,
  contentType = 'application/json',
  points: readonly number[] = [],
): string {
  const list = createBlocklist(entries, contentType)!;
  const bytes = Buffer.from(text);
  const edges = [0, ...points.map((point) => Math.min(point, bytes.length)).sort((a, b) => a - b), bytes.length];
  return Buffer.concat(
    edges.slice(1).map((end, at) => Buffer.from(list.push(bytes.subarray(edges[at], end)))),
  ).toString();
}

test('a path replaces one value of any type and leaves every other byte alone (P05, G40)', () => {
  const body = '{ "a": {"b": [1,{"x":"]"}], "c" : 12345678901234567890 },\n "a2":1.10, "a":{"b":null}}';
  assert.equal(
    run(['$.a.b'], body),
    '{ "a": {"b": "[REDACTED]", "c" : 12345678901234567890 },\n "a2":1.10, "a":{"b":"[REDACTED]"}}',
  );
});

test('elements, wildcards, any depth and bare names find their values', () => {
  const body = '{"items":[{"key":"k1","id":1},{"key":"k2","id":2}],"key":"k3","deep":{"er":{"key":4}}}';
  assert.match(run(['$.items[1].key'], body), /"key":"k1".*"key":"\[REDACTED\]","id":2.*"key":"k3"/);
  assert.ok(!/k1|k2/.test(run(['$.items[*].key'], body)));
  assert.ok(!/k1|k2/.test(run(['$.items.*.key'], body)));
  for (const everywhere of ['$..key', 'key']) {
    assert.equal(run([everywhere], body).match(/\[REDACTED\]/g)?.length, 4);
  }
  assert.match(run(["$['deep']['er'].key"], body), /"er":\{"key":"\[REDACTED\]"\}/);
});

test('a name written with escapes is the same name', () => {
  assert.equal(run(['password'], '{"pa\\u0073sword":"x"}'), '{"pa\\u0073sword":"[REDACTED]"}');
});

test('a byte order mark, a record separator or a callback in front does not hide the document (G23)', () => {
  for (const front of ['\ufeff', '\x1e', 'callback(', 'while(1);', ")]}'\n", 'x=']) {
    assert.equal(run(['$.k'], `${front}{"k":"s"}`), `${front}{"k":"[REDACTED]"}`, JSON.stringify(front));
  }
  const events = '\ufeffdata: {"k":"s"}\n\n';
  assert.equal(run(['$.k'], events, 'text/event-stream'), '\ufeffdata: {"k":"[REDACTED]"}\n\n');
});

test('only types whose fields can be found may pass where fields are hidden (G23)', () => {
  for (const type of [
    'application/json',
    'Application/JSON; charset=UTF-8',
    'application/vnd.api+json',
    'application/problem+json;charset="utf-8"',
    'application/x-ndjson',
    'application/json-seq',
    'application/geo+json-seq',
    'text/javascript',
    'text/event-stream',
  ]) {
    assert.ok(canBlock(type), type);
  }
  for (const type of [
    '',
    'application/xml',
    'text/html',
    'text/csv',
    'text/plain',
    'application/json; charset=utf-16',
    'application/json;charset="utf-16le"',
    'application/json; charset = utf-7',
    'application/jsonx',
    'multipart/mixed; boundary=a',
  ]) {
    assert.ok(!canBlock(type), type);
  }
});

test('JSON lines and several documents in a row each start at the root', () => {
  assert.equal(
    run(['$.k'], '{"k":1}\n{"k":"2","z":{"k":3}}\n'),
    '{"k":"[REDACTED]"}\n{"k":"[REDACTED]","z":{"k":3}}\n',
  );
});

test('events of a stream are filtered, one document over several data lines included', () => {
  const stream =
    'event: delta\ndata: {"k":"s1","v":1}\n\ndata: {"k":\ndata: "s2"}\r\n\r\ndata: [DONE]\n\ndata: {"k":\n\ndata: {"k":7}\n\n';
  const out = run(['$.k'], stream, 'text/event-stream; charset=utf-8');
  assert.equal(
    out,
    'event: delta\ndata: {"k":"[REDACTED]","v":1}\n\ndata: {"k":\ndata: "[REDACTED]"}\r\n\r\ndata: [DONE]\n\ndata: {"k":\n\ndata: {"k":"[REDACTED]"}\n\n',
  );
});

test('the result does not depend on how the body is cut', () => {
  const value = fc.jsonValue({ maxDepth: 4 });
  fc.assert(
    fc.property(value, value, fc.array(fc.nat(400), { maxLength: 6 }), fc.boolean(), (a, b, points, stream) => {
      const type = stream ? 'text/event-stream' : 'application/json';
      const lines = [a, { secret: a, list: [{ secret: b }] }].map((item) => JSON.stringify(item));
      const text = stream ? lines.map((line) => `data: ${line}\n\n`).join('') : lines.join('\n');
      const whole = run(['secret', '$.list[0]'], text, type);
      assert.equal(run(['secret', '$.list[0]'], text, type, points), whole);
    }),
    { numRuns: 300 },
  );
});

test('what remains is the document with exactly those values replaced', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 4 }), fc.jsonValue({ maxDepth: 4 }), (a, b) => {
      const document = { keep: a, secret: b, inner: { secret: a, keep: b } };
      const out: unknown = JSON.parse(run(['$.secret', '$.inner.secret'], JSON.stringify(document)));
      const expected = { keep: a, secret: '[REDACTED]', inner: { secret: '[REDACTED]', keep: b } };
      assert.deepEqual(out, JSON.parse(JSON.stringify(expected)));
    }),
    { numRuns: 300 },
  );
});

test('text that is not JSON passes unchanged', () => {
  for (const text of ['<html>"a": {b}</html>', '}}]]{{', 'plain', '"unterminated', ': , :']) {
    assert.equal(run(['$.a', 'b'], text, 'text/html'), text);
  }
});

test('blank entries say nothing; a malformed entry is refused', () => {
  assert.equal(createBlocklist([' ', ''], 'application/json'), null);
  for (const bad of ['$', '$.', '$.a..', '$.a[', '$[?(@.x)]', 'a$b', '$a']) assert.equal(parseJsonPath(bad), null, bad);
  assert.throws(() => createBlocklist(['$['], 'application/json'), { code: 'invalid_request' });
});

test('a spelling from elsewhere either hides what it means or is refused, and never hides nothing', () => {
  const body = '{"items":[{"token":"k1"},{"token":"k2"}],"creds":{"key":"k1","0":"k2"},"list":["k1","k2"]}';
  for (const entry of ['items[*].token', 'items.*.token', 'items[*]', '.items', '[*].token']) {
    assert.ok(!/"token":"k|"items":\[\{"token":"k/.test(run([entry], body)), entry);
  }
  assert.match(run(['.creds.key'], body), /"creds":\{"key":"\[REDACTED\]"/);
  for (const entry of ['$.list.0', 'list.0', '$.list[0]', 'list[0]']) {
    assert.match(run([entry], body), /"list":\["\[REDACTED\]","k2"\]/, entry);
  }
  assert.match(run(["$.creds['0']"], body), /"0":"\[REDACTED\]"/);
  for (const bad of [
    '/creds/key',
    '#/creds/key',
    'tok*',
    '$.creds.k*',
    '$*',
    'items[].token',
    'items[0:1]',
    'a..',
    'a.',
  ]) {
    assert.equal(parseJsonPath(bad), null, bad);
  }
});

test('endless nesting is refused instead of remembered', () => {
  assert.throws(() => run(['$.a'], '['.repeat(100_000)), { code: 'response_refused' });
});
