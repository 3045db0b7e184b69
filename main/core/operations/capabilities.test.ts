import assert from 'node:assert/strict';
import { after, beforeEach, describe, test } from 'node:test';
import { policyTable } from '../catalog/rows.ts';
import { openTestCore, type TestCore } from '../core.fixture.ts';

// In a suite of its own: hooks at the top of a file would run for every file of the process.
describe('capabilities, policies and bindings through dispatch', () => {
  let core: TestCore;
  beforeEach(async () => {
    await core?.close();
    core = await openTestCore();
  });
  after(() => core.close());

  const openAiKey = 'sk-proj-abcdefghijklmnopqrstuvwx';
  const own = { id: 'p1/users', provider: 'p1', methods: ['GET', 'POST'], paths: ['/v1/users'], hosts: ['up.test'] };

  async function withCredential(hosts = ['up.test']): Promise<void> {
    const { secret } = await core.ask('secrets.create', { name: 'K', value: 'some-value-01' });
    const auth = { kind: 'header', name: 'authorization', template: 'Bearer {{secret}}' } as const;
    await core.ask('credentials.create', {
      id: 'c1',
      provider: 'p1',
      secretRef: `vault:secret:${secret.secretId}`,
      auth,
      hosts,
    });
  }

  test('a path without parameters means itself and everything below; its default is the path', async () => {
    await withCredential();
    const made = await core.ask('capabilities.create', { ...own, methods: ['GET', 'POST'], hosts: [] });
    assert.deepEqual(made.paths, ['/v1/users/**']);
    assert.deepEqual(made.hosts, ['up.test']);
    const { defaults } = await core.ask('capabilities.describe', { id: 'p1/users' });
    assert.deepEqual(defaults, { method: null, path: '/v1/users' });
  });

  test('a capability of one’s own is ready with the credential it is tied to, also one of an alternative', async () => {
    await core.ask('secrets.create', { name: 'CODEX_OAUTH_JSON', value: '{"access_token":"codex-token-01"}' });
    const tied = { id: 'openai/mine', credential: 'openai.codex-oauth', methods: ['GET' as const], paths: ['/mine'] };
    assert.equal((await core.ask('capabilities.create', tied)).ready, true);
    assert.deepEqual((await core.ask('capabilities.describe', { id: tied.id })).credentials, [tied.credential]);
    // Not tied, it is the provider's plain key that opens it.
    const loose = { ...own, id: 'openai/loose', provider: 'openai', hosts: [] };
    assert.equal((await core.ask('capabilities.create', loose)).ready, false);
  });

  test('C13, C14 a capability has exactly one host of the strict grammar', async () => {
    await withCredential(['up.test', 'other.test']);
    for (const hosts of [['*.up.test'], ['up.test', 'other.test'], [], ['up.test/x']]) {
      assert.equal(
        (await core.refusal('capabilities.create', { ...own, hosts })).code,
        'invalid_request',
        String(hosts),
      );
    }
    assert.equal(
      (await core.refusal('capabilities.create', { ...own, hosts: ['127.0.0.1'] })).code,
      'policy_violation',
    );
    await core.ask('capabilities.create', { ...own, hosts: ['other.test'] });
    const tied = { ...own, id: 'p1/tied', credential: 'c1', hosts: ['third.test'] };
    assert.equal((await core.refusal('capabilities.create', tied)).code, 'policy_violation', 'C14');
  });

  test('R11 a registry id cannot be taken, nor an id twice', async () => {
    const registry = { ...own, id: 'openai/models', provider: 'openai', hosts: [] };
    assert.equal((await core.refusal('capabilities.create', registry)).code, 'already_exists');
    await core.ask('capabilities.create', own as never);
    assert.equal((await core.refusal('capabilities.create', own)).code, 'already_exists');
  });

  test('G55 a capability of one’s own over a registry provider has its own id, its host, and shows its origin', async () => {
    await core.ask('secrets.create', { name: 'OPENAI_API_KEY', value: openAiKey });
    const wide = { id: 'openai/all', provider: 'openai', methods: ['GET'], paths: ['/'] };
    assert.equal(
      (await core.refusal('capabilities.create', { ...wide, hosts: ['evil.test'] })).code,
      'policy_violation',
    );
    const made = await core.ask('capabilities.create', wide as never);
    assert.equal(made.origin, 'custom');
    assert.deepEqual(made.hosts, ['api.openai.com']);
    const [entry] = (await core.ask('audit.list', { kind: 'capabilities.create', outcome: 'done' })).entries;
    assert.equal(entry?.presence, 'none', 'a key file offers no proof, and the log says so');
  });

  test('G55, S43 over a registry provider it needs presence where the vault offers it', async () => {
    const guarded = await openTestCore({ choice: { provider: 'passphrase', passphrase: 'correct horse' } });
    try {
      await guarded.ask('vault.status', {});
      const wide = { id: 'openai/all', provider: 'openai', methods: ['GET'], paths: ['/'] };
      assert.equal((await guarded.refusal('capabilities.create', wide)).code, 'presence_required');
      const wrong = { presence: { passphrase: 'wrong' } };
      assert.equal((await guarded.refusal('capabilities.create', wide, wrong)).code, 'presence_required');
      await guarded.ask('capabilities.create', wide as never, { presence: { passphrase: 'correct horse' } });
    } finally {
      await guarded.close();
    }
  });

  test('neither provider nor credential, a foreign prefix and an unknown credential are refused', async () => {
    const { provider: _provider, ...bare } = own;
    assert.equal((await core.refusal('capabilities.create', bare)).code, 'invalid_request');
    assert.equal((await core.refusal('capabilities.create', { ...own, id: 'p2/users' })).code, 'invalid_request');
    assert.equal(
      (await core.refusal('capabilities.create', { ...own, credential: 'nobody' })).code,
      'credential_not_found',
    );
    assert.equal((await core.refusal('capabilities.create', { ...own, methods: [] })).code, 'invalid_request');
    assert.equal((await core.refusal('capabilities.create', { ...own, methods: ['TRACE'] })).code, 'invalid_request');
    assert.equal((await core.refusal('capabilities.create', { ...own, paths: ['v1/users'] })).code, 'invalid_request');
  });

  test('R10 describe works without a credential, names the secrets, and sets defaults only where they are unambiguous', async () => {
    const detail = await core.ask('capabilities.describe', { id: 'trello/boards' });
    assert.equal(detail.ready, false);
    assert.deepEqual(Object.keys(detail.setup?.requiredSecrets ?? {}), ['TRELLO_API_KEY', 'TRELLO_TOKEN']);
    const chat = await core.ask('capabilities.describe', { id: 'openai/moderation' });
    assert.deepEqual(chat.defaults, { method: 'POST', path: '/v1/moderations' });
  });

  test('describe gives the same request for the CLI, curl, Node and Python, without any key', async () => {
    const { examples } = await core.ask('capabilities.describe', { id: 'openai/chat-completions' });
    assert.deepEqual(
      examples.map(({ title }) => title),
      ['cli', 'curl', 'node', 'python'],
    );
    for (const { text } of examples) assert.match(text, /openai\/chat-completions/);
  });

  test('an unknown capability is told with the nearest ids', async () => {
    const refusal = await core.refusal('capabilities.describe', { id: 'openai/chat-completion' });
    assert.equal(refusal.code, 'capability_not_found');
    assert.match(refusal.hint ?? '', /openai\/chat-completions/);
  });

  test('what is no id is not repeated in the refusal', async () => {
    const refusal = await core.refusal('capabilities.describe', { id: 'sk-LIVE Secret!' });
    assert.ok(!`${refusal.message} ${refusal.hint}`.includes('LIVE'));
  });

  test('S25, G4 a disabled or deleted registry capability stays so until it is enabled', async () => {
    await core.ask('secrets.create', { name: 'OPENAI_API_KEY', value: openAiKey });
    const off = await core.ask('capabilities.setEnabled', { id: 'openai/models', enabled: false });
    assert.deepEqual([off.enabled, off.ready], [false, false]);
    const gone = await core.ask('capabilities.delete', { id: 'openai/files' });
    assert.deepEqual(gone, { id: 'openai/files', removedCapability: true, removedPolicy: false });
    await core.reopen();
    const { capabilities } = await core.ask('capabilities.list', { provider: 'openai', ready: true });
    assert.equal(capabilities.length, 15);
    await core.ask('capabilities.setEnabled', { id: 'openai/files', enabled: true });
    assert.equal((await core.ask('capabilities.list', { provider: 'openai', ready: true })).capabilities.length, 16);
  });

  test('deleting a capability of one’s own takes its policy with it; deleting nothing says so', async () => {
    await core.ask('capabilities.create', own as never);
    await core.ask('policies.set', { capability: 'p1/users', rateLimitPerMinute: 3 });
    const gone = await core.ask('capabilities.delete', { id: 'p1/users' });
    assert.deepEqual(gone, { id: 'p1/users', removedCapability: true, removedPolicy: true });
    assert.deepEqual(await core.ask('capabilities.delete', { id: 'p1/users' }), {
      id: 'p1/users',
      removedCapability: false,
      removedPolicy: false,
    });
  });

  test('P04 setting one limit keeps the others; null clears one; clear removes all', async () => {
    const capability = 'openai/models';
    await core.ask('policies.set', { capability, rateLimitPerMinute: 10, maxResponseBodyBytes: 5 });
    await core.ask('policies.set', { capability, maxRequestBodyBytes: 3, askOperator: true });
    const cleared = await core.ask('policies.set', { capability, maxResponseBodyBytes: null });
    assert.deepEqual(cleared.policy, {
      rateLimitPerMinute: 10,
      maxRequestBodyBytes: 3,
      maxResponseBodyBytes: null,
      responseBodyBlocklist: [],
      askOperator: true,
    });
    const { policy } = await core.ask('policies.clear', { capability });
    assert.deepEqual([policy.rateLimitPerMinute, policy.askOperator], [null, false]);
  });

  test('a policy from before a person could be asked asks nobody', () => {
    const before = { rateLimitPerMinute: 5, maxRequestBodyBytes: null, maxResponseBodyBytes: null };
    const row = policyTable.parse({ ...before, responseBodyBlocklist: [] });
    assert.deepEqual([row.rateLimitPerMinute, row.askOperator], [5, false]);
  });

  test('P05 blank entries of a blocklist are ignored', async () => {
    const capability = 'openai/models';
    const { policy } = await core.ask('policies.set', { capability, responseBodyBlocklist: ['$.email', ' ', ''] });
    assert.deepEqual(policy.responseBodyBlocklist, ['$.email']);
    await core.ask('policies.clear', { capability });
  });

  test('G62 a policy reaches registry capabilities, and refuses unknown ones and odd blocklist entries', async () => {
    assert.equal(
      (await core.refusal('policies.set', { capability: 'openai/nothing', rateLimitPerMinute: 1 })).code,
      'capability_not_found',
    );
    assert.equal(
      (await core.refusal('policies.set', { capability: 'openai/models', responseBodyBlocklist: ['$.a['] })).code,
      'invalid_request',
    );
    assert.equal(
      (await core.refusal('policies.set', { capability: 'openai/models', rateLimitPerMinute: -1 })).code,
      'invalid_request',
    );
  });

  test('a binding is refused where no credential could ever serve it, and works where the registry says how', async () => {
    const { secret } = await core.ask('secrets.create', { name: 'ELSEWHERE', value: 'some-value-01' });
    const secretRef = `vault:secret:${secret.secretId}`;
    const auth = { kind: 'header', name: 'authorization', template: 'Bearer {{secret}}' } as const;
    const custom = { provider: 'p9', secretRef, auth, hosts: ['up.test'], workspaceId: 'staging' };
    await core.ask('credentials.create', { ...custom, id: 'c9' });
    const capability = { id: 'p9/users', provider: 'p9', methods: ['GET'], paths: ['/v1'], hosts: ['up.test'] };
    await core.ask('capabilities.create', capability);
    const place = (id: string) => ({ workspace: { workspace_id: id } });
    const bind = { capability: 'p9/users', secretRef };
    assert.equal((await core.refusal('bindings.set', { ...bind, scope: place('other') })).code, 'credential_not_found');
    assert.equal((await core.refusal('bindings.set', bind)).code, 'credential_not_found');
    await core.ask('bindings.set', { ...bind, scope: place('staging') });
  });

  test('bindings are listed by what they are for, and a binding is replaced by the next for the same key', async () => {
    await withCredential();
    await core.ask('capabilities.create', own as never);
    const [{ secretId } = { secretId: '' }] = (await core.ask('secrets.list', {})).secrets;
    const secretRef = `vault:secret:${secretId}`;
    await core.ask('bindings.set', { capability: 'p1/users', secretRef });
    await core.ask('bindings.set', { capability: 'p1/users', secretRef });
    await core.ask('bindings.set', { capability: 'p1/users', secretRef, consumer: 'ci' });
    assert.equal((await core.ask('bindings.list', { capability: 'p1/users' })).bindings.length, 2);
    assert.deepEqual((await core.ask('bindings.list', { consumer: 'ci' })).bindings[0]?.secretRef, secretRef);
    assert.equal((await core.ask('bindings.remove', { capability: 'p1/users', consumer: 'ci' })).removed, true);
    assert.equal((await core.ask('bindings.remove', { capability: 'p1/users', consumer: 'ci' })).removed, false);
  });
});
