import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { authAt, tenantOf } from './tenant-host.ts';

describe('a tenant host', () => {
  it('gives the name its pattern leaves open', () => {
    assert.deepEqual(tenantOf('s3.{region}.amazonaws.com', 's3.eu-west-1.amazonaws.com'), {
      name: 'region',
      value: 'eu-west-1',
    });
    assert.deepEqual(
      tenantOf('{region}-aiplatform.googleapis.com', 'us-central1-aiplatform.googleapis.com')?.value,
      'us-central1',
    );
  });

  it('gives nothing for a host that does not fit, or spans labels', () => {
    assert.equal(tenantOf('{shop}.myshopify.com', 'evil.com'), null);
    assert.equal(tenantOf('{shop}.myshopify.com', 'a.b.myshopify.com'), null);
    assert.equal(tenantOf('{shop}.myshopify.com', '.myshopify.com'), null);
    assert.equal(tenantOf('api.openai.com', 'api.openai.com'), null);
  });

  it('decides which region AWS requests are signed for', () => {
    const auth = { kind: 'aws-sigv4', service: 's3', region: 'us-east-1' } as const;
    const patterns = ['s3.us-east-1.amazonaws.com', 's3.{region}.amazonaws.com'];
    assert.equal(authAt(auth, patterns, 's3.us-east-1.amazonaws.com'), auth);
    assert.deepEqual(authAt(auth, patterns, 's3.eu-west-1.amazonaws.com'), { ...auth, region: 'eu-west-1' });
    const bearer = { kind: 'header', name: 'authorization', template: 'Bearer {{secret}}' } as const;
    assert.equal(authAt(bearer, ['{region}-api.acme.example'], 'eu-api.acme.example'), bearer);
  });
});
