import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readRegistry } from '../main/core/providers/read-registry.ts';

// Provider and secret are named together ("This does not look like a Stripe secret key."), so a word that ends the one
// and begins the other would be said twice.

test('no word is said twice where a provider’s name and its secret’s label stand together', () => {
  const twice = readRegistry(new URL('../registry/', import.meta.url)).flatMap(({ provider }) => {
    const last = provider.name.split(' ').at(-1)!.toLowerCase();
    const secrets = [...provider.secrets, ...provider.alternatives.flatMap((alternative) => alternative.secrets)];
    return secrets
      .filter(({ label }) => label.split(' ')[0]!.toLowerCase() === last)
      .map(({ label }) => `${provider.name} ${label}`);
  });
  assert.deepEqual(twice, []);
});
