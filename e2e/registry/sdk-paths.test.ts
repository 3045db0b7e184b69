import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { registry } from '#core/providers/load.ts';
import { compareWithPackage, packagesOf } from '../../tools/sdk-paths.ts';

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

  for (const provider of registry().providers.filter((each) => each.provider in packagesOf)) {
    const comparison = compareWithPackage(provider, modules);
    const skip = comparison === null ? 'its package is not installed' : false;
    it(`${provider.provider}: its package knows every pattern`, { skip }, () => {
      assert.deepEqual(
        comparison!.unknown.filter((line) => !(line in explained)),
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
