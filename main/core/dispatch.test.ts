import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { z } from 'zod';
import type { Actor } from '#contract/call.ts';
import { type OperationName, operations } from '#contract/operations.ts';
import { openTestCore, type TestCore } from './core.fixture.ts';

// In a suite of its own: hooks at the top of a file would run for every file of the process.
describe('dispatch', () => {
  let core: TestCore;
  before(async () => {
    core = await openTestCore();
  });
  after(() => core.close());

  const names = Object.keys(operations) as OperationName[];
  const agent: Actor = { kind: 'agent', tokenId: 'tok_0123456789abcdef' };

  test('I8 an agent can ask no operator row, whatever it sends', async () => {
    const operatorRows = names.filter((name) => operations[name].access === 'operator');
    assert.ok(operatorRows.length > 40);
    for (const name of operatorRows) {
      for (const presence of [undefined, { confirmed: true as const }, { passphrase: 'x' }]) {
        const refusal = await core.refusal(name, {}, { actor: agent, ...(presence === undefined ? {} : { presence }) });
        assert.equal(refusal.code, 'operator_required', name);
      }
    }
  });

  test('I8 every refused attempt of an agent is in the audit log', async () => {
    await core.refusal('tokens.mint', {}, { actor: agent });
    await core.refusal('secrets.list', {}, { actor: agent });
    const { entries } = await core.ask('audit.list', { actor: 'agent:tok_0123456789abcdef', limit: 2 });
    assert.deepEqual(
      entries.map(({ kind, code }) => [kind, code]),
      [
        ['secrets.list', 'operator_required'],
        ['tokens.mint', 'operator_required'],
      ],
    );
  });

  test('I9 the rows that yield a token or a path secret are these three, and no other', () => {
    const yielding = names.filter((name) => 'yields' in operations[name] && operations[name].yields === true);
    assert.deepEqual(yielding.sort(), ['paths.read', 'tokens.createPersonal', 'tokens.mint']);
  });

  /** Field names whose content could be a secret's value or a key. */
  const dangerous =
    /^(value|values|secretValue|plaintext|plain|passphrase|password|key|newKey|token|accessToken|refreshToken|clientSecret|privateKey|ciphertext|sealed|dek|sha256)$/i;
  /** Strings that are addresses or public names, looked at one by one. */
  const looked = new Set([
    // where the key file lies
    'vault.status.paths.key',
    // a template such as `{{password}}`; the schema refuses a password itself
    'credentials.list.credentials.[].auth.|.password',
    'credentials.create.auth.|.password',
    'credentials.setEnabled.auth.|.password',
    // an upstream's header, redacted like the body
    'capabilities.try.headers.[].value',
    // whose request it is: an object of the token's id and name
    'approvals.list.waiting.[].token',
    'approvals.list.standing.[].token',
    'approvals.allow.standing.~.token',
    // the digest of the body its caller sent
    'approvals.list.waiting.[].body.~.sha256',
  ]);

  test('I9 no answer of any other row has a field that could hold a broker secret', () => {
    const found = names
      .filter((name) => !('yields' in operations[name]))
      .flatMap((name) => fieldsOf(operations[name].output, name))
      .filter(
        (field) =>
          dangerous.test(field.split('.').at(-1) ?? '') && !looked.has(field) && !looked.has(statusField(field)),
      );
    assert.deepEqual(found, []);
  });

  test('I9 a password written into a template is refused, so no list can show one', async () => {
    const { secret } = await core.ask('secrets.create', { name: 'BASIC', value: 'some-value-01' });
    const refusal = await core.refusal('credentials.create', {
      id: 'b1',
      provider: 'p1',
      secretRef: `vault:secret:${secret.secretId}`,
      auth: { kind: 'basic', username: 'me', password: 'hunter2-CANARY' },
      hosts: ['up.test'],
    });
    assert.equal(refusal.code, 'invalid_request');
    assert.ok(!JSON.stringify(refusal).includes('CANARY'));
  });

  test('I9 no answer about broker secrets is free-form: every object names its fields', () => {
    const free = names.flatMap((name) => looseObjects(operations[name].output, name));
    // What the owner of a path secret wrote about it; path secrets are not broker secrets.
    assert.deepEqual(free, ['paths.read.metadata', 'paths.describe.metadata']);
  });

  test('an unknown operation, a wrong type and unknown fields are invalid_request and never repeat what was sent', async () => {
    const canary = 'sk-CANARY-1234567890';
    const questions: [string, unknown][] = [
      [canary, {}],
      ['secrets.create', { name: 7, value: canary, [canary]: canary }],
      ['secrets.create', { name: 'A', value: canary, scope: canary }],
      ['secrets.create', canary],
      ['credentials.create', { id: canary, provider: canary, secretRef: canary, hosts: [canary] }],
      ['capabilities.create', { id: canary, methods: [canary], paths: [canary] }],
      ['vault.init', { choice: { provider: canary } }],
      ['audit.list', { limit: canary }],
    ];
    for (const [name, input] of questions) {
      const refusal = await core.refusal(name, input);
      assert.equal(refusal.code, 'invalid_request', name);
      assert.ok(!JSON.stringify(refusal).includes('CANARY'), name);
    }
  });

  test('every row has one imperative sentence and a handler that can be asked', async () => {
    for (const name of names) {
      assert.match(operations[name].summary, /^[A-Z][^.]*\.$|^[A-Z].*[.]$/, name);
      const result = await core.raw(name, { surely: 'not a field' });
      assert.ok(result.ok || result.error.error !== 'internal', name);
    }
  });

  test('rows that export, re-key, widen, allow a waiting request or mint a reading token need fresh presence', () => {
    const fresh = names.filter((name) => 'presence' in operations[name] && operations[name].presence === 'fresh');
    for (const name of [
      'backup.create',
      'vault.rotateMaster',
      'tokens.createPersonal',
      'registry.accept',
      'paths.read',
      'approvals.allow',
    ] as const) {
      assert.ok(fresh.includes(name), name);
    }
  });

  function statusField(field: string): string {
    return field.replace(/^[a-zA-Z]+\.[a-zA-Z]+\.paths\.key$/, 'vault.status.paths.key');
  }

  /** Dotted names of every field an output can have, `operation.field.field`. */
  function fieldsOf(schema: z.core.$ZodType, at: string): string[] {
    return walk(schema).flatMap(({ name, inner }) => [`${at}.${name}`, ...fieldsOf(inner, `${at}.${name}`)]);
  }

  function looseObjects(schema: z.core.$ZodType, at: string): string[] {
    const { def } = schema._zod;
    const here =
      def.type === 'any' || (def.type === 'object' && (def as z.core.$ZodObjectDef).catchall?._zod.def.type !== 'never')
        ? [at]
        : [];
    return [...here, ...walk(schema).flatMap(({ name, inner }) => looseObjects(inner, `${at}.${name}`))];
  }

  /** What is directly inside a schema: fields by name, list items and alternatives under a name of their own. */
  function walk(schema: z.core.$ZodType): { name: string; inner: z.core.$ZodType }[] {
    const def = schema._zod.def as { type: string } & Record<string, unknown>;
    const inner = (name: string, value: unknown) => ({ name, inner: value as z.core.$ZodType });
    switch (def.type) {
      case 'object':
        return Object.entries(def.shape as object).map(([name, value]) => inner(name, value));
      case 'array':
        return [inner('[]', def.element)];
      case 'record':
        return [inner('{}', def.valueType)];
      case 'union':
        return (def.options as unknown[]).map((option) => inner('|', option));
      case 'nullable':
      case 'optional':
      case 'default':
      case 'readonly':
      case 'nonoptional':
        return [inner('~', def.innerType)];
      case 'pipe':
        return [inner('~', def.out)];
      case 'lazy':
        return [];
      default:
        return [];
    }
  }
});
