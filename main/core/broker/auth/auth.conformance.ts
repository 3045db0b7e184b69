import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { AivaultError } from '#contract/errors.ts';
import type { HeaderPair } from '#contract/proxied.ts';
import type { AuthKind } from '#contract/schemas/auth.ts';
import { SecretMaterial } from '../../vault/secret-material.ts';
import { formsOf } from '../redact/forms.ts';
import { redactText } from '../redact/text.ts';
import { strategies } from './strategies.ts';
import type { Applied, AuthInput, AuthOf, AuthStrategy, Fields } from './strategy.ts';

// The exam every auth kind sits.

export interface Sample<K extends AuthKind> {
  readonly auth: AuthOf<K>;
  /** Plain values per field, as the vault holds them. */
  readonly values: Readonly<Record<string, string>>;
  /** Everything in `values` that must never be seen. */
  readonly secrets: readonly string[];
  readonly identifiers?: readonly string[];
  /** Values that must be refused; each replaces `values`. */
  readonly unusable: readonly Readonly<Record<string, string>>[];
}

export const material = (values: Readonly<Record<string, string>>): Fields =>
  Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, new SecretMaterial(name, 1, Buffer.from(value))]),
  );

const callersHeaders: readonly HeaderPair[] = [
  ['content-type', 'application/json'],
  ['x-trace', 'one'],
];

export function inputOf<K extends AuthKind>(sample: Sample<K>, over: Partial<AuthInput<K>> = {}): AuthInput<K> {
  return {
    auth: sample.auth,
    fields: material(sample.values),
    identifiers: new Set(sample.identifiers),
    method: 'POST',
    host: 'api.example.com',
    path: '/v1/things/1',
    query: 'a=1&b=%20x',
    headers: callersHeaders,
    bodySha256: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    nowMs: Date.UTC(2026, 0, 2, 3, 4, 5),
    ...over,
  };
}

export const printed = (applied: Applied): string =>
  [applied.path, applied.query ?? '', ...applied.headers.map(([name, value]) => `${name}: ${value}`)].join('\n');

export function authConformance<K extends AuthKind>(kind: K, sample: Sample<K>): void {
  const strategy = strategies[kind] as unknown as AuthStrategy<K>;

  test(`${kind}: the caller's own path, query and headers arrive unchanged and in order`, async () => {
    const applied = await strategy.apply(inputOf(sample));
    assert.ok(applied.path.endsWith('/v1/things/1'));
    assert.ok(applied.query === 'a=1&b=%20x' || applied.query?.startsWith('a=1&b=%20x&'));
    assert.deepEqual(applied.headers.slice(0, callersHeaders.length), callersHeaders);
  });

  test(`${kind}: everything added is owned, so a caller cannot send it too (C8)`, async () => {
    const applied = await strategy.apply(inputOf(sample));
    const owned = [
      ...strategy.ownedHeaders(sample.auth),
      ...strategy.replacedHeaders(sample.auth),
      'x-amz-content-sha256',
    ];
    for (const [name] of applied.headers.slice(callersHeaders.length)) assert.ok(owned.includes(name), name);
    for (const name of owned) assert.equal(name, name.toLowerCase());
    const added = (applied.query ?? '').slice('a=1&b=%20x'.length);
    for (const [name] of new URLSearchParams(added)) assert.ok(strategy.ownedQuery(sample.auth).includes(name));
    const prefix = applied.path.slice(0, -'/v1/things/1'.length);
    if (prefix !== '') assert.ok(prefix.startsWith(strategy.ownedPath(sample.auth) ?? '/'));
  });

  test(`${kind}: an upstream that echoes the whole request gives no secret away (E1, E3, S29)`, async () => {
    const applied = await strategy.apply(inputOf(sample));
    const forms = formsOf(applied.injected);
    for (const echo of [printed(applied), JSON.stringify(printed(applied)), encodeURIComponent(printed(applied))]) {
      const seen = redactText(echo, forms);
      for (const secret of sample.secrets) {
        assert.ok(!seen.includes(secret), 'raw');
        assert.ok(!seen.includes(Buffer.from(secret).toString('base64').slice(0, -4)), 'base64');
      }
    }
  });

  test(`${kind}: what may be shown of the address holds no secret (A22)`, async () => {
    const shown = strategy.shown(sample.auth, { path: '/v1/things/1', query: 'a=1' });
    const applied = await strategy.apply(inputOf(sample, { query: 'a=1' }));
    for (const secret of sample.secrets) assert.ok(!inspect(shown).includes(secret));
    if (applied.path !== '/v1/things/1') assert.match(shown.path, /REDACTED.*\/v1\/things\/1$/);
    if (applied.query !== 'a=1') assert.match(shown.query!, /^a=1&.*REDACTED/);
  });

  test(`${kind}: no query before means no stray separator after`, async () => {
    const { query } = await strategy.apply(inputOf(sample, { query: null }));
    assert.doesNotMatch(query ?? 'x', /^[&?]|&&|&$|^$/);
  });

  test(`${kind}: values that do not fit are refused, and the refusal does not show them (S17)`, async () => {
    for (const values of [...sample.unusable, {}]) {
      const refused = (error: unknown) => {
        assert.ok(error instanceof AivaultError);
        assert.equal(error.code, 'auth_failed');
        const said = `${error.message} ${error.hint ?? ''} ${inspect(error, { depth: 9 })}`;
        for (const value of Object.values(values))
          assert.ok(value.length < 4 || !said.includes(value), 'value in error');
        return true;
      };
      await assert.rejects(async () => strategy.apply(inputOf(sample, { fields: material(values) })), refused);
      assert.throws(() => strategy.check(sample.auth, material(values)), refused);
    }
  });

  test(`${kind}: the stored material is read, not changed`, async () => {
    const fields = material(sample.values);
    const applied = await strategy.apply(inputOf(sample, { fields }));
    for (const part of applied.injected) part.fill(0);
    for (const [name, value] of Object.entries(sample.values)) {
      assert.equal(
        fields[name]!.use((bytes) => Buffer.from(bytes).toString()),
        value,
      );
    }
    strategy.check(sample.auth, fields);
  });
}
