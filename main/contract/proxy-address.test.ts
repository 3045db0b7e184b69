import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readProxyAddress, upstreamProxyFault } from './proxy-address.ts';

test('a proxy is a host and a port over http', () => {
  assert.deepEqual(readProxyAddress('http://Proxy.corp.example:3128'), { host: 'proxy.corp.example', port: 3128 });
  assert.deepEqual(readProxyAddress('http://127.0.0.1:8080/'), { host: '127.0.0.1', port: 8080 });
  assert.deepEqual(readProxyAddress('http://[::1]:8080'), { host: '::1', port: 8080 });
  assert.deepEqual(readProxyAddress('HTTP://proxy'), { host: 'proxy', port: 80 });
});

test('what asks for a password is refused by name, and nothing of it is repeated', () => {
  for (const text of [
    'http://me:hunter2@proxy:1',
    'https://hunter2@proxy',
    'hunter2@proxy:1',
    'socks5://a:hunter2@b',
  ]) {
    const fault = upstreamProxyFault(text);
    assert.match(fault ?? '', /user name or password/, text);
    assert.doesNotMatch(fault ?? '', /hunter2/);
  }
});

test('anything else is refused', () => {
  const wrong = [
    '',
    'None',
    'proxy:3128',
    'https://proxy:1',
    'socks5://proxy:1',
    'http://',
    'http://proxy:0',
    'http://p:65536',
  ];
  const odd = [
    'http://proxy:1/path',
    'http://proxy:1?x',
    'http://proxy:1#x',
    'http://a b:1',
    ' http://proxy:1',
    'http://p:1\r\n',
    'http://pröxy:1',
  ];
  for (const text of [...wrong, ...odd]) assert.notEqual(upstreamProxyFault(text), null, JSON.stringify(text));
  assert.match(upstreamProxyFault('nome') ?? '', /none or environment/);
  for (const text of ['none', 'environment', 'http://proxy:3128']) assert.equal(upstreamProxyFault(text), null);
});
