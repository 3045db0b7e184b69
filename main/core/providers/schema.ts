import { z } from 'zod';
import { auth } from '#contract/schemas/auth.ts';
import { capabilityExample, capabilityId, effect, httpMethod, pathPattern, providerName } from '#contract/schemas/catalog.ts';

// The grammar of registry/<provider>.json. registry/schema.json is generated from here and kept fresh by a test.

/** A host name, exact, or `{tenant}.example.com` where the service gives each customer a name of their own. */
export const registryHost = z
  .string()
  .regex(/^(?:\{[a-z]+\}\.)?(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,62}$/, 'an exact host, or {tenant}.host');

export const providerSecret = z.strictObject({
  /** The name people already use for it, e.g. `OPENAI_API_KEY`. */
  name: z.string().regex(/^[A-Z][A-Z0-9_]{2,63}$/),
  /** The field templates use: `{{key}}`. `secret` where there is only one. */
  field: z.string().regex(/^[a-z][A-Za-z0-9_]{0,31}$/),
  label: z.string().min(1).max(80),
  /** What a value of this kind looks like: a form says "this does not look like an OpenAI key". Anchored. */
  looksLike: z.string().regex(/^\^.*\$$/).optional(),
  /** An identifier is injected but not redacted from answers (account ids, client ids). */
  identifier: z.boolean().default(false),
  /** JSON fields that are identifiers, where the secret is a JSON object. */
  identifierFields: z.array(z.string()).default([]),
  /** Ends in EXAMPLE, so nobody takes it for a real one. */
  example: z.string().regex(/EXAMPLE["}]*$/),
});

export const providerCapability = z.strictObject({
  id: capabilityId,
  summary: z.string().min(8).max(140).regex(/\.$/, 'a sentence'),
  methods: z.array(httpMethod).min(1),
  paths: z.array(pathPattern).min(1),
  /** Paths inside `paths` that belong to a stronger capability. */
  exclude: z.array(pathPattern).default([]),
  /** Where it differs from the provider's first host. */
  host: registryHost.optional(),
  effect,
  docsUrl: z.url().optional(),
  example: capabilityExample,
});

export const providerAlternative = z.strictObject({
  id: z.string().regex(/^[a-z0-9][a-z0-9-]{0,31}$/),
  secrets: z.array(providerSecret).min(1),
  auth,
  hosts: z.array(registryHost).min(1),
  /** The capabilities it opens; empty means all of the provider's own. */
  capabilities: z.array(providerCapability).default([]),
  upstreamPathPrefix: z.string().regex(/^\/[^?#\s]*[^/?#\s]$/).optional(),
  priority: z.int().default(0),
});

export const provider = z.strictObject({
  $schema: z.literal('./schema.json'),
  provider: providerName,
  name: z.string().min(1).max(60),
  category: z.enum([
    'ai-models', 'search', 'scraping', 'speech', 'images', 'code', 'ci', 'cloud', 'dns', 'database', 'observability',
    'issues', 'chat', 'mail', 'calendar', 'documents', 'crm', 'marketing', 'payments', 'accounting', 'shop', 'maps',
    'social', 'automation', 'storage', 'feature-flags', 'identity', 'productivity', 'media', 'data', 'security',
  ]),
  docsUrl: z.url(),
  keysUrl: z.url(),
  secrets: z.array(providerSecret).min(1),
  auth,
  hosts: z.array(registryHost).min(1),
  alternatives: z.array(providerAlternative).default([]),
  /** Request headers beyond the base list that its SDK sends and the upstream needs. Lower case; `x-foo-*` allowed. */
  requestHeaders: z.array(z.string().regex(/^[a-z0-9-]+\*?$/)).default([]),
  responseHeaders: z.array(z.string().regex(/^[a-z0-9-]+\*?$/)).default([]),
  /** How to point the official SDK at `/v/<provider>`. */
  sdk: z
    .array(
      z.strictObject({
        language: z.enum(['node', 'python', 'go', 'ruby', 'php', 'java', 'dotnet', 'cli']),
        package: z.string(),
        /** An environment variable, or a constructor option, with what to append after `/v/<provider>`. */
        env: z.record(z.string(), z.string()).optional(),
        option: z.string().optional(),
        basePath: z.string().default(''),
      }),
    )
    .default([]),
  capabilities: z.array(providerCapability).min(1),
  source: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('lookup'), page: z.url(), checkedOn: z.iso.date() }),
    z.strictObject({ kind: z.literal('knowledge'), checkedOn: z.iso.date() }),
  ]),
});

export type Provider = z.output<typeof provider>;
export type ProviderSecret = z.output<typeof providerSecret>;
export type ProviderCapability = z.output<typeof providerCapability>;
export type ProviderAlternative = z.output<typeof providerAlternative>;
