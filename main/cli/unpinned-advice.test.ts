import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ProviderForm } from '#contract/schemas/registry.ts';
import { alike, takenAsItIs } from './unpinned-advice.ts';

const known = ['OPENAI_API_KEY', 'STRIPE_API_KEY', 'GITHUB_TOKEN'];

test('a name that was nearly right leads to the one that opens something', () => {
  assert.deepEqual(alike('openai_api_key', known), ['OPENAI_API_KEY']);
  assert.deepEqual(alike('OPENAI_API_KEYS', known), ['OPENAI_API_KEY']);
  assert.deepEqual(alike('STRIPE_SECRET_KEY', known), ['STRIPE_API_KEY']);
  assert.deepEqual(alike('DATABASE_URL', known), []);
  assert.deepEqual(alike('OPENAI', known), ['OPENAI_API_KEY']);
});

test('a command that uses it as it is stands there only where nothing else is needed', () => {
  const form = (provider: string, secret: string, more: Partial<ProviderForm> = {}): ProviderForm => ({
    provider,
    name: provider,
    category: '',
    docsUrl: '',
    keysUrl: '',
    hosts: [`api.${provider}.com`],
    secrets: [{ name: secret, label: '', example: '', looksLike: null }],
    alternatives: [],
    capabilities: 1,
    oauth: null,
    sdk: [],
    ...more,
  });
  const said = (name: string, forms: readonly ProviderForm[]) =>
    takenAsItIs(
      name,
      alike(
        name,
        forms.map(({ secrets }) => secrets[0]!.name),
      ),
      forms,
    );
  assert.match(
    said('STRIPE_SECRET_KEY', [form('stripe', 'STRIPE_API_KEY')])!,
    /create my-stripe --provider stripe --secret STRIPE_SECRET_KEY$/,
  );
  assert.equal(said('FOO_KEY', [form('fal', 'FAL_KEY')]), undefined, 'only spelled alike');
  assert.equal(said('SHOP_KEY', [form('shop', 'SHOP_TOKEN', { hosts: ['*.shop.com'] })]), undefined, 'a host to name');
  assert.equal(said('STRIPE_KEY $(x)', [form('stripe', 'STRIPE_API_KEY')]), undefined, 'a name a shell would read');
});
