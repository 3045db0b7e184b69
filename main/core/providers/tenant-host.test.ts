import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { tenantOf } from './tenant-host.ts';

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
});
