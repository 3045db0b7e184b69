import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addressKind } from './address-check.ts';
import { resolveChecked } from './resolve.ts';

const never = [
  '0.0.0.0',
  '0.1.2.3',
  '100.64.0.1',
  '100.100.100.200',
  '100.127.255.255',
  '169.254.169.254',
  '169.254.0.1',
  '192.0.0.192',
  '192.0.2.1',
  '192.88.99.1',
  '198.18.0.1',
  '198.19.255.255',
  '198.51.100.7',
  '203.0.113.7',
  '224.0.0.1',
  '239.255.255.250',
  '240.0.0.1',
  '255.255.255.255',
  '168.63.129.16',
  '::',
  'fe80::1',
  'fe80::1%eth0',
  'febf::1',
  'ff02::1',
  'fec0::1',
  '2002:7f00:1::',
  '2002:a00:1::1',
  '2001::1',
  '2001:db8::1',
  '3fff::1',
  '5f00::1',
  '100::1',
  '64:ff9b::7f00:1',
  '64:ff9b::10.0.0.1',
  '64:ff9b:1::1',
  '::ffff:169.254.169.254',
  '::ffff:a9fe:a9fe',
  '::127.0.0.1',
  '::7f00:1',
  'fd00:ec2::254',
  'fd20:ce::254',
  'localhost',
  '',
  '2130706433',
  '0x7f000001',
  '127.1',
  '::ffff:0:127.0.0.1',
];
const local = [
  '127.0.0.1',
  '127.255.255.254',
  '10.0.0.1',
  '172.16.0.1',
  '172.31.255.255',
  '192.168.1.1',
  '::1',
  '0:0:0:0:0:0:0:1',
  'fc00::1',
  'fd12:3456::1',
  '::ffff:127.0.0.1',
  '::ffff:7f00:1',
  '::ffff:10.0.0.1',
];
const open = [
  '1.1.1.1',
  '8.8.8.8',
  '172.32.0.1',
  '100.128.0.1',
  '2606:4700::1111',
  '2a00:1450::1',
  '::ffff:8.8.8.8',
  '64:ff9b::808:808',
  '192.167.255.255',
];

test('C7 S34 knows every address that is not the public internet', () => {
  for (const address of never) assert.equal(addressKind(address), 'never', address);
  for (const address of local) assert.equal(addressKind(address), 'local', address);
  for (const address of open) assert.equal(addressKind(address), 'public', address);
});

test('C7 one bad address among good ones refuses the name', async () => {
  const hooks = { devResolve: new Map(), devCa: null };
  const to = { name: 'mixed.example.com', port: 443, allowLocal: false };
  const lookup = async () => [
    { address: '8.8.8.8', family: 4 as const },
    { address: '10.0.0.1', family: 4 as const },
  ];
  await assert.rejects(resolveChecked(to, hooks, lookup), { code: 'policy_violation' });
  assert.equal((await resolveChecked({ ...to, allowLocal: true }, hooks, lookup)).addresses.length, 2);
});

test('C7 an IP literal is checked without being looked up, in brackets too', async () => {
  const hooks = { devResolve: new Map(), devCa: null };
  const lookup = async () => assert.fail('looked up');
  for (const name of ['127.0.0.1', '[::1]', '::1', '169.254.169.254']) {
    await assert.rejects(resolveChecked({ name, port: 443, allowLocal: false }, hooks, lookup), {
      code: 'policy_violation',
    });
  }
  await assert.rejects(resolveChecked({ name: '169.254.169.254', port: 443, allowLocal: true }, hooks, lookup), {
    code: 'policy_violation',
  });
});

test('only port 443, unless the operator named a local service', async () => {
  const hooks = { devResolve: new Map(), devCa: null };
  const lookup = async () => [{ address: '8.8.8.8', family: 4 as const }];
  await assert.rejects(resolveChecked({ name: 'a.example.com', port: 8443, allowLocal: false }, hooks, lookup), {
    code: 'policy_violation',
  });
});
