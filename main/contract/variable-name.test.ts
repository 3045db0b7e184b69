import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fieldText, variableName } from './variable-name.ts';

test('any field has a name that a shell takes for a variable', () => {
  for (const field of ['client-id', '2fa', 'db.path', 'ä b', '-', '9'])
    assert.match(variableName(field), /^[A-Z_]\w*$/);
  assert.deepEqual(['client-id', '2fa', 'user'].map(variableName), ['CLIENT_ID', '_2FA', 'USER']);
});

test('text stays as it is, all else becomes JSON', () => {
  assert.deepEqual(['7', 7, null, { a: [true] }].map(fieldText), ['7', '7', 'null', '{"a":[true]}']);
});
