import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { after, before, describe, test } from 'node:test';
import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { createAuthority } from '../authority.ts';
import { missing } from '../needs.ts';
import { startTestHost, type TestHost } from '../test-host.ts';
import { type SigningGate, startSigningGate } from './signing-gate.ts';

// The official S3 SDK, unchanged, through a real host to a real S3 server behind a gate that checks every signature.

const skip = missing('openssl');
const key = {
  accessKeyId: 'AKIDBROKERONLY00',
  secretAccessKey: 'k9/CANARY+secret+access+key/0123456789ab',
  sessionToken: 'SESSION/CANARY+token==0123456789',
};
const folder = mkdtempSync(join(tmpdir(), 'aivault-s3-'));
let host: TestHost;
let gate: SigningGate;
let closeServer: () => Promise<void>;
let closeAuthority: () => void;
let sdk: S3Client;

describe('S3 by its own SDK', () => {
  before(async () => {
    if (skip !== false) return;
    const S3rver = createRequire(import.meta.url)('s3rver') as new (
      options: object,
    ) => {
      run(): Promise<{ port: number }>;
      close(): Promise<void>;
    };
    const server = new S3rver({
      address: '127.0.0.1',
      port: 0,
      silent: true,
      vhostBuckets: false,
      directory: folder,
      configureBuckets: [{ name: 'box' }],
    });
    const { port } = await server.run();
    closeServer = () => server.close();
    const authority = createAuthority();
    closeAuthority = () => authority.close();
    gate = await startSigningGate(authority.issue(['s3.test']), key, { port, accessKeyId: 'S3RVER' });
    host = await startTestHost({
      environment: {
        AIVAULT_DEV_RESOLVE: `s3.test=127.0.0.1:${gate.port}`,
        AIVAULT_DEV_CA_CERT_PATH: authority.certPath,
      },
    });
    const { secret } = await host.call('secrets.create', { name: 'BOX_KEY', value: JSON.stringify(key) });
    await host.call('credentials.create', {
      id: 'crate',
      provider: 'crate-store',
      secretRef: `vault:secret:${secret.secretId}`,
      auth: { kind: 'aws-sigv4', service: 's3', region: 'eu-central-1' },
      hosts: ['s3.test'],
    });
    await host.call('capabilities.create', {
      id: 'crate-store/objects',
      credential: 'crate',
      methods: ['GET', 'HEAD', 'PUT', 'POST', 'DELETE'],
      paths: ['/box/**'],
    });
    const { token } = await host.call('tokens.mint', { capabilities: ['crate-store/objects'] });
    sdk = new S3Client({
      endpoint: `${host.baseUrl}/v/crate`,
      region: 'eu-central-1',
      forcePathStyle: true,
      credentials: { accessKeyId: token, secretAccessKey: 'unused' },
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
      maxAttempts: 1,
    });
  });

  after(async () => {
    sdk?.destroy();
    await host?.close();
    await gate?.close();
    await closeServer?.();
    closeAuthority?.();
    rmSync(folder, { recursive: true, force: true });
  });

  const box = { Bucket: 'box' };

  test('an object put by the SDK is there, byte for byte, when the SDK gets it', { skip }, async () => {
    const body = randomBytes(70_000);
    await sdk.send(new PutObjectCommand({ ...box, Key: 'a/b c+ü&.bin', Body: body, Metadata: { colour: 'red' } }));
    const { Body, Metadata } = await sdk.send(new GetObjectCommand({ ...box, Key: 'a/b c+ü&.bin' }));
    assert.deepEqual(Buffer.from(await Body!.transformToByteArray()), body);
    assert.equal(Metadata?.colour, 'red');
  });

  test('a body that streams by goes unsigned over TLS, and the rest of the request is signed', { skip }, async () => {
    const size = 300_000;
    const parts = Array.from({ length: 30 }, () => Buffer.alloc(size / 30, 'x'));
    const put = new PutObjectCommand({ ...box, Key: 'stream', Body: Readable.from(parts), ContentLength: size });
    await sdk.send(put);
    const { ContentLength } = await sdk.send(new HeadObjectCommand({ ...box, Key: 'stream' }));
    assert.equal(ContentLength, size);
  });

  test('lists with parameters, ranges, multipart uploads and deletes verify too', { skip }, async () => {
    const listed = await sdk.send(new ListObjectsV2Command({ ...box, Prefix: 'a/b c+ü', MaxKeys: 5 }));
    assert.deepEqual(
      listed.Contents?.map(({ Key }) => Key),
      ['a/b c+ü&.bin'],
    );
    const { Body } = await sdk.send(new GetObjectCommand({ ...box, Key: 'stream', Range: 'bytes=0-9' }));
    assert.equal(await Body!.transformToString(), 'xxxxxxxxxx');
    const { UploadId } = await sdk.send(new CreateMultipartUploadCommand({ ...box, Key: 'large' }));
    const part = { ...box, Key: 'large', UploadId, PartNumber: 1 };
    const { ETag } = await sdk.send(new UploadPartCommand({ ...part, Body: Buffer.alloc(100_000, 'y') }));
    await sdk.send(
      new CompleteMultipartUploadCommand({
        ...box,
        Key: 'large',
        UploadId,
        MultipartUpload: { Parts: [{ ETag, PartNumber: 1 }] },
      }),
    );
    await sdk.send(new DeleteObjectCommand({ ...box, Key: 'large' }));
    await assert.rejects(sdk.send(new HeadObjectCommand({ ...box, Key: 'large' })), { name: 'NotFound' });
  });

  test('an SDK with its default checksums works as well', { skip }, async () => {
    const { token } = await host.call('tokens.mint', { capabilities: ['crate-store/objects'] });
    const usual = new S3Client({
      endpoint: `${host.baseUrl}/v/crate`,
      region: 'eu-central-1',
      forcePathStyle: true,
      credentials: { accessKeyId: token, secretAccessKey: 'unused' },
    });
    await usual.send(new PutObjectCommand({ ...box, Key: 'sum', Body: 'checked' }));
    const { Body } = await usual.send(new GetObjectCommand({ ...box, Key: 'sum' }));
    assert.equal(await Body!.transformToString(), 'checked');
    usual.destroy();
  });

  test('every request arrived with a sound signature, the session token and our key id', { skip }, () => {
    assert.ok(gate.verdicts.length >= 9);
    for (const { verdict, sessionToken } of gate.verdicts) {
      assert.equal(verdict, 'ok');
      assert.equal(sessionToken, key.sessionToken);
    }
    assert.ok(gate.verdicts.some(({ payload }) => payload === 'UNSIGNED-PAYLOAD'));
    assert.ok(gate.verdicts.some(({ payload }) => /^[0-9a-f]{64}$/.test(payload)));
  });

  test('the SDK can do no more than its capability: another bucket is refused before it is signed', {
    skip,
  }, async () => {
    const before = gate.verdicts.length;
    await assert.rejects(sdk.send(new PutObjectCommand({ Bucket: 'other', Key: 'x', Body: 'y' })));
    assert.equal(gate.verdicts.length, before);
  });
});
