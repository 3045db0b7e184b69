import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { whereFrom } from './where-from.ts';

describe('what is written down about a bug', () => {
  test('I1: never what was being read', () => {
    let caught: unknown;
    try {
      JSON.parse('sk-this-is-a-secret-value');
    } catch (error) {
      caught = error;
    }
    assert.match(String(caught), /sk-this/, 'the message itself does quote it');
    assert.doesNotMatch(whereFrom(caught), /sk-|secret/);
    assert.match(whereFrom(caught), /^SyntaxError\n {4}at /);
  });

  test('the system’s code is kept, other things are only named by their type', () => {
    assert.match(whereFrom(Object.assign(new Error('/home/a/secret'), { code: 'EACCES' })), /^Error \(EACCES\)\n/);
    assert.equal(whereFrom('sk-secret'), 'string');
  });
});
