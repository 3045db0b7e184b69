import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createRegistry, defaultsOf } from './catalog.ts';
import { registry } from './load.ts';
import type { Provider } from './schema.ts';

const copy = (name: string, change: Partial<Provider>): Provider => ({ ...registry().byName(name)!, ...change });

describe('the registry', () => {
  it('R08: refuses two providers of one name', () => {
    assert.throws(() => createRegistry([copy('notion', {}), copy('notion', {})]), /two of provider notion/);
  });

  it('R08: refuses two providers that claim one secret', () => {
    const second = copy('notion', { provider: 'other', capabilities: [] });
    assert.throws(() => createRegistry([copy('notion', {}), second]), /two of secret NOTION_TOKEN/);
  });

  it('R08: refuses an alternative that claims another provider’s secret', () => {
    const alternative = { ...registry().byName('openai')!.alternatives[0]!, capabilities: [] };
    const secrets = registry().byName('notion')!.secrets;
    const thief = copy('gemini', { alternatives: [{ ...alternative, secrets }] });
    assert.throws(() => createRegistry([copy('notion', {}), thief]), /two providers claim the secret NOTION_TOKEN/);
  });

  it('finds a provider by the exact name of its secret', () => {
    assert.equal(registry().bySecretName('OPENAI_API_KEY')?.provider.provider, 'openai');
    assert.equal(registry().bySecretName('OPENAI_API_KEY')?.alternative, null);
    assert.equal(registry().bySecretName('openai_api_key'), undefined);
    assert.equal(registry().bySecretName('OPENAI_API_KEY '), undefined);
  });

  it('lets one secret open several alternatives', () => {
    const claim = registry().bySecretName('CODEX_OAUTH_JSON');
    assert.deepEqual(
      claim?.alternatives.map((alternative) => alternative.upstreamPathPrefix),
      ['/backend-api/codex', '/backend-api'],
    );
  });

  it('R01: opens 17 capabilities with the OpenAI key, and three with a Codex sign-in', () => {
    const ids = (alternative: string | null) =>
      registry()
        .capabilitiesOf('openai', alternative)
        .map((entry) => entry.capability.id);
    assert.equal(ids(null).length, 17);
    assert.deepEqual(ids('codex-oauth'), ['openai/codex-responses', 'openai/codex-realtime']);
    assert.deepEqual(ids('codex-oauth-usage'), ['openai/codex-usage']);
    assert.deepEqual(registry().capability('openai/codex-realtime')?.hosts, ['chatgpt.com']);
  });

  it('opens all of the provider’s own capabilities where an alternative names none', () => {
    const [first] = registry().byName('openai')!.alternatives;
    const made = createRegistry([copy('openai', { alternatives: [{ ...first!, id: 'other', capabilities: [] }] })]);
    assert.equal(made.capabilitiesOf('openai', 'other').length, 17);
  });

  it('offers a method only where there is one, a path only where one pattern has no parameter', () => {
    const defaults = (methods: string[], paths: string[]) => defaultsOf({ methods, paths });
    assert.deepEqual(defaults(['GET'], ['/a/**', '/a/{id}/b']), { method: 'GET', path: '/a' });
    assert.deepEqual(defaults(['GET', 'POST'], ['/a', '/b']), { method: null, path: null });
    assert.deepEqual(defaults(['GET'], ['/a/{id}']), { method: 'GET', path: null });
    assert.deepEqual(defaults(['GET'], ['/**']), { method: 'GET', path: '/' });
  });
});
