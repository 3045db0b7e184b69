import assert from 'node:assert/strict';
import { after, beforeEach, describe, test } from 'node:test';
import { openTestCore, type TestCore } from '../core.fixture.ts';

// In a suite of its own: hooks at the top of a file would run for every file of the process.
describe('credentials through dispatch', () => {
  let core: TestCore;
  beforeEach(async () => {
    await core?.close();
    core = await openTestCore();
  });
  after(() => core.close());

  const header = { kind: 'header', name: 'authorization', template: 'Bearer {{secret}}' } as const;
  const openAiKey = 'sk-proj-abcdefghijklmnopqrstuvwx';

  async function stored(name: string, value = 'some-value-01', more: object = {}): Promise<string> {
    const { secret } = await core.ask('secrets.create', { name, value, ...more });
    return `vault:secret:${secret.secretId}`;
  }
  const wish = (secretRef: string, more: object = {}) => ({
    id: 'c1',
    provider: 'p1',
    secretRef,
    auth: header,
    hosts: ['up.test'],
    ...more,
  });

  test('C13, G3 wildcards, paths, user info, ports and other odd hosts are refused at creation', async () => {
    const ref = await stored('K');
    const odd = [
      '*.up.test',
      'up.test/v1',
      'user@up.test',
      'up.test:8443',
      'up.test?x',
      'up.test#x',
      'up..test',
      '.up.test',
      'up.test.',
      'up',
      'üp.test',
      'up test',
      'https://up.test',
    ];
    for (const host of odd) {
      assert.equal(
        (await core.refusal('credentials.create', wish(ref, { hosts: [host] }))).code,
        'invalid_request',
        host,
      );
    }
    assert.deepEqual((await core.ask('credentials.list', {})).credentials, []);
  });

  test('S34, G19 this machine and private networks are refused in every spelling', async () => {
    const ref = await stored('K');
    const local = [
      'localhost',
      'LOCALHOST',
      'localhost.',
      'a.localhost',
      '127.0.0.1',
      '127.1',
      '2130706433',
      '0x7f000001',
      '0177.0.0.1',
      '10.1.2.3',
      '172.16.0.1',
      '192.168.1.1',
      '169.254.169.254',
      'metadata.google.internal',
      '[::1]',
      '::1',
      '[::ffff:127.0.0.1]',
      '0.0.0.0',
      'printer.local',
    ];
    for (const host of local) {
      assert.equal(
        (await core.refusal('credentials.create', wish(ref, { hosts: [host] }))).code,
        'policy_violation',
        host,
      );
    }
  });

  test('R04 a pinned secret serves its own provider only', async () => {
    const ref = await stored('OPENAI_API_KEY', openAiKey);
    assert.equal((await core.refusal('credentials.create', wish(ref))).code, 'policy_violation');
    await core.ask('credentials.create', wish(await stored('K')));
    await core.ask('capabilities.create', { id: 'p1/users', provider: 'p1', methods: ['GET'], paths: ['/v1/users'] });
    assert.equal(
      (await core.refusal('bindings.set', { capability: 'p1/users', secretRef: ref })).code,
      'policy_violation',
    );
  });

  test('R05, S19, C16 a pinned secret goes to the registry’s hosts only', async () => {
    const ref = await stored('OPENAI_API_KEY', openAiKey);
    const own = { id: 'mine', provider: 'openai', secretRef: ref };
    for (const host of ['evil.example.com', 'api.openai.com.exfil.io', 'xapi.openai.com', 'openai.com']) {
      assert.equal(
        (await core.refusal('credentials.create', { ...own, hosts: [host] })).code,
        'policy_violation',
        host,
      );
    }
    assert.equal(
      (await core.refusal('credentials.create', { ...own, hosts: ['api.openai.com/v1/other?z='] })).code,
      'invalid_request',
    );
    const made = await core.ask('credentials.create', { ...own, hosts: ['api.openai.com'] });
    assert.deepEqual(made.hosts, ['api.openai.com']);
    assert.equal(made.origin, 'registry');
  });

  test('S20, G1 auth and token endpoints of a registry provider cannot be overridden', async () => {
    const ref = await stored('OPENAI_API_KEY', openAiKey);
    const oauth = { kind: 'oauth2', grant: 'refresh_token', tokenEndpoint: 'https://evil.example.com/token' };
    const refusal = await core.refusal('credentials.create', {
      id: 'mine',
      provider: 'openai',
      secretRef: ref,
      auth: oauth,
    });
    assert.equal(refusal.code, 'policy_violation');
    await core.ask('credentials.delete', { id: 'openai' });
    const again = await core.refusal('credentials.create', {
      id: 'openai',
      provider: 'openai',
      secretRef: ref,
      auth: oauth,
    });
    assert.equal(again.code, 'already_exists');
  });

  test('a tenant of AWS signs for the region its host names, and another secret of a provider authenticates its own way', async () => {
    const keys = await stored(
      'AWS_S3_CREDENTIALS',
      '{"accessKeyId":"AKIA0123456789","secretAccessKey":"some-value-01"}',
    );
    const host = 's3.eu-west-1.amazonaws.com';
    const far = await core.ask('credentials.create', { id: 'far', provider: 'aws-s3', secretRef: keys, hosts: [host] });
    assert.deepEqual([far.auth, far.hosts], [{ kind: 'aws-sigv4', service: 's3', region: 'eu-west-1' }, [host]]);
    const oauth = await stored(
      'SPOTIFY_OAUTH',
      '{"clientId":"a","clientSecret":"some-value-02","refreshToken":"some-value-03"}',
    );
    const mine = await core.ask('credentials.create', { id: 'mine', provider: 'spotify', secretRef: oauth });
    assert.equal(mine.auth.kind, 'oauth2');
  });

  test('A10, A17, A04 OAuth endpoints off the credential’s hosts, unknown grants and double headers are refused', async () => {
    const ref = await stored('K');
    const oauth = (more: object) =>
      wish(ref, { auth: { kind: 'oauth2', grant: 'refresh_token', tokenEndpoint: 'https://up.test/token', ...more } });
    for (const tokenEndpoint of [
      'http://up.test/token',
      'https://other.test/token',
      'https://up.test:8443/token',
      'https://u:p@up.test/token',
    ]) {
      assert.equal(
        (await core.refusal('credentials.create', oauth({ tokenEndpoint }))).code,
        'invalid_request',
        tokenEndpoint,
      );
    }
    assert.equal(
      (await core.refusal('credentials.create', oauth({ grant: 'authorization_code' }))).code,
      'invalid_request',
    );
    const twice = {
      kind: 'multi-header',
      headers: [
        { name: 'X-A', template: '{{a}}' },
        { name: 'x-a', template: '{{b}}' },
      ],
    };
    assert.equal((await core.refusal('credentials.create', wish(ref, { auth: twice }))).code, 'invalid_request');
  });

  test('G14 what could fail at use fails at creation, and nothing of it is stored', async () => {
    const ref = await stored('K');
    const bad = [
      { auth: undefined },
      { hosts: [] },
      { auth: { kind: 'header', name: 'authorization', template: 'Bearer' } },
      { auth: { kind: 'header', name: 'content-length', template: '{{secret}}' } },
      { auth: { kind: 'path', prefix: 'bot{{secret}}' } },
      { groupId: 'g' },
      { upstreamPathPrefix: '/a/../b' },
      { id: 'UPPER' },
      { provider: 'Has Space' },
      { unknown: true },
    ];
    for (const more of bad) {
      assert.equal(
        (await core.refusal('credentials.create', wish(ref, more))).code,
        'invalid_request',
        JSON.stringify(more),
      );
    }
    assert.deepEqual((await core.ask('credentials.list', {})).credentials, []);
  });

  test('G9 an unpinned secret’s hosts are fixed by its first credential; another host needs its value again', async () => {
    const ref = await stored('K', 'the-real-value-1');
    await core.ask('credentials.create', wish(ref));
    const elsewhere = wish(ref, { id: 'c2', hosts: ['other.test'] });
    assert.equal((await core.refusal('credentials.create', elsewhere)).code, 'presence_required');
    assert.equal(
      (await core.refusal('credentials.create', { ...elsewhere, valueAgain: 'a-guess' })).code,
      'presence_required',
    );
    await core.ask('credentials.create', { ...elsewhere, valueAgain: 'the-real-value-1' });
    const [secret] = (await core.ask('secrets.list', {})).secrets;
    assert.deepEqual(secret?.hosts, ['other.test', 'up.test']);
  });

  test('G9 two first credentials at once: one fixes the hosts, the other is refused', async () => {
    const ref = await stored('K');
    const both = ['up.test', 'other.test'].map((host, i) =>
      core.raw('credentials.create', wish(ref, { id: `c${i}`, hosts: [host] })),
    );
    const codes = (await Promise.all(both)).map((result) => (result.ok ? 'done' : result.error.error));
    assert.deepEqual(codes.sort(), ['done', 'presence_required']);
    assert.equal((await core.ask('secrets.list', {})).secrets[0]?.hosts.length, 1);
  });

  test('G9 deleting the credential does not free the hosts of its secret', async () => {
    const ref = await stored('K');
    await core.ask('credentials.create', wish(ref));
    await core.ask('credentials.delete', { id: 'c1' });
    assert.equal(
      (await core.refusal('credentials.create', wish(ref, { hosts: ['other.test'] }))).code,
      'presence_required',
    );
  });

  test('C02 a workspace secret cannot be given to another workspace by a credential', async () => {
    const ref = await stored('K', 'some-value-01', { scope: { workspace: { workspace_id: 'w1' } } });
    assert.equal((await core.refusal('credentials.create', wish(ref, { workspaceId: 'w2' }))).code, 'policy_violation');
    const made = await core.ask('credentials.create', wish(ref));
    assert.equal(made.workspaceId, 'w1', 'left out, the secret’s own scope is meant');
  });

  test('G4 deleting a registry credential switches it off until it is enabled again', async () => {
    await stored('OPENAI_API_KEY', openAiKey);
    assert.equal((await core.ask('credentials.delete', { id: 'openai' })).removed, true);
    assert.equal((await core.ask('capabilities.describe', { id: 'openai/models' })).ready, false);
    await core.reopen();
    assert.equal((await core.ask('capabilities.describe', { id: 'openai/models' })).ready, false);
    await core.ask('credentials.setEnabled', { id: 'openai', enabled: true });
    assert.equal((await core.ask('capabilities.describe', { id: 'openai/models' })).ready, true);
  });

  test('deleting a credential that is not there says removed: false', async () => {
    assert.deepEqual(await core.ask('credentials.delete', { id: 'nobody' }), {
      id: 'nobody',
      removed: false,
      capabilities: [],
    });
  });

  test('deleting a credential names the capabilities that lose it, and not those another one still backs', async () => {
    await stored('OPENAI_API_KEY', openAiKey);
    const ref = await stored('K');
    await core.ask('credentials.create', wish(ref));
    await core.ask('credentials.create', wish(ref, { id: 'c2' }));
    const one = { provider: 'p1', methods: ['GET'], hosts: ['up.test'] };
    await core.ask('capabilities.create', { ...one, id: 'p1/tied', credential: 'c1', paths: ['/v1'] });
    await core.ask('capabilities.create', { ...one, id: 'p1/free', paths: ['/v2'] });
    assert.deepEqual((await core.ask('credentials.delete', { id: 'c1' })).capabilities, ['p1/tied']);
    assert.deepEqual((await core.ask('credentials.delete', { id: 'c2' })).capabilities, ['p1/free']);
    const { capabilities } = await core.ask('credentials.delete', { id: 'openai' });
    assert.equal(capabilities.length, 17);
    assert.ok(capabilities.includes('openai/models'));
    assert.deepEqual((await core.ask('credentials.delete', { id: 'openai' })).capabilities, [], 'it was off already');
  });

  for (const { provider, names, pattern, tenant } of [
    { provider: 'shopify', names: ['SHOPIFY_ACCESS_TOKEN'], pattern: 'myshopify.com', tenant: 'my-shop' },
    { provider: 'zendesk', names: ['ZENDESK_EMAIL', 'ZENDESK_API_TOKEN'], pattern: 'zendesk.com', tenant: 'acme' },
    { provider: 'jira', names: ['JIRA_EMAIL', 'JIRA_API_TOKEN'], pattern: 'atlassian.net', tenant: 'acme' },
    { provider: 'supabase', names: ['SUPABASE_SERVICE_ROLE_KEY'], pattern: 'supabase.co', tenant: 'abcdefghij' },
    { provider: 'mailchimp', names: ['MAILCHIMP_API_KEY'], pattern: 'api.mailchimp.com', tenant: 'us21' },
  ]) {
    test(`a tenant of ${provider} is named by its host and by nothing else, and only in the registry’s own pattern`, async () => {
      const refs: string[] = [];
      for (const name of names) refs.push(await stored(name, 'some-value-01@x'));
      assert.deepEqual((await core.ask('credentials.list', {})).credentials, [], 'no tenant, no credential');
      const own = { id: 'mine', provider, secretRef: refs.at(-1)! };
      assert.match((await core.refusal('credentials.create', own)).code, /^(invalid_request|policy_violation)$/);
      for (const host of [
        'evil.example.com',
        pattern,
        `a.b.${pattern}`,
        `${tenant}.${pattern}.evil.io`,
        `${tenant}${pattern}`,
      ]) {
        assert.equal(
          (await core.refusal('credentials.create', { ...own, hosts: [host] })).code,
          'policy_violation',
          host,
        );
      }
      const host = `${tenant}.${pattern}`;
      const overridden = { ...own, hosts: [host], auth: header };
      assert.equal((await core.refusal('credentials.create', overridden)).code, 'policy_violation');
      const made = await core.ask('credentials.create', { ...own, hosts: [host] });
      assert.deepEqual([made.hosts, made.origin, made.ready], [[host], 'registry', true]);
      assert.equal(made.secretIds.length, names.length);
      const { capabilities } = await core.ask('capabilities.list', { provider });
      assert.ok(capabilities.length > 0 && capabilities.every(({ ready }) => ready));
    });
  }

  test('a local service needs allowLocal, and only that', async () => {
    const ref = await stored('K');
    const made = await core.ask('credentials.create', wish(ref, { hosts: ['localhost:8080'], allowLocal: true }));
    assert.deepEqual(made.hosts, ['localhost:8080']);
    assert.equal(made.allowLocal, true);
  });

  test('derived ids never collide: dots, capitals and long names become a hash', async () => {
    const scopes = ['a.b', 'A-B', 'a-b', 'x'.repeat(60)].map((id) => ({ workspace: { workspace_id: id } }));
    for (const scope of scopes) await stored('OPENAI_API_KEY', openAiKey, { scope });
    const ids = (await core.ask('credentials.list', {})).credentials.map(({ id }) => id);
    assert.equal(new Set(ids).size, 4);
    assert.ok(ids.includes('openai.ws-a-b'));
    assert.ok(ids.every((id) => /^[a-z0-9][a-z0-9._-]{0,63}$/.test(id)));
  });

  test('headers beyond the base lists can be let through, but none that carry auth or steer', async () => {
    const ref = await stored('K');
    const bad = [
      'authorization',
      'cookie',
      'x-api-key',
      'x_api_key',
      'host',
      'x-forwarded-for',
      'x-forwarded-*',
      'x-*',
      'x-api-*',
      '*',
      'set-cookie',
    ];
    for (const name of bad) {
      for (const field of ['requestHeaders', 'responseHeaders']) {
        const refusal = await core.refusal('credentials.create', wish(ref, { [field]: [name] }));
        assert.equal(refusal.code, 'invalid_request', `${field} ${name}`);
      }
    }
    const lists = { requestHeaders: ['X-Acme-Version', 'x-acme-*'], responseHeaders: ['x-acme-cost'] };
    const made = await core.ask('credentials.create', wish(ref, lists) as never);
    assert.deepEqual(made.requestHeaders, ['x-acme-version', 'x-acme-*']);
    await core.reopen();
    assert.deepEqual((await core.ask('credentials.list', {})).credentials[0]?.responseHeaders, ['x-acme-cost']);
  });
});
