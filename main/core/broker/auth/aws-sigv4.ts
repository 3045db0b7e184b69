import { createHash, createHmac } from 'node:crypto';
import { clearCredentialCache, SignatureV4 } from '@smithy/signature-v4';
import { AivaultError } from '#contract/errors.ts';
import type { HeaderPair } from '#contract/proxied.ts';
import { membersOf } from './fields.ts';
import { type AuthInput, type AuthStrategy, type Fields, ownsNothing } from './strategy.ts';
import { percentEncode } from './value-rules.ts';

// AWS Signature Version 4. The body is covered by its SHA-256 where it is known; towards S3 a streamed body goes as
// UNSIGNED-PAYLOAD (TLS protects it), other services need the hash, so the pipeline gathers the body first. A hash the
// caller's SDK declares in `x-amz-content-sha256` is signed as it stands: the service checks it against the body.

const signedQuery = ['Algorithm', 'Credential', 'Date', 'Expires', 'SignedHeaders', 'Signature', 'Security-Token'];

export const awsSigv4Auth: AuthStrategy<'aws-sigv4'> = {
  ...ownsNothing,
  ownedHeaders: () => ['authorization'],
  replacedHeaders: () => ['x-amz-date', 'x-amz-security-token'],
  extraHeaders: () => ({ request: ['x-amz-*'], response: ['x-amz-*', 'x-amzn-*'] }),
  ownedQuery: () => signedQuery.map((name) => `X-Amz-${name}`),
  needsBodyHash: ({ service }) => !declaresPayload(service),
  check(_auth, fields) {
    credentialsOf(fields);
  },
  async apply(input) {
    const credentials = credentialsOf(input.fields);
    const signed = await sign(input, credentials);
    const signature = /Signature=([0-9a-f]+)/.exec(signed.authorization!)![1]!;
    // The access key id is public: it stands in every signed request and in many answers.
    const { secretAccessKey, sessionToken } = credentials;
    return {
      path: input.path,
      query: input.query,
      headers: withSigned(input.headers, signed),
      injected: [secretAccessKey, signature, sessionToken]
        .filter((part) => part !== undefined)
        .map((part) => Buffer.from(part, 'utf8')),
    };
  },
};

interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

function credentialsOf(fields: Fields): AwsCredentials {
  const members = membersOf(fields);
  const text = (...names: string[]) => {
    const name = names.find((known) => Object.hasOwn(fields, known));
    const own = name === undefined ? undefined : fields[name]?.use((bytes) => Buffer.from(bytes).toString('utf8'));
    return own ?? names.map((known) => members.get(known)).find((value) => value !== undefined && value !== '');
  };
  const accessKeyId = text('accessKeyId', 'access_key_id', 'AccessKeyId');
  const secretAccessKey = text('secretAccessKey', 'secret_access_key', 'SecretAccessKey');
  const sessionToken = text('sessionToken', 'session_token', 'SessionToken');
  if (accessKeyId === undefined || secretAccessKey === undefined) {
    throw new AivaultError('auth_failed', 'The stored secret is not an AWS key pair.', {
      hint: 'Store a JSON object with accessKeyId, secretAccessKey and, for temporary keys, sessionToken.',
    });
  }
  if (/[^\x21-\x7e]/.test(accessKeyId + (sessionToken ?? ''))) {
    throw new AivaultError(
      'auth_failed',
      'The stored AWS key holds a space, a line break or a character that is not ASCII.',
    );
  }
  return { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) };
}

/** Services that want the payload's hash as a header and accept UNSIGNED-PAYLOAD there. */
const declaresPayload = (service: string) => /^s3(?:-|$)/.test(service) || service === 'glacier';

const hashHeader = 'x-amz-content-sha256';
const signedNames = /^(?:host|content-type|content-md5|range|x-amz-.+)$/;

async function sign(input: AuthInput<'aws-sigv4'>, credentials: AwsCredentials): Promise<Record<string, string>> {
  const { auth, host, query, method } = input;
  const declares = declaresPayload(auth.service);
  const isS3 = auth.service.startsWith('s3');
  const path = isS3 ? encodedOnce(input.path) : input.path;
  const headers: Record<string, string> = { host };
  for (const [name, value] of input.headers) {
    if (signedNames.test(name)) headers[name] = Object.hasOwn(headers, name) ? `${headers[name]},${value}` : value;
  }
  headers.host = host;
  const { sessionToken, ...keyPair } = credentials;
  // Set here and not by the signer, whose cache would take the token as a name, and the engine remembers names.
  if (sessionToken !== undefined) headers['x-amz-security-token'] = sessionToken;
  headers[hashHeader] = payloadHash(input, headers[hashHeader], declares);
  const signer = new SignatureV4({
    credentials: keyPair,
    region: auth.region,
    service: auth.service,
    sha256: NodeSha256,
    // S3 encodes the path once; every other service takes it as sent and encodes it once more.
    uriEscapePath: !isS3,
    applyChecksum: false,
  });
  try {
    const signed = await signer.sign(
      { protocol: 'https:', hostname: host, method, path, query: parseQuery(query), headers },
      {
        signingDate: new Date(input.nowMs),
        ...(declares ? {} : { unsignableHeaders: new Set([hashHeader]) }),
      },
    );
    const { [hashHeader]: hash, ...others } = signed.headers;
    return declares ? { ...others, [hashHeader]: hash! } : others;
  } finally {
    // The library keeps derived keys for later calls. Nothing may outlive this one.
    clearCredentialCache();
  }
}

function payloadHash({ bodySha256 }: AuthInput<'aws-sigv4'>, declared: string | undefined, declares: boolean): string {
  if (declares && declared !== undefined) {
    if (/^(?:[0-9a-f]{64}|UNSIGNED-PAYLOAD|STREAMING-UNSIGNED-PAYLOAD-TRAILER)$/.test(declared)) return declared;
    throw new AivaultError('policy_violation', 'A body signed chunk by chunk with another key cannot be sent on.', {
      hint: 'Let the SDK send UNSIGNED-PAYLOAD or a SHA-256 of the whole body.',
    });
  }
  if (bodySha256 !== null) return bodySha256;
  if (declares) return 'UNSIGNED-PAYLOAD';
  throw new AivaultError('internal', 'This service needs the hash of a body that was not gathered.');
}

/** Names and values decoded, duplicates kept: the signer encodes them again in AWS's one spelling. */
function parseQuery(query: string | null): Record<string, string | string[]> {
  const parsed: Record<string, string | string[]> = Object.create(null);
  for (const [name, value] of new URLSearchParams(query ?? '')) {
    const known = parsed[name];
    parsed[name] = known === undefined ? value : [...(typeof known === 'string' ? [known] : known), value];
  }
  return parsed;
}

/** S3 decodes a path and encodes it again in AWS's one spelling, where only unreserved characters stay as they are. */
function encodedOnce(path: string): string {
  const decode = (text: string) =>
    text.replaceAll(/%([0-9A-Fa-f]{2})/g, (_escape, digits: string) =>
      String.fromCharCode(Number.parseInt(digits, 16)),
    );
  const encode = (segment: string) => percentEncode(Buffer.from(decode(segment), 'latin1')).toString('latin1');
  return path.split('/').map(encode).join('/');
}

/** The caller's headers, with what was signed in the place of anything of the same name. */
function withSigned(headers: readonly HeaderPair[], signed: Record<string, string>): HeaderPair[] {
  const added = ['authorization', 'x-amz-date', 'x-amz-security-token', hashHeader].filter((name) => name in signed);
  const kept = headers.filter(([name]) => name !== hashHeader && !added.includes(name));
  return [...kept, ...added.map((name): HeaderPair => [name, signed[name]!])];
}

/** The hash the signer asks for, by the platform's own SHA-256 and HMAC. */
class NodeSha256 {
  readonly #hash: ReturnType<typeof createHash> | ReturnType<typeof createHmac>;

  constructor(key?: string | ArrayBuffer | ArrayBufferView) {
    this.#hash = key === undefined ? createHash('sha256') : createHmac('sha256', asBytes(key));
  }

  update(data: Uint8Array): void {
    this.#hash.update(data);
  }

  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }
}

function asBytes(key: string | ArrayBuffer | ArrayBufferView): Uint8Array {
  if (typeof key === 'string') return Buffer.from(key, 'utf8');
  return ArrayBuffer.isView(key) ? new Uint8Array(key.buffer, key.byteOffset, key.byteLength) : new Uint8Array(key);
}
