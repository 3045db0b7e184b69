import assert from 'node:assert/strict';
import { test } from 'node:test';
import { auth as authSchema } from '#contract/schemas/auth.ts';
import { checkAuth } from './check-auth.ts';

const check = (value: unknown, hosts: readonly string[] = ['api.example.com', 'id.example.com']) =>
  checkAuth(authSchema.parse(value), hosts);
const oauth2 = { kind: 'oauth2', grant: 'refresh_token', tokenEndpoint: 'https://id.example.com/token' };

test('a token endpoint on http, another host or another port is refused (A10, S20)', () => {
  check(oauth2);
  assert.ok(!authSchema.safeParse({ ...oauth2, tokenEndpoint: 'http://id.example.com/token' }).success);
  for (const tokenEndpoint of [
    'https://evil.example/token',
    'https://id.example.com:8443/token',
    'https://id.example.com.evil.example/token',
    'https://user@id.example.com/token',
    'https://id.example.com@evil.example/token',
    'https://id.example.com/token#x',
  ]) {
    assert.throws(() => check({ ...oauth2, tokenEndpoint }), { code: 'invalid_request' }, tokenEndpoint);
  }
  check({ ...oauth2, tokenEndpoint: 'https://idp.local:8443/token' }, ['idp.local:8443']);
});

test('headers that frame the message or pick its target cannot carry a credential', () => {
  for (const name of ['Host', 'content-length', 'transfer-encoding', 'connection', 'sec-websocket-key', 'te']) {
    assert.throws(() => check({ kind: 'header', name, template: '{{secret}}' }), { code: 'invalid_request' });
    const headers = [{ name, template: '{{secret}}' }];
    assert.throws(() => check({ kind: 'multi-header', headers }), { code: 'invalid_request' });
  }
  check({ kind: 'header', name: 'cookie', template: 'session={{secret}}' });
});

test('duplicate and blank header names are refused by the schema (A04)', () => {
  const headers = [
    { name: 'X-Key', template: '{{a}}' },
    { name: 'x-key', template: '{{b}}' },
  ];
  assert.ok(!authSchema.safeParse({ kind: 'multi-header', headers }).success);
  assert.ok(!authSchema.safeParse({ kind: 'header', name: ' ', template: '{{a}}' }).success);
});

test('an hmac template without its signature and a basic pair without a field are refused', () => {
  assert.throws(() => check({ kind: 'hmac', algorithm: 'sha256', name: 'x', template: '{{secret}}' }));
  assert.throws(() => check({ kind: 'basic', username: 'api', password: 'fixed' }));
  assert.throws(() => check({ kind: 'basic', username: 'a:b', password: '{{key}}' }));
  check({ kind: 'basic', username: 'api', password: '{{key}}' });
});

test('a path prefix keeps to its segments', () => {
  for (const prefix of ['/../{{secret}}', '/a//{{secret}}', '/%2e/{{secret}}']) {
    assert.throws(() => check({ kind: 'path', prefix }), { code: 'invalid_request' });
  }
  check({ kind: 'path', prefix: '/bot{{secret}}' });
});
