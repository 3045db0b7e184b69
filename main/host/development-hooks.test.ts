import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { readDevelopmentHooks } from './development-hooks.ts';

test('no hooks set means none, blank ones included', () => {
  assert.equal(readDevelopmentHooks({ PATH: '/bin', AIVAULT_DIR: '/v', AIVAULT_DEV_RESOLVE: ' ' }), null);
});

test('names resolve to addresses and ports, IPv6 in brackets', () => {
  const hooks = readDevelopmentHooks({ AIVAULT_DEV_RESOLVE: 'up.test=127.0.0.1:8443, API.openai.com=[::1]:9' });
  assert.deepEqual(
    [...hooks!.devResolve],
    [
      ['up.test', { address: '127.0.0.1', port: 8443 }],
      ['api.openai.com', { address: '::1', port: 9 }],
    ],
  );
  assert.equal(hooks!.devCa, null);
});

test('a hook that does not read is an error, never ignored', () => {
  for (const wrong of [
    'up.test',
    'up.test=127.0.0.1',
    'up.test=host:1',
    '=127.0.0.1:1',
    'a b=127.0.0.1:1',
    'a=127.0.0.1:99999',
  ]) {
    assert.throws(() => readDevelopmentHooks({ AIVAULT_DEV_RESOLVE: wrong }), { code: 'invalid_request' }, wrong);
  }
  assert.throws(() => readDevelopmentHooks({ AIVAULT_DEV_ALLOW_HTTP: '1' }), { code: 'invalid_request' });
});

test('the CA has to be a readable PEM certificate', () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'aivault-hooks-'));
  const file = path.join(folder, 'ca.pem');
  assert.throws(() => readDevelopmentHooks({ AIVAULT_DEV_CA_CERT_PATH: file }), { code: 'invalid_request' });
  fs.writeFileSync(file, 'no certificate');
  assert.throws(() => readDevelopmentHooks({ AIVAULT_DEV_CA_CERT_PATH: file }), { code: 'invalid_request' });
  fs.writeFileSync(file, '-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n');
  assert.match(readDevelopmentHooks({ AIVAULT_DEV_CA_CERT_PATH: file })!.devCa!, /BEGIN CERTIFICATE/);
  fs.rmSync(folder, { recursive: true });
});
