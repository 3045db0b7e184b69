import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { inputOf, type Sample } from './auth.conformance.ts';
import { strategies } from './strategies.ts';
import type { AuthInput } from './strategy.ts';

// Published vectors: the AWS Signature Version 4 test suite (service `service`) and the worked examples of the S3 API
// reference, "Authenticating Requests: Using the Authorization Header".

const key = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' };
const s3Key = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY' };
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

async function signed(
  service: string,
  secret: object,
  over: Partial<AuthInput<'aws-sigv4'>>,
): Promise<Map<string, string>> {
  const sample: Sample<'aws-sigv4'> = {
    auth: { kind: 'aws-sigv4', service, region: 'us-east-1' },
    values: { secret: JSON.stringify(secret) },
    secrets: [],
    unusable: [],
  };
  const basis = { method: 'GET', path: '/', query: null, headers: [], bodySha256: sha256('') } as const;
  const { headers } = await strategies['aws-sigv4'].apply(inputOf(sample, { ...basis, ...over }));
  return new Map(headers);
}

const suite: readonly [name: string, over: Partial<AuthInput<'aws-sigv4'>>, signature: string][] = [
  ['get-vanilla', {}, '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31'],
  [
    'get-vanilla-query-order-key-case',
    { query: 'Param2=value2&Param1=value1' },
    'b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500',
  ],
  [
    'get-vanilla-query-unreserved',
    {
      query: `${['-._~', '0123456789', 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'abcdefghijklmnopqrstuvwxyz'].join('')}=-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz`,
    },
    '9c3e54bfcdf0b19771a7f523ee5669cdf59bc7cc0884027167c21bb143a40197',
  ],
  [
    'get-unreserved',
    { path: '/-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz' },
    '07ef7494c76fa4850883e2b006601f940f8a34d404d0cfa977f52a65bbf5f24f',
  ],
  ['post-vanilla', { method: 'POST' }, '5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b'],
  [
    'post-x-www-form-urlencoded',
    {
      method: 'POST',
      headers: [['content-type', 'application/x-www-form-urlencoded']],
      bodySha256: sha256('Param1=value1'),
    },
    'ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a',
  ],
];

for (const [name, over, signature] of suite) {
  test(`AWS test suite ${name}`, async () => {
    const headers = await signed('service', key, {
      host: 'example.amazonaws.com',
      nowMs: Date.UTC(2015, 7, 30, 12, 36, 0),
      ...over,
    });
    assert.equal(headers.get('authorization')?.split('Signature=')[1], signature);
    assert.equal(headers.get('x-amz-date'), '20150830T123600Z');
    assert.equal(headers.get('x-amz-content-sha256'), undefined);
  });
}

test('AWS test suite post-sts-header-before: the session token is sent and signed', async () => {
  const sessionToken =
    'AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwAeMicRXmxfpSPfIeoIYRqTflfKD8YUuwthAx7mSEI/qkPpKPi/kMcGdQrmGdeehM4IC1NtBmUpp2wUE8phUZampKsburEDy0KPkyQDYwT7WZ0wq5VSXDvp75YU9HFvlRd8Tx6q6fE8YQcHNVXAkiY9q6d+xo0rKwT38xVqr7ZD0u0iPPkUL64lIZbqBAz+scqKmlzm8FDrypNC9Yjc8fPOLn9FX9KSYvKTr4rvx3iSIlTJabIQwj2ICCR/oLxBA==';
  const headers = await signed(
    'service',
    { ...key, sessionToken },
    {
      host: 'example.amazonaws.com',
      method: 'POST',
      nowMs: Date.UTC(2015, 7, 30, 12, 36, 0),
    },
  );
  assert.equal(headers.get('x-amz-security-token'), sessionToken);
  assert.equal(
    headers.get('authorization')?.split('Signature=')[1],
    '85d96828115b5dc0cfc3bd16ad9e210dd772bbebba041836c64533a82be05ead',
  );
});

const s3Examples: readonly [name: string, over: Partial<AuthInput<'aws-sigv4'>>, signature: string][] = [
  [
    'GET object with a range',
    { path: '/test.txt', headers: [['range', 'bytes=0-9']] },
    'f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41',
  ],
  ['GET bucket lifecycle', { query: 'lifecycle' }, 'fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543'],
  [
    'GET bucket list',
    { query: 'max-keys=2&prefix=J' },
    '34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7',
  ],
];

for (const [name, over, signature] of s3Examples) {
  test(`S3 reference example: ${name}`, async () => {
    const headers = await signed('s3', s3Key, {
      host: 'examplebucket.s3.amazonaws.com',
      nowMs: Date.UTC(2013, 4, 24),
      ...over,
    });
    assert.equal(headers.get('authorization')?.split('Signature=')[1], signature);
    assert.equal(headers.get('x-amz-content-sha256'), sha256(''));
  });
}

test('S3: every spelling of one path gets one signature, other services sign the path as it is sent', async () => {
  const at = (service: string, path: string) => signed(service, s3Key, { path, nowMs: Date.UTC(2013, 4, 24) });
  const spellings = ["/box/a+b(1)'c", '/box/a%2Bb%281%29%27c', '/box/%61%2bb(1)%27c'];
  const signatures = await Promise.all(spellings.map(async (path) => (await at('s3', path)).get('authorization')));
  assert.equal(new Set(signatures).size, 1);
  assert.notEqual((await at('s3', '/box/a b')).get('authorization'), signatures[0]);
  const [raw, encoded] = await Promise.all(['/a(b)', '/a%28b%29'].map((path) => at('lambda', path)));
  assert.notEqual(raw!.get('authorization'), encoded!.get('authorization'));
});

test('a service that takes no payload header gets none, whatever the caller sent', async () => {
  const headers = await signed('lambda', key, { headers: [['x-amz-content-sha256', 'UNSIGNED-PAYLOAD']] });
  assert.equal(headers.get('x-amz-content-sha256'), undefined);
});
