import assert from 'node:assert/strict';
import path from 'node:path';
import { describe, test } from 'node:test';
import { hostEnvironment } from './daemon-program.ts';

describe('the environment of a host that a client starts', () => {
  test('keeps what a host needs and our own variables, and nothing that bends Node, the loader or TLS (D4, G21)', () => {
    const kept = {
      HOME: '/h',
      PATH: '/bin',
      LC_ALL: 'C',
      XDG_RUNTIME_DIR: '/run',
      AIVAULT_PORT: '1',
      AIVAULT_KEY: 'k',
    };
    const left = {
      NODE_OPTIONS: '-r x',
      LD_PRELOAD: 'x',
      SSLKEYLOGFILE: 'x',
      HTTPS_PROXY: 'x',
      NODE_PATH: 'x',
      SECRET: 'x',
    };
    const steering = { AIVAULTD_DISABLE: '1', AIVAULTD_AUTOSTART: '0', AIVAULTD_SOCKET: 's', AIVAULT_TOKEN: 't' };
    assert.deepEqual(hostEnvironment({ ...kept, ...left, ...steering }), kept);
  });

  test('names files absolutely, because the host works in another folder', () => {
    const { AIVAULT_DIR, AIVAULT_DEV_CA_CERT_PATH } = hostEnvironment({
      AIVAULT_DIR: ' v ',
      AIVAULT_DEV_CA_CERT_PATH: 'ca.pem',
    });
    assert.equal(AIVAULT_DIR, path.resolve('v'));
    assert.equal(AIVAULT_DEV_CA_CERT_PATH, path.resolve('ca.pem'));
  });
});
