import { z } from 'zod';

// How a credential is put on the wire. Templates hold `{{secret}}` (the whole value) or `{{field}}` (one field of it).

/** An HTTP field name (RFC 9110 §5.1 token), lower case. */
const headerName = z
  .string()
  .trim()
  .toLowerCase()
  .regex(/^[a-z0-9!#$%&'*+.^_`|~-]{1,128}$/, 'an HTTP header name');
/** A query parameter name a broker owns. */
const queryName = z
  .string()
  .trim()
  .regex(/^[A-Za-z0-9._~-]{1,64}$/, 'a plain query parameter name');
const template = z
  .string()
  .trim()
  .min(1)
  .max(512)
  .regex(/^[\x20-\x7e]+$/, 'printable ASCII')
  .refine((text) => text.replaceAll(/\{\{\s*[A-Za-z0-9_.-]+\s*\}\}/g, '').match(/\{\{|\}\}/) === null, 'unclosed {{ }}')
  .refine((text) => /\{\{\s*[A-Za-z0-9_.-]+\s*\}\}/.test(text), 'needs {{secret}} or {{field}}');

const holdsField = /\{\{\s*[A-Za-z0-9_.-]+\s*\}\}/;
/** A password is a field of the secret, or the letter or fixed word some services want beside a key: never a password itself. */
const passwordTemplate = z
  .string()
  .max(512)
  .refine(
    (text) => text.length <= 1 || text === 'api_token' || holdsField.test(text),
    'a {{field}}; a password itself belongs into a secret',
  );

/** Where a secret is sent, or a person to consent: never in the clear. */
const httpsAddress = z.url({ protocol: /^https$/, error: 'an https address' });
const namedTemplate = z.strictObject({ name: headerName, template });
const namedQuery = z.strictObject({ name: queryName, template });
const distinct = (items: readonly { name: string }[]) =>
  new Set(items.map((item) => item.name.toLowerCase())).size === items.length;

/** RFC 6749 §4.1.1 and RFC 7636 §4.3: set by the broker alone. */
const standardParameters = new Set(
  'response_type client_id redirect_uri scope state code_challenge code_challenge_method'.split(' '),
);

export const auth = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('header'), name: headerName, template }),
  z.strictObject({ kind: z.literal('query'), name: queryName, template }),
  z.strictObject({
    kind: z.literal('path'),
    prefix: template.refine((text) => /^\/[^?#\\\s]*$/.test(text), 'a path prefix starting with /'),
  }),
  z
    .strictObject({ kind: z.literal('basic'), username: z.string().max(512), password: passwordTemplate })
    .refine(({ username, password }) => holdsField.test(username + password), 'username or password needs a {{field}}'),
  z.strictObject({
    kind: z.literal('multi-header'),
    headers: z.array(namedTemplate).min(1).max(8).refine(distinct, 'each header once'),
  }),
  z.strictObject({
    kind: z.literal('multi-query'),
    params: z.array(namedQuery).min(1).max(8).refine(distinct, 'each parameter once'),
  }),
  z.strictObject({
    kind: z.literal('oauth2'),
    grant: z.enum(['refresh_token', 'client_credentials']),
    tokenEndpoint: httpsAddress,
    authorizationEndpoint: httpsAddress.optional(),
    /** What the consent page wants beside the standard's own, e.g. `access_type=offline`. */
    authorizationParameters: z
      .record(z.string().regex(/^[a-z_]{1,64}$/), z.string().max(256))
      .refine((given) => !Object.keys(given).some((name) => standardParameters.has(name)), 'not the standard ones')
      .default({}),
    scopes: z.array(z.string().min(1)).default([]),
    /** `basic` (RFC 6749 §2.3.1) or the form body, for providers that only know that. */
    clientAuth: z.enum(['basic', 'body']).default('basic'),
    /** The public client of a provider that gives everyone the same one, where the stored secret names none. */
    clientId: z.string().min(1).max(256).optional(),
    /** Headers beside `authorization`, from fields of the stored JSON. */
    headers: z
      .array(namedTemplate)
      .max(8)
      .refine(distinct, 'each header once')
      .refine((items) => items.every(({ name }) => name !== 'authorization'), 'authorization holds the token')
      .default([]),
  }),
  z.strictObject({
    kind: z.literal('aws-sigv4'),
    service: z.string().regex(/^[a-z0-9-]{1,64}$/),
    region: z.string().regex(/^[a-z0-9-]{1,64}$/),
  }),
  z.strictObject({
    kind: z.literal('hmac'),
    algorithm: z.enum(['sha256', 'sha512']),
    name: headerName,
    /** `{{signature}}` stands for the hex MAC. */
    template,
  }),
  z.strictObject({ kind: z.literal('mtls') }),
]);
export type Auth = z.output<typeof auth>;
export type AuthKind = Auth['kind'];
