import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { lintRegistry } from './lint.ts';
import { registry } from './load.ts';
import { parseProvider, registryJsonSchema } from './read-registry.ts';

const reference: Record<string, string[]> = JSON.parse(
  readFileSync(new URL('./reference-capabilities.json', import.meta.url), 'utf8'),
);

describe('registry/', () => {
  it('has nothing the linter would say no to', () => {
    assert.deepEqual(lintRegistry(registry().providers), []);
  });

  it('has a schema.json as fresh as its source', () => {
    const file = readFileSync(new URL('../../../registry/schema.json', import.meta.url), 'utf8');
    assert.ok(file === registryJsonSchema(), 'npm run registry writes it anew');
  });

  for (const provider of new Set(Object.keys(reference).map((id) => id.split('/')[0]!))) {
    it(`covers every capability and method the reference has for ${provider}`, () => {
      for (const [id, methods] of Object.entries(reference).filter(([key]) => key.startsWith(`${provider}/`))) {
        const entry = registry().capability(id);
        assert.ok(entry, `${id} is missing`);
        assert.deepEqual(
          methods.filter((method) => !entry.capability.methods.includes(method as never)),
          [],
          id,
        );
      }
    });
  }

  it('offers the default paths that people rely on', () => {
    const expected = {
      'openai/transcription': ['POST', '/v1/audio/transcriptions'],
      'openai/embeddings': ['POST', '/v1/embeddings'],
      'openai/moderation': ['POST', '/v1/moderations'],
      'openai/codex-realtime': ['POST', '/realtime/calls'],
      'openai/chat-completions': [null, '/v1/chat/completions'],
      'openai/models': [null, '/v1/models'],
      'openai/assistants': [null, null],
      'elevenlabs/transcription': ['POST', '/v1/speech-to-text'],
      'deepgram/transcription': [null, '/v1/listen'],
    };
    for (const [id, [method, path]] of Object.entries(expected)) {
      assert.deepEqual(registry().capability(id)?.defaults, { method, path }, id);
    }
  });

  it('gives each OAuth provider its own token endpoint', () => {
    for (const { provider, auth } of registry().providers) {
      if (auth.kind === 'oauth2') assert.doesNotMatch(auth.tokenEndpoint, /moldable/, provider);
    }
  });

  it('names the file and the place that does not fit', () => {
    assert.throws(() => parseProvider('x.json', '{'), /registry\/x.json is not JSON/);
    assert.throws(
      () => parseProvider('x.json', '{"provider":"x"}'),
      /registry\/x.json does not fit[\s\S]*at capabilities/,
    );
    const notion = readFileSync(new URL('../../../registry/notion.json', import.meta.url), 'utf8');
    assert.throws(() => parseProvider('other.json', notion), /registry\/other.json holds the provider notion/);
    const extra = notion.replace('"provider":', '"surprise": 1, "provider":');
    assert.throws(() => parseProvider('notion.json', extra), /Unrecognized key: "surprise"/);
  });
});
