import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';
import { auth as authSchema } from '#contract/schemas/auth.ts';
import { formsOf } from '../redact/forms.ts';
import { redacted } from '../redact/redactor.ts';
import { redactText } from '../redact/text.ts';
import { authConformance, inputOf, material, printed } from './auth.conformance.ts';
import { hmacInput } from './hmac.ts';
import { strategies } from './strategies.ts';

const key = 'sk-live-4eC39HqLyjWDarjtT1zdp7dc';
const controls = ['a\r\nx: y', 'abcd\nefgh', 'abcd\0efgh', 'trailing-newline\n'].map((secret) => ({ secret }));

authConformance('header', {
  auth: { kind: 'header', name: 'authorization', template: 'Bearer {{secret}}' },
  values: { secret: key },
  secrets: [key],
  unusable: controls,
});
authConformance('query', {
  auth: { kind: 'query', name: 'key', template: '{{secret}}' },
  values: { secret: `${key}&x=/+ %é` },
  secrets: [key],
  unusable: controls,
});
authConformance('path', {
  auth: { kind: 'path', prefix: '/bot{{secret}}' },
  values: { secret: '12345678:AAH-s3cr3t_token' },
  secrets: ['AAH-s3cr3t_token'],
  unusable: [
    ...controls,
    ...['ab/cdef', 'ab?cdef', 'ab#cdef', 'ab\\cdef', 'tab\tinside'].map((secret) => ({ secret })),
  ],
});
authConformance('basic', {
  auth: { kind: 'basic', username: '{{username}}', password: '{{password}}' },
  values: { username: 'AC0123456789abcdef', password: key },
  identifiers: ['username'],
  secrets: [key, `AC0123456789abcdef:${key}`],
  unusable: [
    { username: 'with:colon', password: key },
    { username: 'user', password: 'line\nbreak' },
    { secret: 'no-colon-anywhere' },
  ],
});
authConformance('multi-header', {
  auth: {
    kind: 'multi-header',
    headers: [
      { name: 'x-app', template: '{{ app }}' },
      { name: 'x-key', template: 'Key {{n.b}}' },
    ],
  },
  values: { secret: JSON.stringify({ app: 'app-0001-identity', n: { b: key } }) },
  secrets: [key, 'app-0001-identity'],
  unusable: [{ secret: 'not json' }, { secret: '{"app":"a"}' }, { secret: '{"app":"a\\nb","n":{"b":"c"}}' }],
});
authConformance('multi-query', {
  auth: {
    kind: 'multi-query',
    params: [
      { name: 'key', template: '{{key}}' },
      { name: 'token', template: 'T {{token}}' },
    ],
  },
  values: { key: 'trello-app-key-1', token: key },
  secrets: ['trello-app-key-1', key],
  unusable: [{ key: 'one' }, { key: 'a\nb', token: 'b' }],
});
authConformance('oauth2', {
  auth: {
    kind: 'oauth2',
    grant: 'refresh_token',
    tokenEndpoint: 'https://id.example.com/token',
    scopes: [],
    authorizationParameters: {},
    clientAuth: 'basic',
    headers: [{ name: 'account-id', template: '{{account_id}}' }],
  },
  values: { secret: JSON.stringify({ access_token: key, refresh_token: 'rt-0123456789', account_id: 'acc-1' }) },
  identifiers: ['account_id'],
  secrets: [key, 'rt-0123456789'],
  unusable: [{ secret: 'plain text' }, { secret: '[1]' }],
});
authConformance('aws-sigv4', {
  auth: { kind: 'aws-sigv4', service: 's3', region: 'us-east-1' },
  values: {
    secret: JSON.stringify({ accessKeyId: 'AKIDEXAMPLE', secretAccessKey: key, sessionToken: 'session-token-0001' }),
  },
  identifiers: ['accessKeyId'],
  secrets: [key, 'session-token-0001'],
  unusable: [
    { secret: 'plain' },
    { secret: '{"accessKeyId":"AK"}' },
    { secret: '{"accessKeyId":"A\\nK","secretAccessKey":"x"}' },
  ],
});
authConformance('hmac', {
  auth: { kind: 'hmac', algorithm: 'sha256', name: 'x-signature', template: 'sha256={{signature}}' },
  values: { secret: key },
  secrets: [key],
  unusable: [],
});

test('header: a template may name the secret twice (A01)', async () => {
  const { headers } = await strategies.header.apply(
    inputOf({
      auth: { kind: 'header', name: 'x', template: '{{secret}}/{{ secret }}' },
      values: { secret: 'ab' },
      secrets: [],
      unusable: [],
    }),
  );
  assert.deepEqual(headers.at(-1), ['x', 'ab/ab']);
});

test('header: a secret that is JSON is sent whole where the template says {{secret}}', async () => {
  const { headers } = await strategies.header.apply(
    inputOf({
      auth: { kind: 'header', name: 'x', template: '{{secret}}' },
      values: { secret: '{"secret":"in"}' },
      secrets: [],
      unusable: [],
    }),
  );
  assert.deepEqual(headers.at(-1), ['x', '{"secret":"in"}']);
});

test('basic: u and p become dTpw, from JSON and from user:password (A05)', async () => {
  for (const secret of ['{"username":"u","password":"p","more":1}', 'u:p']) {
    const { headers } = await strategies.basic.apply(
      inputOf({
        auth: { kind: 'basic', username: '{{username}}', password: '{{password}}' },
        values: { secret },
        secrets: [],
        unusable: [],
      }),
    );
    assert.deepEqual(headers.at(-1), ['authorization', 'Basic dTpw']);
  }
});

test('basic: an identifier stays readable, the pair and the password do not', async () => {
  const applied = await strategies.basic.apply(
    inputOf({
      auth: { kind: 'basic', username: '{{sid}}', password: '{{token}}' },
      values: { sid: 'AC0123456789', token: key },
      identifiers: ['sid'],
      secrets: [],
      unusable: [],
    }),
  );
  const forms = formsOf(applied.injected);
  assert.equal(redactText(`account AC0123456789 ${key}`, forms), `account AC0123456789 ${redacted}`);
  assert.match(redactText(printed(applied), forms), /authorization: Basic \[REDACTED\]$/);
});

test('path: a token with a colon keeps it, and a dot segment is refused (S14, S17)', async () => {
  const sample = {
    auth: { kind: 'path', prefix: '/bot{{secret}}' } as const,
    values: { secret: '123:ABC%' },
    secrets: [],
    unusable: [],
  };
  assert.equal((await strategies.path.apply(inputOf(sample))).path, '/bot123:ABC%25/v1/things/1');
  const bare = { ...sample, auth: { kind: 'path', prefix: '/{{secret}}' } as const, values: { secret: '..' } };
  await assert.rejects(async () => strategies.path.apply(inputOf(bare)), { code: 'auth_failed' });
});

test('hmac: the published pair of key and payload gives the published MAC (A19)', () => {
  const mac = createHmac('sha256', 'test-key').update('payload').digest('hex');
  assert.match(mac, /^ce216971.*6998$/);
});

test('hmac: method, path and the decoded, sorted query are covered, and the key is not sent (A19)', async () => {
  const sample = {
    auth: { kind: 'hmac', algorithm: 'sha512', name: 'x-sig', template: '{{keyId}}:{{signature}}' } as const,
    values: { secret: '{"secret":"test-key","keyId":"id-1"}' },
    secrets: [],
    unusable: [],
  };
  const input = inputOf(sample, { method: 'post', path: '/a%20b', query: 'z=1&a=%C3%A9&a=+' });
  assert.equal(hmacInput(input), 'POST\n/a%20b\na= &a=é&z=1');
  const expected = createHmac('sha512', 'test-key').update('POST\n/a%20b\na= &a=é&z=1').digest('hex');
  const applied = await strategies.hmac.apply(input);
  assert.deepEqual(applied.headers.at(-1), ['x-sig', `id-1:${expected}`]);
  assert.ok(!printed(applied).includes('test-key'));
});

test('aws-sigv4: a body signed with another key chunk by chunk is refused, a declared hash is kept', async () => {
  const sample = {
    auth: { kind: 'aws-sigv4', service: 's3', region: 'eu-west-1' } as const,
    values: { secret: '{"access_key_id":"AKIDEXAMPLE","secret_access_key":"x"}' },
    secrets: [],
    unusable: [],
  };
  const declared = (value: string) => inputOf(sample, { headers: [['x-amz-content-sha256', value]], bodySha256: null });
  await assert.rejects(async () => strategies['aws-sigv4'].apply(declared('STREAMING-AWS4-HMAC-SHA256-PAYLOAD')), {
    code: 'policy_violation',
  });
  const kept = await strategies['aws-sigv4'].apply(declared('a'.repeat(64)));
  assert.equal(kept.headers.filter(([name]) => name === 'x-amz-content-sha256').length, 1);
  assert.ok(kept.headers.some(([, value]) => value === 'a'.repeat(64)));
  const streamed = await strategies['aws-sigv4'].apply(inputOf(sample, { bodySha256: null }));
  assert.ok(streamed.headers.some(([, value]) => value === 'UNSIGNED-PAYLOAD'));
});

test('an unknown kind and the authorization_code grant are refused by the schema (A17, A23)', () => {
  assert.ok(!authSchema.safeParse({ kind: 'magic' }).success);
  const oauth2 = { kind: 'oauth2', grant: 'authorization_code', tokenEndpoint: 'https://id.example.com/t' };
  assert.ok(!authSchema.safeParse(oauth2).success);
  assert.ok(authSchema.safeParse({ ...oauth2, grant: 'client_credentials' }).success);
});

test('material prints as [secret] wherever it is printed', () => {
  assert.equal(`${material({ a: 'value' }).a}`, '[secret]');
});
