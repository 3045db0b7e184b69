import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Input } from '#contract/call.ts';
import { AivaultError } from '#contract/errors.ts';
import type { OperationName } from '#contract/operations.ts';
import type { AuditEntry } from '#contract/schemas/audit.ts';
import type { PersonalScope } from '#contract/schemas/tokens.ts';
import { openTestCore, type TestCore } from '../core.fixture.ts';

// Path secrets as a personal token and the operator ask for them: what each scope opens, and what is written down of it.

const value = 'never-in-the-log-3f9c1e';
const day = 86_400_000;

describe('path secrets', () => {
  let core: TestCore;
  before(async () => {
    core = await openTestCore();
  });
  after(() => core.close());

  interface Bearer {
    readonly id: string;
    ask<N extends OperationName>(name: N, input: Input<N>): Promise<string>;
  }

  /** A token and how it asks: `done`, or the code it is refused with. */
  async function bearer(scopes: readonly PersonalScope[], paths: readonly string[] = [], ttlMs = day): Promise<Bearer> {
    const minted = await core.ask('tokens.createPersonal', {
      name: 't',
      scopes: [...scopes],
      paths: [...paths],
      ttlMs,
    });
    return {
      id: minted.id,
      async ask(name, input) {
        const answer = await core.core.ask(minted.token, name, () => input);
        return answer.ok ? 'done' : answer.error.error;
      },
    };
  }

  /** The entries an act leaves, without what every entry has. */
  async function entriesOf(act: () => Promise<unknown>): Promise<Partial<AuditEntry>[]> {
    const [last] = (await core.ask('audit.list', { limit: 1 })).entries;
    await act();
    const { entries } = await core.ask('audit.list', { limit: 100 });
    return entries
      .filter(({ seq }) => seq > (last?.seq ?? 0))
      .reverse()
      .map(({ seq: _seq, tsMs: _tsMs, ...rest }) => rest);
  }

  test('each scope opens its own acts and no other; reading includes listing', async () => {
    const opens: Record<PersonalScope, readonly string[]> = {
      'secrets:read': ['paths.read', 'paths.list', 'paths.describe', 'paths.versions'],
      'secrets:write': ['paths.write'],
      'secrets:list': ['paths.list', 'paths.describe', 'paths.versions'],
      'secrets:delete': ['paths.delete', 'paths.restore'],
      'secrets:rotate': ['paths.rotate'],
      'audit:read': ['audit.logs'],
    };
    const path = 'scopes/one';
    await core.ask('paths.write', { path, data: { value } });
    const acts: [OperationName, object][] = [
      ['paths.read', { path }],
      ['paths.list', {}],
      ['paths.describe', { path }],
      ['paths.versions', { path }],
      ['paths.write', { path, data: { value } }],
      ['paths.rotate', { path, generate: { value: { generator: 'hex' } } }],
      ['paths.delete', { path }],
      ['paths.restore', { path }],
      ['audit.logs', {}],
    ];
    for (const [scope, opened] of Object.entries(opens)) {
      const { ask } = await bearer([scope as PersonalScope]);
      for (const [name, input] of acts) {
        const expected = opened.includes(name) ? 'done' : 'policy_violation';
        assert.equal(await ask(name, input as Input<typeof name>), expected, `${name} with ${scope}`);
      }
    }
  });

  test('globs narrow every act on a path, and what a list shows', async () => {
    for (const path of ['globs/in/x', 'globs/in/deep/y', 'globs/out/z'])
      await core.ask('paths.write', { path, data: {} });
    const { ask } = await bearer(['secrets:read', 'secrets:write', 'secrets:delete'], ['globs/in/*']);
    for (const path of ['globs/in/deep/y', 'globs/out/z', 'globs/in', 'globs/out/none']) {
      for (const name of ['paths.read', 'paths.describe', 'paths.versions', 'paths.delete', 'paths.restore'] as const) {
        assert.equal(await ask(name, { path }), 'policy_violation', `${name} ${path}`);
      }
      assert.equal(await ask('paths.write', { path, data: {} }), 'policy_violation', `write ${path}`);
    }
    assert.equal(await ask('paths.read', { path: 'globs/in/x' }), 'done');
  });

  test('a token that expired or was revoked opens nothing', async () => {
    const short = await bearer(['secrets:read'], [], 60_000);
    assert.equal(await short.ask('paths.list', {}), 'done');
    core.clock.ms += 60_000;
    assert.equal(await short.ask('paths.list', {}), 'token_invalid');
    const gone = await bearer(['secrets:read']);
    await core.ask('tokens.revoke', { id: gone.id });
    assert.equal(await gone.ask('paths.list', {}), 'token_invalid');
  });

  test('a personal token lives 90 days unless told otherwise, and its last use is known', async () => {
    const minted = await core.ask('tokens.createPersonal', { name: 'usual', scopes: ['secrets:read'] });
    const facts = async () => (await core.ask('tokens.list', {})).tokens.find(({ id }) => id === minted.id)!;
    const before = await facts();
    assert.ok(Math.abs(before.expiresAtMs - before.createdAtMs - 90 * day) < 1_000);
    assert.equal(before.lastUsedAtMs, null);
    await core.core.ask(minted.token, 'paths.list', () => ({}));
    assert.ok((await facts()).lastUsedAtMs! >= before.createdAtMs);
  });

  test('I4 every act and every refusal is one entry: who, what, which path and version, and never a value', async () => {
    const all = await bearer(['secrets:read', 'secrets:write', 'secrets:delete'], ['log/**']);
    const lister = await bearer(['secrets:list']);
    const path = 'log/db';
    const write = { path, data: { value }, metadata: { description: value } };
    type Act = [who: Bearer, name: OperationName, input: object, left: Partial<AuditEntry>];
    const acts: Act[] = [
      [all, 'paths.write', write, { kind: 'path.write', outcome: 'done', secretPath: path, version: 1 }],
      [all, 'paths.write', write, { kind: 'path.write', outcome: 'done', secretPath: path, version: 2 }],
      [all, 'paths.read', { path }, { kind: 'path.read', outcome: 'done', secretPath: path, version: 2 }],
      [all, 'paths.read', { path, version: 1 }, { kind: 'path.read', outcome: 'done', secretPath: path, version: 1 }],
      [
        all,
        'paths.read',
        { path, version: 99 },
        { kind: 'path.read', outcome: 'failed', secretPath: path, version: 99, code: 'not_found' },
      ],
      [
        lister,
        'paths.read',
        { path, version: 1 },
        { kind: 'path.read', outcome: 'refused', secretPath: path, version: 1, code: 'policy_violation' },
      ],
      [
        all,
        'paths.read',
        { path: 'other/db' },
        { kind: 'path.read', outcome: 'refused', secretPath: 'other/db', code: 'policy_violation' },
      ],
      [all, 'paths.read', { path: `${value}!` }, { kind: 'path.read', outcome: 'failed', code: 'invalid_request' }],
      [
        all,
        'paths.write',
        { ...write, ifVersion: 7 },
        { kind: 'path.write', outcome: 'failed', secretPath: path, code: 'version_conflict' },
      ],
      [all, 'paths.list', { prefix: 'log/' }, { kind: 'path.list', outcome: 'done', secretPath: 'log/' }],
      [all, 'paths.list', {}, { kind: 'path.list', outcome: 'done' }],
      [all, 'paths.list', { prefix: `${value}!` }, { kind: 'path.list', outcome: 'done' }],
      [
        all,
        'paths.list',
        { cursor: 'made-up', prefix: 'log/' },
        { kind: 'path.list', outcome: 'failed', secretPath: 'log/', code: 'invalid_request' },
      ],
      [lister, 'paths.describe', { path }, { kind: 'path.describe', outcome: 'done', secretPath: path, version: 2 }],
      [lister, 'paths.versions', { path }, { kind: 'path.describe', outcome: 'done', secretPath: path }],
      [all, 'paths.delete', { path }, { kind: 'path.delete', outcome: 'done', secretPath: path }],
      [all, 'paths.write', write, { kind: 'path.write', outcome: 'failed', secretPath: path, code: 'already_exists' }],
      [all, 'paths.restore', { path }, { kind: 'path.restore', outcome: 'done', secretPath: path, version: 2 }],
      [all, 'paths.delete', { path, permanent: true }, { kind: 'path.destroy', outcome: 'done', secretPath: path }],
      [lister, 'audit.logs', {}, { kind: 'path.audit', outcome: 'refused', code: 'policy_violation' }],
    ];
    for (const [who, name, input, left] of acts) {
      const entries = await entriesOf(() => who.ask(name, input as Input<typeof name>));
      assert.deepEqual(
        entries,
        [{ ...left, actor: `agent:${who.id}`, tokenId: who.id }],
        `${name} ${JSON.stringify(left)}`,
      );
    }
    const writer = await bearer(['secrets:write']);
    assert.deepEqual(await entriesOf(() => writer.ask('paths.list', { prefix: 'log/' })), [
      {
        kind: 'path.list',
        actor: `agent:${writer.id}`,
        tokenId: writer.id,
        outcome: 'refused',
        secretPath: 'log/',
        code: 'policy_violation',
      },
    ]);
    assert.ok(!JSON.stringify(await core.ask('audit.list', { limit: 1000 })).includes(value));
  });

  test('a question of a known token that cannot be read is in the log as that token’s', async () => {
    const { token, id } = await core.ask('tokens.createPersonal', { name: 'odd', scopes: ['secrets:write'] });
    const entries = await entriesOf(() =>
      core.core.ask(token, 'paths.write', () => {
        throw new AivaultError('invalid_request', 'The body is not JSON.');
      }),
    );
    assert.deepEqual(entries, [
      { kind: 'personal.ask', actor: `agent:${id}`, tokenId: id, outcome: 'refused', code: 'invalid_request' },
    ]);
  });

  test('the operator reads with presence, and the log says who it was', async () => {
    await core.ask('paths.write', { path: 'mine', data: { value } });
    const entries = await entriesOf(() => core.ask('paths.read', { path: 'mine' }));
    assert.deepEqual(entries, [
      {
        kind: 'path.read',
        actor: 'operator:cli',
        outcome: 'done',
        secretPath: 'mine',
        version: 1,
        presence: 'none',
      },
    ]);
  });

  test('on a passphrase vault the operator proves presence to read, and the refusal names path and version', async () => {
    const passphrase = 'correct horse battery';
    const locked = await openTestCore({ choice: { provider: 'passphrase', passphrase } });
    await locked.ask('paths.write', { path: 'mine', data: { value } });
    const before = (await locked.ask('audit.list', { limit: 1 })).entries[0]!.seq;
    for (const who of [{}, { presence: { passphrase: 'wrong' } }, { presence: { confirmed: true as const } }]) {
      assert.equal((await locked.refusal('paths.read', { path: 'mine', version: 1 }, who)).code, 'presence_required');
    }
    assert.equal((await locked.refusal('paths.read', { path: `${value}!` })).code, 'invalid_request');
    const read = await locked.raw('paths.read', { path: 'mine' }, { presence: { passphrase } });
    assert.ok(read.ok);
    const { entries } = await locked.ask('audit.list', { limit: 10 });
    const facts = { kind: 'path.read', actor: 'operator:cli' };
    const refused = { ...facts, outcome: 'refused', secretPath: 'mine', version: 1, code: 'presence_required' };
    assert.deepEqual(
      entries.filter(({ seq }) => seq > before).map(({ seq: _seq, tsMs: _tsMs, ...rest }) => rest),
      [
        { ...facts, outcome: 'done', secretPath: 'mine', version: 1, presence: 'passphrase' },
        { ...facts, outcome: 'failed', code: 'invalid_request' },
        refused,
        refused,
        refused,
      ],
    );
    await locked.close();
  });

  test('a token that may rotate makes fields anew and neither chooses nor sees, adds nor removes one', async () => {
    const path = 'rotated/db';
    const data = { user: 'app', password: value, port: 5432 };
    await core.ask('paths.write', { path, data, metadata: { tags: ['db'] }, secretType: 'json', expiresIn: '30d' });
    const { ask, id } = await bearer(['secrets:rotate'], ['rotated/**']);
    const generate = { password: { generator: 'random', length: 40, charset: 'safe' } } as const;
    assert.deepEqual(await entriesOf(() => ask('paths.rotate', { path, generate, ifVersion: 1 })), [
      { kind: 'path.rotate', actor: `agent:${id}`, tokenId: id, outcome: 'done', secretPath: path, version: 2 },
    ]);
    const after = await core.ask('paths.read', { path });
    assert.deepEqual([after.version, after.secretType, after.metadata], [2, 'json', { tags: ['db'] }]);
    assert.deepEqual({ ...after.data, password: value }, data, 'the other fields stayed');
    assert.match(String(after.data.password), /^[a-zA-Z2-9]{40}$/);
    assert.ok(after.expiresAtMs !== null, 'its own duration began anew');
    assert.deepEqual((await core.ask('paths.read', { path, version: 1 })).data, data, 'the version before stays');

    assert.equal(await ask('paths.rotate', { path, generate, ifVersion: 1 }), 'version_conflict');
    assert.equal(await ask('paths.rotate', { path, generate: {} }), 'invalid_request');
    assert.equal(await ask('paths.rotate', { path, generate: { other: { generator: 'uuid' } } }), 'invalid_request');
    assert.equal(await ask('paths.rotate', { path: 'rotated/none', generate }), 'not_found');
    assert.equal(await ask('paths.rotate', { path: 'elsewhere', generate }), 'policy_violation');
    await core.ask('paths.delete', { path });
    assert.equal(await ask('paths.rotate', { path, generate }), 'not_found');
    await core.ask('paths.restore', { path });
    assert.equal((await core.ask('paths.describe', { path })).version, 2, 'what was refused wrote nothing');
  });

  test('a rotation does not bring back what is past its date; making every field anew does without it', async () => {
    const path = 'rotated/over';
    const [day, anew] = [86_400_000, { generator: 'hex' } as const];
    await core.ask('paths.write', { path, data: { key: value, other: 'old' }, secretType: 'json', expiresIn: '1d' });
    core.clock.ms += 2 * day;
    const { ask } = await bearer(['secrets:rotate'], ['rotated/**']);
    assert.equal(await ask('paths.rotate', { path, generate: { key: anew } }), 'expired');
    assert.equal((await core.ask('paths.describe', { path })).version, 1);
    assert.equal(await ask('paths.rotate', { path, generate: { key: anew, other: anew } }), 'done');
    assert.notEqual((await core.ask('paths.read', { path })).data.other, 'old');
  });

  test('a path secret is no broker secret, and a broker secret is no path: nothing names one as the other', async () => {
    const all = await bearer(['secrets:read', 'secrets:write', 'secrets:delete']);
    await core.ask('paths.write', { path: 'openai_api_key', data: { value } });
    assert.deepEqual((await core.ask('secrets.list', {})).secrets, [], 'what is called like a key is not one');
    assert.deepEqual((await core.ask('credentials.list', {})).credentials, []);
    for (const name of ['openai_api_key', 'path:openai_api_key', '/v1/secrets/openai_api_key']) {
      const input = { id: 'c', provider: 'acme', secretRef: `vault:secret:${name}`, hosts: ['api.acme.test'] };
      assert.equal((await core.refusal('credentials.create', input)).code, 'invalid_request', name);
    }
    const { secret } = await core.ask('secrets.create', { name: 'STRIPE_SECRET_KEY', value });
    for (const path of [secret.secretId, 'stripe_secret_key', `vault/${secret.secretId}`]) {
      assert.equal(await all.ask('paths.read', { path }), 'not_found', path);
      assert.equal(await all.ask('paths.versions', { path }), 'not_found', path);
      assert.equal(await all.ask('paths.delete', { path, permanent: true }), 'not_found', path);
    }
    const { secrets } = await core.ask('paths.list', {});
    assert.ok(!JSON.stringify(secrets).includes(secret.secretId));
    assert.equal((await core.ask('secrets.list', {})).secrets.length, 1, 'and it is still there');
  });
});
