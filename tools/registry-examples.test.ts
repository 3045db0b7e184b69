import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readRegistry } from '../main/core/providers/read-registry.ts';

// `capability describe` prints examples to paste. Some providers answer 400 to a request that does not say which version
// of the API it means; their SDKs add the header by themselves, a pasted line does not.

const needed: Readonly<Record<string, string>> = {
  anthropic: 'anthropic-version',
  notion: 'notion-version',
  runway: 'x-runway-version',
  gocardless: 'gocardless-version',
};

test('an example says the version where its provider refuses a request without one', () => {
  const providers = readRegistry(new URL('../registry/', import.meta.url)).map(({ provider }) => provider);
  const without = providers.flatMap((provider) => {
    const name = needed[provider.provider];
    if (name === undefined) return [];
    assert.ok(provider.requestHeaders.includes(name), `${provider.provider} lets ${name} through`);
    const own = provider.alternatives.flatMap(({ capabilities }) => capabilities);
    return [...provider.capabilities, ...own].filter(({ example }) => example.headers?.[name] === undefined);
  });
  assert.deepEqual(
    without.map(({ id }) => id),
    [],
  );
  assert.equal(providers.filter(({ provider }) => provider in needed).length, Object.keys(needed).length);
});
