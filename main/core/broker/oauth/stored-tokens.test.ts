import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SecretMaterial } from '../../vault/secret-material.ts';
import { connectedObject } from './stored-tokens.ts';

test('an account that is connected again keeps what else its secret held, digit by digit (G39)', () => {
  const text = '{"client_id":"old","tenant":12345678901234567890,"share":0.10,"refresh_token":"r1"}';
  const fields = { secret: new SecretMaterial('s', 1, Buffer.from(text)) };
  const fresh = { accessToken: 'a', expiresAtMs: 1_800_000_000_000, refreshToken: 'r2' };
  assert.equal(
    JSON.stringify(connectedObject(fields, { id: 'new', secret: null }, fresh)),
    '{"client_id":"new","tenant":12345678901234567890,"share":0.10,"refresh_token":"r2","accessToken":"a","accessTokenExpiresAtMs":1800000000000}',
  );
});
