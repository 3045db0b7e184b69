import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withoutOverride } from './method-override.ts';

const form = [['content-type', 'application/x-www-form-urlencoded']] as const;
const multipart = [['content-type', 'multipart/form-data; boundary=b']] as const;
const part = (disposition: string) =>
  `--b\r\nContent-Disposition: form-data; ${disposition}\r\n\r\nDELETE\r\n--b--\r\n`;

const refusedForms = [
  '_method=DELETE',
  'a=1&_method=DELETE',
  'a=1;%5FMethod=x',
  '+_method+=x',
  '%24httpMethod=PUT',
  'a&_method',
];
const refusedParts = [
  part('name="_method"'),
  part('name=_method'),
  part('filename="x"; name="_METHOD"'),
  part("name*=utf-8''%5fmethod"),
  part('\r\n name="_method"'),
];

async function streamed(text: string, headers: typeof form | typeof multipart, size: number): Promise<string> {
  async function* chunks() {
    for (let at = 0; at < text.length; at += size) yield Buffer.from(text.slice(at, at + size), 'latin1');
  }
  const body = withoutOverride({ kind: 'stream', stream: chunks(), length: null }, headers);
  assert.ok(body.kind === 'stream');
  const out: Uint8Array[] = [];
  for await (const chunk of body.stream) out.push(chunk);
  return Buffer.concat(out).toString('latin1');
}

test('C6 a form that would override the method is refused, whole or in pieces', async () => {
  const refused = { code: 'policy_violation' };
  for (const [headers, texts] of [
    [form, refusedForms],
    [multipart, refusedParts],
  ] as const) {
    for (const text of texts) {
      assert.throws(() => withoutOverride({ kind: 'bytes', bytes: Buffer.from(text) }, headers), refused, text);
      for (const size of [1, 7, 4096]) await assert.rejects(streamed(text, headers, size), refused, `${size} ${text}`);
    }
  }
});

test('C6 other forms and other bodies pass byte for byte', async () => {
  for (const text of ['method=DELETE', 'a_method=x', '_methods=1', 'a=_method', 'note=a%26_method%3Dx', '']) {
    assert.equal(await streamed(text, form, 3), text);
  }
  for (const text of [
    part('name="method"'),
    part('name="file"; filename="_method"'),
    `${part('name="x"')}<input name="_method">`,
  ]) {
    assert.equal(await streamed(text, multipart, 5), text);
  }
  const json = { kind: 'bytes', bytes: Buffer.from('_method=DELETE') } as const;
  assert.equal(withoutOverride(json, [['content-type', 'text/plain']]), json);
});

test('C6 a JSON body that would override the method is refused, in any spelling, whole or in pieces', async () => {
  const json = [['content-type', 'application/vnd.api+json; charset=utf-8']] as unknown as typeof form;
  const refused = { code: 'policy_violation' };
  for (const text of [
    '{"_method":"DELETE"}',
    '{ "a" : [1], "_method" : "put" }',
    '{"\\u005fmethod":"DELETE"}',
    '{"_\\u006Det\\u0068od"\n:"DELETE"}',
    '{"_method":"DELETE"',
  ]) {
    assert.throws(() => withoutOverride({ kind: 'bytes', bytes: Buffer.from(text) }, json), refused, text);
    for (const size of [1, 7, 4096]) await assert.rejects(streamed(text, json, size), refused, `${size} ${text}`);
  }
});

test('C6 JSON that only talks about it passes', async () => {
  const json = [['content-type', 'application/json']] as unknown as typeof form;
  for (const text of [
    '{"text":"send {\\"_method\\": \\"DELETE\\"} to it"}',
    '{"_methods":1,"method":"DELETE","a_method":2}',
    '{"text":"_method"}',
    '"_method"',
    '{"\\u00e9":"_method\\u0022:"}',
  ]) {
    const body = { kind: 'bytes', bytes: Buffer.from(text) } as const;
    assert.equal(withoutOverride(body, json), body, text);
    assert.equal(await streamed(text, json, 3), text);
  }
  const nested = { kind: 'bytes', bytes: Buffer.from('{"event":{"_method":"x"}}') } as const;
  assert.equal(withoutOverride(nested, json), nested, 'not the outermost');
});
