import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseJson } from './lossless-json.ts';
import { type MarkdownOptions, toMarkdown } from './markdown.ts';

const render = (json: string, options: Partial<MarkdownOptions> = {}) =>
  toMarkdown(parseJson(json), { exclude: new Set(), wrap: new Set(), ...options });

test('an object is one section per key, in the order of the keys, nested ones wrapped', () => {
  assert.equal(render('{"o":{"p":1}}'), '# O\n\n<begin o>\n# P\n\n1\n</end o>');
  assert.equal(render('{"b_key-name":1,"aB":2}'), '# AB\n\n2\n\n# B Key Name\n\n1');
});

test('an array of leaves is a list, null and blank are None', () => {
  assert.equal(render('[1,"a",null,"",true]'), '  - 1\n  - a\n  - None\n  - None\n  - true');
});

test('a namespace wraps what is there, and only that', () => {
  assert.equal(render('{"a":1}', { namespace: ' data ' }), '<begin data>\n# A\n\n1\n</end data>\n');
  assert.equal(render('null', { namespace: 'data' }), '');
});

test('excluded keys are gone at every depth, wrapped keys keep their text together', () => {
  assert.equal(render('[{"x":1},{"y":2}]', { exclude: new Set(['x']) }), 'None\n\n# Y\n\n2');
  assert.equal(render('{"x":1}', { exclude: new Set(['x']) }), '');
  assert.equal(render('{"t":"hi"}', { wrap: new Set(['t']) }), '# T\n\n<begin t>\nhi\n</end t>');
});

test('leaves: fractions are shortened, integers keep every digit, blank text is None', () => {
  assert.equal(render('1.50'), '1.5');
  assert.equal(render('1e3'), '1000.0');
  assert.equal(render('12345678901234567890'), '12345678901234567890');
  assert.equal(render('"   "'), 'None');
  assert.equal(render('[]'), 'None');
});

test('G40: a mixed array keeps every element', () => {
  const text = render('{"k":[1,{"a":"first"},[2,3],{"b":"last"}]}');
  for (const part of ['1', 'first', '  - 2', '  - 3', 'last']) assert.ok(text.includes(part), part);
  assert.match(text, /^# K\n\n<begin k>\n/);
});
