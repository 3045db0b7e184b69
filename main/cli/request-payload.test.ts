import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AivaultError } from '#contract/errors.ts';
import { readPayload } from './request-payload.ts';

const codeOf = (text: string) => {
  try {
    readPayload(text);
  } catch (error) {
    return error instanceof AivaultError ? error.code : String(error);
  }
  return 'accepted';
};

test('a request may stand alone or in its envelope; the body is taken out of it', () => {
  const alone = readPayload('{"method":"POST","path":"/a","body":"hi"}');
  assert.deepEqual(alone.request, { method: 'POST', path: '/a' });
  assert.deepEqual(alone.body, { kind: 'text', text: 'hi' });
  const whole = readPayload('{"capability":"a/b","credential":"c","request":{"path":"/a"}}');
  assert.deepEqual([whole.capability, whole.credential, whole.body], ['a/b', 'c', { kind: 'none' }]);
});

test('E01: keys nobody knows go on to the host, which refuses them', () => {
  assert.deepEqual(readPayload('{"path":"/a","extra":1}').request, { path: '/a', extra: 1 });
  assert.deepEqual(readPayload('{"other":1,"request":{}}').envelope, { other: 1 });
});

test('E04: a key that stands twice is refused, at every depth', () => {
  assert.equal(codeOf('{"path":"/a","path":"/b"}'), 'invalid_request');
  assert.equal(codeOf('{"request":{"headers":[{"name":"a","name":"b","value":"c"}]}}'), 'invalid_request');
});

test('E07, E08: a body is one string, one file or one form', () => {
  for (const text of ['{"body":{"a":1}}', '{"body":7}', '{"multipart":{"a":1}}', '{"multipart":[]}', '[]', '"x"', '']) {
    assert.equal(codeOf(text), 'invalid_request', text);
  }
  for (const text of [
    '{"body":"a","bodyFilePath":"b"}',
    '{"body":"a","multipart":{}}',
    '{"bodyFilePath":"a","multipartFiles":[{"field":"f","path":"p"}]}',
  ]) {
    assert.equal(codeOf(text), 'policy_violation', text);
  }
  assert.equal(codeOf('{"body":"a","multipartFiles":[]}'), 'accepted');
});
