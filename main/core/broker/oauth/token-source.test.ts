import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AivaultError } from '#contract/errors.ts';
import { auth as authSchema } from '#contract/schemas/auth.ts';
import { SecretMaterial } from '../../vault/secret-material.ts';
import type { CredentialView } from '../parties.ts';
import type { FormPost } from './token-request.ts';
import { createTokenSource, tokenDigest } from './token-source.ts';

// The endpoint and the vault are the edges here; the same source runs against oidc-provider in e2e/broker.

const start = Date.UTC(2026, 0, 1);

interface World {
  stored: Record<string, unknown>;
  readonly posts: FormPost[];
  readonly writes: Readonly<Record<string, unknown>>[];
  now: number;
  answer: (form: URLSearchParams) => { status: number; body: unknown } | Promise<{ status: number; body: unknown }>;
}

function world(stored: Record<string, unknown>, over: Record<string, unknown> = {}) {
  const state: World = {
    stored,
    posts: [],
    writes: [],
    now: start,
    answer: () => ({
      status: 200,
      body: { access_token: `at-${state.posts.length}`, expires_in: 3600, token_type: 'Bearer' },
    }),
  };
  const source = createTokenSource({
    async post(request) {
      state.posts.push({ ...request, body: Uint8Array.from(request.body) });
      const { status, body } = await state.answer(new URLSearchParams(Buffer.from(request.body).toString()));
      return { status, body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)) };
    },
    async replaceTokens(_credential, change) {
      state.writes.push(change);
      state.stored = { ...state.stored, ...change };
    },
    now: () => state.now,
  });
  const credential = {
    id: 'c',
    secretIds: { secret: 's1' },
    auth: authSchema.parse({
      kind: 'oauth2',
      grant: 'refresh_token',
      tokenEndpoint: 'https://id.example.com/token',
      scopes: ['mail.read', 'mail.send'],
      ...over,
    }),
  } as unknown as CredentialView;
  const reveal = () => ({
    fields: { secret: new SecretMaterial('s1', 1, Buffer.from(JSON.stringify(state.stored))) },
  });
  const accessToken = async (rejected?: string) => {
    const { fields } = await source.ready(credential, reveal, rejected);
    const stored = fields.secret!.use((bytes) => JSON.parse(Buffer.from(bytes).toString()) as Record<string, unknown>);
    return stored.accessToken ?? stored.access_token;
  };
  return { state, accessToken };
}

const confidential = { clientId: 'client-1', clientSecret: 'cs 1:%', refreshToken: 'rt-1', note: 'kept' };
const formOf = (post: FormPost) => new URLSearchParams(Buffer.from(post.body).toString());
const headerOf = (post: FormPost, name: string) => post.headers.find(([known]) => known === name)?.[1];

test('an expired token costs one call with Basic auth and a space-joined scope; the next use costs none (A07)', async () => {
  const { state, accessToken } = world(confidential);
  assert.equal(await accessToken(), 'at-1');
  assert.equal(await accessToken(), 'at-1');
  assert.equal(state.posts.length, 1);
  const form = formOf(state.posts[0]!);
  assert.deepEqual(Object.fromEntries(form), {
    grant_type: 'refresh_token',
    refresh_token: 'rt-1',
    scope: 'mail.read mail.send',
  });
  const basic = Buffer.from(headerOf(state.posts[0]!, 'authorization')!.slice(6), 'base64').toString();
  assert.equal(basic, 'client-1:cs+1%3A%25');
});

test('a public client sends its id and no Authorization (A08)', async () => {
  const { state, accessToken } = world({ client_id: 'public-1', refresh_token: 'rt-1' });
  await accessToken();
  assert.equal(headerOf(state.posts[0]!, 'authorization'), undefined);
  assert.equal(formOf(state.posts[0]!).get('client_id'), 'public-1');
});

test('a provider that only knows the form body gets id and secret there', async () => {
  const { state, accessToken } = world(confidential, { clientAuth: 'body' });
  await accessToken();
  assert.equal(headerOf(state.posts[0]!, 'authorization'), undefined);
  assert.equal(formOf(state.posts[0]!).get('client_secret'), 'cs 1:%');
});

test('a token that ends within the skew is refreshed ahead, one that lasts longer is used (A14)', async () => {
  const soon = world({ ...confidential, accessToken: 'old', accessTokenExpiresAtMs: start + 60_000 });
  assert.equal(await soon.accessToken(), 'at-1');
  const later = world({ ...confidential, accessToken: 'old', accessTokenExpiresAtMs: start + 600_000 });
  assert.equal(await later.accessToken(), 'old');
  assert.equal(later.state.posts.length, 0);
});

test('ten parallel uses of an expired token make one call (A16)', async () => {
  const { state, accessToken } = world(confidential);
  state.answer = async () => {
    await new Promise((resolve) => setTimeout(resolve, 20));
    return { status: 200, body: { access_token: 'shared', expires_in: 60, refresh_token: 'rt-2' } };
  };
  const tokens = await Promise.all(Array.from({ length: 10 }, () => accessToken()));
  assert.deepEqual(new Set(tokens), new Set(['shared']));
  assert.equal(state.posts.length, 1);
});

test('a rotated refresh token is written back in one change and used next time; unknown fields stay (G39)', async () => {
  const { state, accessToken } = world(confidential);
  state.answer = (form) => ({
    status: 200,
    body: { access_token: `for-${form.get('refresh_token')}`, expires_in: 3600, refresh_token: 'rt-2' },
  });
  assert.equal(await accessToken(), 'for-rt-1');
  assert.deepEqual(state.writes, [
    { accessToken: 'for-rt-1', accessTokenExpiresAtMs: start + 3_600_000, refreshToken: 'rt-2' },
  ]);
  state.now = start + 3_600_000;
  assert.equal(await accessToken(), 'for-rt-2');
  assert.equal(state.stored.note, 'kept');
});

test('the spelling a secret came with is the spelling it keeps, seconds stay seconds', async () => {
  const { state, accessToken } = world({
    client_id: 'c',
    refresh_token: 'r',
    access_token: 'old',
    expires_at: start / 1000 - 5,
  });
  await accessToken();
  assert.deepEqual(state.stored, {
    client_id: 'c',
    refresh_token: 'r',
    access_token: 'at-1',
    expires_at: start / 1000 + 3600,
  });
});

test('a token that an upstream rejected is replaced once, though it looks good (A13)', async () => {
  const { state, accessToken } = world({ ...confidential, accessToken: 'old', accessTokenExpiresAtMs: start + 9e6 });
  assert.equal(await accessToken(tokenDigest('old')), 'at-1');
  assert.equal(await accessToken(tokenDigest('old')), 'at-1', 'somebody else replaced it already');
  assert.equal(state.posts.length, 1);
});

test('an endpoint that gives the rejected token again is an error, not a loop', async () => {
  const { state, accessToken } = world(confidential);
  state.answer = () => ({ status: 200, body: { access_token: 'same', expires_in: 3600 } });
  await accessToken();
  await assert.rejects(accessToken(tokenDigest('same')), { code: 'auth_failed' });
  assert.equal(state.posts.length, 2);
});

test('answers that are none are refused without a word of their body (A11, S31)', async () => {
  const canary = 'rt-1-canary';
  for (const [status, body] of [
    [400, { error: 'invalid_grant', error_description: `token ${canary} is dead` }],
    [400, { error: canary }],
    [500, `<html>${canary}</html>`],
    [200, `not json ${canary}`],
    [200, { expires_in: 3600, canary }],
    [200, { access_token: canary }],
    [200, { access_token: `${canary}\r\nx: y`, expires_in: 3600 }],
    [200, { access_token: canary, expires_in: 3600, token_type: 'mac' }],
    [302, ''],
  ] as const) {
    const { state, accessToken } = world(confidential);
    state.answer = () => ({ status, body });
    await assert.rejects(accessToken(), (error) => {
      assert.ok(error instanceof AivaultError && error.code === 'auth_failed');
      assert.ok(!JSON.stringify([error, error.message, error.stack, String(error.cause)]).includes(canary));
      return true;
    });
    assert.deepEqual(state.writes, []);
  }
});

test('a known error word of the endpoint is repeated, so the operator knows what to do', async () => {
  const { state, accessToken } = world(confidential);
  state.answer = () => ({ status: 400, body: { error: 'invalid_grant' } });
  await assert.rejects(accessToken(), /HTTP 400 \(invalid_grant\)/);
});

test('a JWT without expires_in lasts as long as it says itself', async () => {
  const { state, accessToken } = world(confidential);
  const claims = Buffer.from(JSON.stringify({ exp: start / 1000 + 900 })).toString('base64url');
  state.answer = () => ({ status: 200, body: { access_token: `e30.${claims}.c2ln` } });
  await accessToken();
  assert.equal(state.writes[0]!.accessTokenExpiresAtMs, start + 900_000);
});

test('tokens shorter-lived than the skew are still used for half their life', async () => {
  const { state, accessToken } = world(confidential);
  state.answer = () => ({ status: 200, body: { access_token: `short-${state.posts.length}`, expires_in: 60 } });
  assert.equal(await accessToken(), 'short-1');
  state.now += 20_000;
  assert.equal(await accessToken(), 'short-1');
  state.now += 20_000;
  assert.equal(await accessToken(), 'short-2');
});

test('client_credentials needs no refresh token, but a secret', async () => {
  const { state, accessToken } = world({ clientId: 'c', clientSecret: 's' }, { grant: 'client_credentials' });
  assert.equal(await accessToken(), 'at-1');
  assert.equal(formOf(state.posts[0]!).get('grant_type'), 'client_credentials');
  const publicClient = world({ clientId: 'c' }, { grant: 'client_credentials' });
  await assert.rejects(publicClient.accessToken(), /clientSecret/);
});

test('an incomplete or plain-text secret asks nobody', async () => {
  for (const stored of [{ clientId: 'c' }, { refreshToken: 'r' }, {}]) {
    const { state, accessToken } = world(stored);
    await assert.rejects(accessToken(), { code: 'auth_failed' });
    assert.equal(state.posts.length, 0);
  }
});
