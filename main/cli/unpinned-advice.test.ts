import assert from 'node:assert/strict';
import { test } from 'node:test';
import { alike } from './unpinned-advice.ts';

const known = ['OPENAI_API_KEY', 'STRIPE_API_KEY', 'GITHUB_TOKEN'];

test('a name that was nearly right leads to the one that opens something', () => {
  assert.deepEqual(alike('openai_api_key', known), ['OPENAI_API_KEY']);
  assert.deepEqual(alike('OPENAI_API_KEYS', known), ['OPENAI_API_KEY']);
  assert.deepEqual(alike('STRIPE_SECRET_KEY', known), ['STRIPE_API_KEY']);
  assert.deepEqual(alike('DATABASE_URL', known), []);
  assert.deepEqual(alike('OPENAI', known), ['OPENAI_API_KEY']);
});
