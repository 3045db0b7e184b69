import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createProxyRoute } from './proxy-route.ts';

const hostile = { HTTPS_PROXY: 'http://env:1', https_proxy: 'http://env:1', ALL_PROXY: 'http://all:1', NO_PROXY: '*' };

describe('the way out', () => {
  test('is straight, whatever the environment says', () => {
    assert.equal(createProxyRoute(() => 'none', hostile)('api.test', 443), null);
  });

  test('leads through the proxy that was named, whatever the environment says', () => {
    const route = createProxyRoute(() => 'http://10.0.0.5:3128', hostile);
    assert.deepEqual(route('api.test', 443), { host: '10.0.0.5', port: 3128 });
  });

  test('follows the environment where the setting says so: lower case first, and only for https', () => {
    const by = (environment: Record<string, string>) =>
      createProxyRoute(() => 'environment', environment)('api.test', 443);
    assert.deepEqual(by({ HTTPS_PROXY: 'http://upper:1', https_proxy: 'http://lower:2' }), { host: 'lower', port: 2 });
    assert.deepEqual(by({ HTTPS_PROXY: 'upper:1', https_proxy: ' ' }), { host: 'upper', port: 1 });
    for (const none of [{}, { HTTPS_PROXY: '' }, { HTTP_PROXY: 'http://p:1', ALL_PROXY: 'http://p:1' }])
      assert.equal(by(none), null, JSON.stringify(none));
  });

  test('is closed where the proxy cannot be used, and its password is in no error', () => {
    for (const text of ['http://me:hunter2@proxy:1', 'https://proxy:1', 'socks5://proxy:1', 'nonsense://']) {
      const route = createProxyRoute(() => 'environment', { HTTPS_PROXY: text });
      assert.throws(
        () => route('api.test', 443),
        (error: Error & { code?: string }) => {
          assert.equal(error.code, 'upstream_unreachable');
          assert.doesNotMatch(JSON.stringify(error) + error.message + error.stack, /hunter2/);
          return true;
        },
      );
    }
  });
});

describe('NO_PROXY', () => {
  const direct = (list: string, host: string, port = 443): boolean =>
    createProxyRoute(() => 'environment', { HTTPS_PROXY: 'http://p:1', NO_PROXY: list })(host, port) === null;

  test('names hosts with all below them, ports, addresses, or everything', () => {
    for (const [list, host, port] of [
      ['api.test', 'api.test'],
      ['API.test', 'api.test'],
      ['test', 'api.test'],
      ['.api.test', 'eu.api.test'],
      ['*.api.test', 'eu.api.test'],
      ['a.test, api.test b.test', 'b.test'],
      ['api.test:8443', 'api.test', 8443],
      ['93.184.216.34', '93.184.216.34'],
      ['2606:4700::1', '[2606:4700::1]'],
      ['[2606:4700::1]', '[2606:4700::1]'],
      ['*', 'api.test'],
    ] as const)
      assert.ok(direct(list, host, port), `${list} / ${host}`);
  });

  test('names nothing else: no part of a label, no other port, no range', () => {
    for (const [list, host, port] of [
      ['api.test', 'evilapi.test'],
      ['api.test', 'api.test.evil.example'],
      ['eu.api.test', 'api.test'],
      ['api.test:8443', 'api.test', 443],
      ['', 'api.test'],
      [' , ,', 'api.test'],
      ['.', 'api.test'],
      [':443', 'api.test'],
      ['93.184.216.0/24', '93.184.216.34'],
      ['2606:4700::', '[2606:4700::1]'],
    ] as const)
      assert.ok(!direct(list, host, port), `${list} / ${host}`);
  });

  test('says nothing about a proxy that the settings name', () => {
    const route = createProxyRoute(() => 'http://p:1', { NO_PROXY: '*' });
    assert.notEqual(route('api.test', 443), null);
  });
});
