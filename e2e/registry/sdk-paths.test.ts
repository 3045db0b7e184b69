import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { registry } from '#core/providers/load.ts';
import { compareWithPackage } from '../../tools/sdk-paths.ts';

// Patterns that the provider's own package does not hold, each with the reason it stands here all the same.
const explained: Readonly<Record<string, string>> = {
  'openai/embeddings /v1/embeddings': 'the SDK keeps it outside the folder of its resources',
  'openai/codex-usage /wham/usage': 'of chatgpt.com, which the SDK does not speak to',
  'stripe/file-content /v1/files/{file}/contents': 'of files.stripe.com; the address comes with the file object',
  'anthropic/usage /v1/organizations/usage_report/messages': 'documented, newer than the SDK',
  'anthropic/usage /v1/organizations/usage_report/claude_code': 'documented, newer than the SDK',
  'anthropic/usage /v1/organizations/cost_report': 'documented, newer than the SDK',
};

describe('patterns and the packages that speak to the same API', () => {
  const modules = fileURLToPath(new URL('../../node_modules/', import.meta.url));

  // Most packages are not needed by anything here; `node tools/registry-compare.ts <node_modules>` compares with them.
  for (const provider of registry().providers) {
    const comparison = compareWithPackage(provider, modules);
    if (comparison === null) continue;
    it(`${provider.provider}: its package knows every pattern`, () => {
      assert.deepEqual(
        comparison.unknown.filter((line) => !(line in explained)),
        [],
      );
    });
  }

  it('sees a path that the package does not know', () => {
    const stripe = registry().byName('stripe')!;
    const invented = { ...stripe.capabilities[0]!, id: 'stripe/invented', paths: ['/v1/wishes/{wish}'] };
    const comparison = compareWithPackage({ ...stripe, capabilities: [invented] }, modules);
    assert.deepEqual(comparison?.unknown, ['stripe/invented /v1/wishes/{wish}']);
  });
});
