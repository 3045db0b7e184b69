import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hostEnvironment } from './daemon-program.ts';

test('D4, G21: no proxy, CA, loader or debugger setting of the caller reaches a host it starts', () => {
  const hostile = [
    'HTTPS_PROXY',
    'HTTP_PROXY',
    'ALL_PROXY',
    'https_proxy',
    'NO_PROXY',
    'NODE_OPTIONS',
    'NODE_PATH',
    'NODE_EXTRA_CA_CERTS',
    'NODE_TLS_REJECT_UNAUTHORIZED',
    'NODE_USE_ENV_PROXY',
    'NODE_DEBUG',
    'SSLKEYLOGFILE',
    'SSL_CERT_FILE',
    'SSL_CERT_DIR',
    'LD_PRELOAD',
    'LD_LIBRARY_PATH',
    'DYLD_INSERT_LIBRARIES',
    'OPENSSL_CONF',
    'ELECTRON_RUN_AS_NODE',
    'AIVAULT_TOKEN',
    'AIVAULTD_SOCKET',
    'OPENAI_API_KEY',
  ];
  const caller = Object.fromEntries(hostile.map((name) => [name, 'evil']));
  assert.deepEqual(hostEnvironment({ ...caller, HOME: '/home/me', AIVAULT_DIR: '/v' }), {
    HOME: '/home/me',
    AIVAULT_DIR: '/v',
  });
});
