import { z } from 'zod';
import { auth } from './auth.ts';
import { contextId, scope } from './scope.ts';
import { secretId, timeMs } from './secrets.ts';

/** A credential's id; it is also the first segment of a pass-through address. */
export const credentialId = z
  .string()
  .trim()
  .regex(/^[a-z0-9][a-z0-9._-]{0,63}$/, 'lower-case letters, digits, dot, dash, underscore; at most 64');
export const providerName = z
  .string()
  .trim()
  .regex(/^[a-z0-9][a-z0-9-]{0,63}$/, 'lower-case letters, digits and dashes');
/** `provider/name`. */
export const capabilityId = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,63}\/[a-z0-9][a-z0-9._-]{0,63}$/, 'provider/name in lower case');
export const httpMethod = z
  .string()
  .trim()
  .toUpperCase()
  .pipe(
    z.enum(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'], {
      error: 'one of GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS',
    }),
  );
const literal = "[A-Za-z0-9._~!$&'()+,;=:@%-]";
const parameter = '\\{[A-Za-z][A-Za-z0-9_]{0,47}(?:%2F)?\\}';
const segment = `(?:${literal}+|${literal}*${parameter}${literal}*)`;
const patternText = `/(?:${segment}/)*(?:${segment}|\\*\\*)?`;
/**
 * `/v1/users/{id}`: literal segments; a segment may hold one `{name}` (one or more characters, never a slash) with literal
 * text around it, as in `/models/{model}:generateContent`; a closing `/**` for any number of further segments. None of
 * them holds an encoded slash, but `{path%2F}` may, where the upstream is known to keep one as part of a name.
 */
export const pathPattern = z
  .string()
  .trim()
  .max(512)
  .regex(new RegExp(`^${patternText}$`), 'a path pattern like /v1/users/{id} or /v1/files/**');
/** A path pattern that is taken out again, for one method (`DELETE /repos/{owner}/{repo}`) or for all. */
export const exclusion = z
  .string()
  .trim()
  .max(520)
  .regex(
    new RegExp(`^(?:(?:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS) )?${patternText}$`),
    'a path pattern, after a method if it is for one only',
  );
export const effect = z.enum(['read', 'write', 'destructive']);
export type Effect = z.output<typeof effect>;

/** A header a credential lets through beyond the base lists: a name, or its beginning and `*`. Lower case. */
export const headerPattern = z
  .string()
  .trim()
  .toLowerCase()
  .regex(
    /^[a-z0-9][a-z0-9-]{0,63}$|^[a-z0-9][a-z0-9-]{2,63}-\*$/,
    'a header name, or a beginning of at least four characters with -*',
  );

export const credential = z.strictObject({
  id: credentialId,
  provider: providerName,
  workspaceId: contextId.nullable(),
  groupId: contextId.nullable(),
  auth,
  hosts: z.array(z.string()).min(1),
  secretIds: z.array(secretId),
  origin: z.enum(['registry', 'custom']),
  alternative: z.string().nullable(),
  priority: z.int(),
  upstreamPathPrefix: z.string().nullable(),
  /** Whether the operator allowed this one service at a local or private address (`--allow-local`). */
  allowLocal: z.boolean(),
  /** Headers that pass beyond the base lists, on the way out and back. */
  requestHeaders: z.array(z.string()),
  responseHeaders: z.array(z.string()),
  /** Answers that cannot be searched for the secret are refused instead of passed on. */
  refuseUnscannable: z.boolean(),
  enabled: z.boolean(),
  ready: z.boolean(),
});
export type Credential = z.output<typeof credential>;

export const policy = z.strictObject({
  rateLimitPerMinute: z.int().nonnegative().nullable(),
  maxRequestBodyBytes: z.int().nonnegative().nullable(),
  maxResponseBodyBytes: z.int().nonnegative().nullable(),
  /** JSON paths (`$.a.b`, `*` for any) whose values are replaced by `[REDACTED]`. Blank ones are left out (P05). */
  responseBodyBlocklist: z.array(z.string().trim().max(256)).transform((paths) => paths.filter((path) => path !== '')),
  /** Each request waits until a person has said yes to exactly it, unless an approval stands for it. */
  askOperator: z.boolean(),
});
export type Policy = z.output<typeof policy>;

export const capabilityExample = z.strictObject({
  method: httpMethod,
  path: z.string(),
  headers: z.record(z.string(), z.string()).optional(),
  body: z.unknown().optional(),
});

export const capabilitySummary = z.strictObject({
  id: capabilityId,
  provider: providerName,
  category: z.string(),
  summary: z.string(),
  effect,
  origin: z.enum(['registry', 'custom']),
  ready: z.boolean(),
  enabled: z.boolean(),
  methods: z.array(z.string()),
  paths: z.array(z.string()),
  hosts: z.array(z.string()),
});
export type CapabilitySummary = z.output<typeof capabilitySummary>;

export const capabilityDetail = z.strictObject({
  ...capabilitySummary.shape,
  providerName: z.string(),
  exclude: z.array(z.string()),
  authKind: z.string(),
  /** For hmac: the shape of the text that is signed. */
  signedInput: z.string().nullable(),
  docsUrl: z.string().nullable(),
  policy,
  credentials: z.array(credentialId),
  defaults: z.strictObject({ method: z.string().nullable(), path: z.string().nullable() }),
  example: capabilityExample.nullable(),
  /** What stands in the place of the API's own address for programs that take one; the paths follow it as they are. */
  passThrough: z.string(),
  /** Ready to paste, keys left to the broker. */
  examples: z.array(z.strictObject({ title: z.enum(['cli', 'curl', 'node', 'python']), text: z.string() })),
  setup: z
    .strictObject({
      commands: z.array(z.string()),
      note: z.string(),
      requiredSecrets: z.record(z.string(), z.string()),
    })
    .nullable(),
});
export type CapabilityDetail = z.output<typeof capabilityDetail>;

export const binding = z.strictObject({
  capability: capabilityId,
  secretRef: z.string(),
  scope,
  consumer: z.string().nullable(),
  updatedAtMs: timeMs,
});
export type Binding = z.output<typeof binding>;
