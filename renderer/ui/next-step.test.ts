import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { nextStep } from './next-step.ts';

describe('next-step', () => {
  test('what a button does here is not said as a command', () => {
    for (const error of ['vault_locked', 'vault_missing', 'rolled_back'] as const) {
      const step = nextStep({ error, message: 'No.', hint: 'Run: aivault unlock --accept-rollback' });
      assert.match(step ?? '', /^[A-Z].*\.$/);
      assert.doesNotMatch(step ?? '', /aivault/);
    }
  });

  test('every other refusal keeps the hint of the host', () => {
    assert.equal(nextStep({ error: 'not_found', message: 'No.', hint: 'Did you mean b?' }), 'Did you mean b?');
    assert.equal(nextStep({ error: 'not_found', message: 'No.' }), undefined);
  });

  test('where only time helps, it is said how much', () => {
    assert.equal(nextStep({ error: 'rate_limited', message: 'No.', retryAfterSeconds: 4 }), 'Try again in 4 s.');
  });
});
