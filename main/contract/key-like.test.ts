import assert from 'node:assert/strict';
import { test } from 'node:test';
import { looksLikeKey } from './key-like.ts';

test('keys of the usual providers are told from names', () => {
  const body = 'a1B2c3D4e5F6g7H8i9';
  for (const prefix of [
    'sk-',
    'sk-proj-',
    'sk_live_',
    'rk_test_',
    'ghp_',
    'github_pat_',
    'glpat-',
    'hf_',
    'avp_',
    'AIza',
  ]) {
    assert.ok(looksLikeKey(`${prefix}${body}`), prefix);
  }
  assert.ok(looksLikeKey(`xoxb-12345678901-12345678901-${body}`));
  assert.ok(looksLikeKey(` SG.abc.${body}`));
});

test('no name of a variable is taken for a key', () => {
  const long = 'MY_COMPANY_PRODUCTION_DATABASE_PASSWORD_2';
  for (const name of [
    'OPENAI_API_KEY',
    long,
    'hf_production_token_2',
    'sk-staging-2',
    'GitHub (work) 2',
    'stripe key',
    '',
  ]) {
    assert.ok(!looksLikeKey(name), name);
  }
});
