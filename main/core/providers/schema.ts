import { z } from 'zod';
import { auth } from '#contract/schemas/auth.ts';
import {
  capabilityExample,
  capabilityId,
  effect,
  exclusion,
  httpMethod,
  pathPattern,
  providerName,
} from '#contract/schemas/catalog.ts';

// The grammar of registry/<provider>.json. registry/schema.json is generated from here and kept fresh by a test.

const hostLabel = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?';
const tenantLabel = '(?:[a-z0-9][a-z0-9-]{0,40})?\\{[a-z]{1,24}\\}(?:[a-z0-9-]{0,40}[a-z0-9])?';

/**
 * A host name, exact, or with one label that holds a `{name}` where the service gives each customer or region a name of
 * its own: `{shop}.myshopify.com`, `bedrock-runtime.{region}.amazonaws.com`. Two literal labels always follow it.
 */
const registryHost = z
  .string()
  .regex(
    new RegExp(
      `^(?:(?:${hostLabel}\\.)*${tenantLabel}\\.(?:${hostLabel}\\.)+|(?:${hostLabel}\\.)+)[a-z][a-z0-9-]{0,62}$`,
    ),
    'an exact host, or one label with a {name} before at least two plain ones',
  );

const headerPattern = z.string().regex(/^[a-z0-9_-]+\*?$/, 'a lower-case header name, or a beginning with *');

const providerSecret = z.strictObject({
  /** The name people already use for it, e.g. `OPENAI_API_KEY`. */
  name: z.string().regex(/^[A-Z][A-Z0-9_]{2,63}$/),
  /** The field templates use: `{{key}}`. `secret` where there is only one. */
  field: z.string().regex(/^[a-z][A-Za-z0-9_]{0,31}$/),
  label: z.string().min(1).max(80),
  /** What a value of this kind looks like: a form says "this does not look like an OpenAI key". Anchored. */
  looksLike: z
    .string()
    .regex(/^\^.*\$$/)
    .refine(compiles, 'a regular expression')
    .optional(),
  /** An identifier is injected but not redacted from answers (account ids, client ids). */
  identifier: z.boolean().default(false),
  /** Where the value is a JSON object: its fields that templates may name, beside `field`. */
  jsonFields: z.array(z.string()).default([]),
  /** JSON fields that are identifiers, where the secret is a JSON object. */
  identifierFields: z.array(z.string()).default([]),
  /** Ends in EXAMPLE, so nobody takes it for a real one. */
  example: z.string().regex(/EXAMPLE["}]*$/),
});

const providerCapability = z.strictObject({
  id: capabilityId,
  summary: z.string().min(8).max(140).regex(/\.$/, 'a sentence'),
  methods: z.array(httpMethod).min(1),
  paths: z.array(pathPattern).min(1),
  /** Paths inside `paths` that belong to a stronger capability, for one method (`DELETE /x`) or all. */
  exclude: z.array(exclusion).default([]),
  /** Where it differs from the provider's first host. */
  host: registryHost.optional(),
  /** `destructive`: keys, money, members, or a whole resource that cannot be brought back. */
  effect,
  /** Why a path that looks like keys or money stands here all the same: the linter asks. */
  because: z.string().min(20).max(200).optional(),
  docsUrl: z.url().optional(),
  example: capabilityExample,
});

const providerAlternative = z.strictObject({
  id: z.string().regex(/^[a-z0-9][a-z0-9-]{0,31}$/),
  secrets: z.array(providerSecret).min(1),
  auth,
  hosts: z.array(registryHost).min(1),
  /** The capabilities only it opens; empty means all of the provider's own. */
  capabilities: z.array(providerCapability).default([]),
  upstreamPathPrefix: z
    .string()
    .regex(/^\/[^?#\s]*[^/?#\s]$/)
    .optional(),
  priority: z.int().default(0),
});

const providerCategory = z.enum([
  'ai-models',
  'search',
  'scraping',
  'speech',
  'images',
  'code',
  'ci',
  'cloud',
  'dns',
  'database',
  'observability',
  'issues',
  'chat',
  'mail',
  'calendar',
  'documents',
  'crm',
  'marketing',
  'payments',
  'accounting',
  'shop',
  'maps',
  'social',
  'automation',
  'storage',
  'feature-flags',
  'identity',
  'productivity',
  'media',
  'data',
  'security',
]);

/** How to point the official SDK at `/v/<provider>`. */
const sdkHint = z.strictObject({
  language: z.enum(['node', 'python', 'go', 'ruby', 'php', 'java', 'dotnet', 'cli']),
  package: z.string(),
  /** The environment variable it reads its base URL from. */
  env: z.string().optional(),
  /** Or the constructor option. */
  option: z.string().optional(),
  /** What to append after `/v/<provider>`. */
  basePath: z.string().default(''),
});

/** Where the facts come from: a page somebody really read, or solid knowledge of the public API. */
const source = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('lookup'), page: z.url(), checkedOn: z.iso.date() }),
  z.strictObject({ kind: z.literal('knowledge'), checkedOn: z.iso.date() }),
]);

export const provider = z.strictObject({
  $schema: z.literal('./schema.json'),
  provider: providerName,
  name: z.string().min(1).max(60),
  category: providerCategory,
  docsUrl: z.url(),
  keysUrl: z.url(),
  secrets: z.array(providerSecret).min(1),
  auth,
  /** The first is the default; the others serve the capabilities that name them. */
  hosts: z.array(registryHost).min(1),
  /** The same API elsewhere (regions, sandboxes, own domains): used only by a credential that names one. */
  alternateHosts: z.array(registryHost).default([]),
  alternatives: z.array(providerAlternative).default([]),
  /** Request headers beyond the base list that its SDK sends and the upstream needs. Lower case; `x-foo-*` allowed. */
  requestHeaders: z.array(headerPattern).default([]),
  responseHeaders: z.array(headerPattern).default([]),
  sdk: z.array(sdkHint).default([]),
  capabilities: z.array(providerCapability).min(1),
  source,
});

export type Provider = z.output<typeof provider>;
export type ProviderSecret = z.output<typeof providerSecret>;
export type ProviderCapability = z.output<typeof providerCapability>;
export type ProviderAlternative = z.output<typeof providerAlternative>;

function compiles(text: string): boolean {
  try {
    new RegExp(text, 'u');
    return true;
  } catch {
    return false;
  }
}
