import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { lintRegistry } from './lint.ts';
import { registry } from './load.ts';
import type { Provider, ProviderCapability } from './schema.ts';

const read: ProviderCapability = {
  id: 'acme/things',
  summary: 'Read things.',
  methods: ['GET'],
  paths: ['/things/**'],
  exclude: [],
  effect: 'read',
  example: { method: 'GET', path: '/things/1' },
};
const remove: ProviderCapability = {
  ...read,
  id: 'acme/keys',
  methods: ['GET', 'DELETE'],
  paths: ['/things/{id}/keys'],
  effect: 'destructive',
  example: { method: 'DELETE', path: '/things/1/keys' },
};

function acme(capabilities: ProviderCapability[], change: Partial<Provider> = {}): Provider {
  const { secrets } = registry().byName('notion')!;
  return {
    $schema: './schema.json',
    provider: 'acme',
    name: 'Acme',
    category: 'data',
    docsUrl: 'https://acme.example/docs',
    keysUrl: 'https://acme.example/keys',
    secrets: [{ ...secrets[0]!, name: 'ACME_TOKEN' }],
    auth: { kind: 'header', name: 'x-key', template: '{{secret}}' },
    hosts: ['api.acme.example'],
    alternateHosts: [],
    alternatives: [],
    requestHeaders: [],
    responseHeaders: [],
    sdk: [],
    capabilities,
    source: { kind: 'knowledge', checkedOn: '2026-11-20' },
    ...change,
  };
}

const rules = (...providers: Provider[]) =>
  lintRegistry(providers).map((finding) => `${finding.rule}: ${finding.text}`);
const only = (capability: Partial<ProviderCapability>) => rules(acme([{ ...read, ...capability }]));

describe('the linter', () => {
  it('finds nothing wrong with a provider that is right', () => {
    assert.deepEqual(rules(acme([{ ...read, exclude: ['/things/{id}/keys'] }, remove])), []);
  });

  it('R13, G17: finds a wider capability that admits what belongs to a stronger one', () => {
    const [finding] = rules(acme([read, remove]));
    assert.match(finding ?? '', /^overlap: GET \/things\/\{x\}\/keys belongs to acme\/keys \(destructive\) too/);
  });

  it('S07 knows that an exclusion takes out paths with an encoded slash too, as policy does', () => {
    const files: ProviderCapability = {
      ...read,
      id: 'acme/files',
      paths: ['/things/{id}/files/{path%2F}'],
      effect: 'write',
    };
    const example = { method: 'GET', path: '/a/1/files/b' } as const;
    const wide: ProviderCapability = { ...read, paths: ['/{kind}/{id}/files/{path%2F}'], example };
    assert.equal(rules(acme([wide, files])).filter((found) => found.startsWith('overlap')).length, 1);
    assert.deepEqual(
      rules(acme([{ ...wide, exclude: ['/things/**'] }, files])).filter((found) => found.startsWith('overlap')),
      [],
    );
  });

  it('sees that an exclusion for another method does not help', () => {
    const wide: ProviderCapability = {
      ...read,
      methods: ['GET', 'DELETE'],
      effect: 'write',
      exclude: ['GET /things/{id}/keys'],
    };
    assert.match(rules(acme([wide, remove]))[0] ?? '', /^overlap: DELETE/);
  });

  it('sees no overlap between capabilities of different hosts', () => {
    const hosts = ['api.acme.example', 'keys.acme.example'];
    assert.deepEqual(rules(acme([read, { ...remove, host: 'keys.acme.example' }], { hosts })), []);
  });

  it('finds a host outside the provider’s list, and one that nothing uses', () => {
    assert.match(only({ host: 'evil.example' })[0] ?? '', /^host: nothing uses the host api.acme.example/);
    assert.match(only({ host: 'evil.example' })[1] ?? '', /^host: its host evil.example is not in the provider's list/);
  });

  it('finds keys and money in a capability that is not destructive', () => {
    for (const path of [
      '/api_keys',
      '/v1/payouts',
      '/projects/{id}/service-accounts',
      '/payments/{id}:refund/refunds',
    ]) {
      const findings = only({
        methods: ['POST'],
        paths: [path],
        effect: 'write',
        example: { method: 'POST', path: path.replace('{id}', '1') },
      });
      assert.match(findings[0] ?? path, /^danger: POST/);
    }
    assert.deepEqual(only({ paths: ['/api_keys'], example: { method: 'GET', path: '/api_keys' } }), []);
  });

  it('finds a reading capability that can delete', () => {
    assert.match(only({ methods: ['GET', 'DELETE'] })[0] ?? '', /^effect: it says read, but allows DELETE/);
  });

  it('finds an example that its own policy would refuse', () => {
    const refused: [Partial<ProviderCapability>, RegExp][] = [
      [{ example: { method: 'POST', path: '/things' } }, /uses POST/],
      [{ example: { method: 'GET', path: '/thingsx' } }, /would refuse/],
      [{ exclude: ['/things/1'] }, /would refuse/],
      [{ example: { method: 'GET', path: '/things/{id}' } }, /still holds a parameter/],
      [{ example: { method: 'GET', path: '/things/ä' } }, /percent-encoded/],
      [{ example: { method: 'GET', path: '/things', body: {} } }, /no body/],
      [{ example: { method: 'GET', path: '/things', headers: { Authorization: 'x' } } }, /authorization header/],
    ];
    for (const [change, expected] of refused) assert.match(only(change).join('\n'), expected);
  });

  it('finds patterns that nothing can reach and exclusions that take nothing out', () => {
    assert.match(
      only({ paths: ['/things/**', '/things/{id}'] })[0] ?? '',
      /^unreachable: \/things\/\{id\} adds nothing/,
    );
    assert.match(
      only({ paths: ['/things/**', '/old'], exclude: ['/old'] })[0] ?? '',
      /^unreachable: \/old is excluded again/,
    );
    assert.match(only({ exclude: ['/other'] })[0] ?? '', /^exclusion: \/other takes nothing out/);
    assert.match(only({ exclude: ['POST /things/{id}'] })[0] ?? '', /^exclusion: POST .* not allowed anyway/);
  });

  it('finds a secret that two providers claim', () => {
    const second = acme([{ ...read, id: 'beta/things' }], { provider: 'beta' });
    assert.match(rules(acme([read]), second)[0] ?? '', /^secret: secret ACME_TOKEN is already acme's/);
  });

  it('finds a key that calls itself an identifier, which redaction would let through', () => {
    const provider = acme([read]);
    const secrets = provider.secrets.map((secret) => ({ ...secret, identifier: true }));
    assert.match(rules({ ...provider, secrets })[0] ?? '', /^secret: ACME_TOKEN is no identifier/);
  });

  it('finds template fields that no secret has, and secrets that no template uses', () => {
    const auth = { kind: 'header', name: 'x-key', template: '{{token}}' } as const;
    assert.match(rules(acme([read], { auth })).join('\n'), /template: \{\{token\}\} is no field/);
    assert.match(rules(acme([read], { auth })).join('\n'), /ACME_TOKEN is asked for, but no template uses/);
  });

  it('finds request headers that are the broker’s own', () => {
    for (const header of ['x-key', 'x-*', 'authorization', 'cookie', 'x-forwarded-for']) {
      assert.match(rules(acme([read], { requestHeaders: [header] }))[0] ?? header, /^header: .* is the broker's own/);
    }
  });
});
