import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hostPaths, longestSocketPath } from './paths.ts';

const around = (environment: Record<string, string>) => ({
  environment,
  home: '/home/a',
  workingFolder: '/srv',
  uid: 7,
});

test('by default the key lives outside of the vault folder and the endpoint has its known port', () => {
  const paths = hostPaths(around({}));
  assert.equal(paths.vaultFolder, '/home/a/.aivault/data/vault');
  assert.equal(paths.defaultKeyFile, '/home/a/.aivault/keys/kek.key');
  assert.equal(paths.socket, '/home/a/.aivault/run/aivaultd.sock');
  assert.deepEqual([paths.chosenPort, paths.usualPort], [null, 19790]);
});

test('AIVAULT_DIR holds everything, may be relative, and is trimmed; its endpoint takes a free port', () => {
  const paths = hostPaths(around({ AIVAULT_DIR: ' test-vault ' }));
  for (const file of [
    paths.database,
    paths.audit,
    paths.lockFile,
    paths.defaultKeyFile,
    paths.stateFolder,
    paths.socket,
    paths.discoveryFile,
  ]) {
    assert.ok(file.startsWith('/srv/test-vault/'), file);
  }
  assert.deepEqual([paths.chosenPort, paths.usualPort], [null, 0]);
  assert.equal(hostPaths(around({ AIVAULT_DIR: '  ' })).usualPort, 19790);
});

test('AIVAULT_PORT wins, and what is no port is an error', () => {
  assert.equal(hostPaths(around({ AIVAULT_DIR: '/v', AIVAULT_PORT: '8080' })).chosenPort, 8080);
  for (const wrong of ['x', '-1', '70000', '80.5', '0x50', '123456']) {
    assert.throws(
      () => hostPaths(around({ AIVAULT_PORT: wrong })),
      { code: 'invalid_request', hint: /1 to 65535, or 0 for any free one/ },
      wrong,
    );
  }
  assert.equal(hostPaths(around({ AIVAULT_PORT: '0' })).chosenPort, 0);
});

test('a path that is too long for a socket address moves to a folder named after the vault', () => {
  const long = `/${'d'.repeat(120)}`;
  const one = hostPaths(around({ AIVAULT_DIR: long, XDG_RUNTIME_DIR: '/run/user/7' })).socket;
  const other = hostPaths(around({ AIVAULT_DIR: `${long}e`, XDG_RUNTIME_DIR: '/run/user/7' })).socket;
  assert.match(one, /^\/run\/user\/7\/aivault-7-[0-9a-f]{24}\/aivaultd\.sock$/);
  assert.notEqual(one, other);
  const longest = `/${'d'.repeat(longestSocketPath - '/run/aivaultd.sock'.length - 1)}`;
  assert.equal(hostPaths(around({ AIVAULT_DIR: longest })).socket, `${longest}/run/aivaultd.sock`);
  assert.equal(Buffer.byteLength(hostPaths(around({ AIVAULT_DIR: longest })).socket), longestSocketPath);
});
