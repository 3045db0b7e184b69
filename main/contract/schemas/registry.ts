import { z } from 'zod';
import { providerName } from './catalog.ts';

const providerSecretForm = z.strictObject({
  name: z.string(),
  label: z.string(),
  /** Anchored pattern a form may test a pasted value with; never a reason to refuse. */
  looksLike: z.string().nullable(),
  example: z.string(),
});

/** A provider as the add form and the first run show it. */
export const providerForm = z.strictObject({
  provider: providerName,
  name: z.string(),
  category: z.string(),
  docsUrl: z.string(),
  keysUrl: z.string(),
  hosts: z.array(z.string()),
  secrets: z.array(providerSecretForm),
  alternatives: z.array(z.strictObject({ id: z.string(), secrets: z.array(providerSecretForm) })),
  capabilities: z.int(),
  /** Where its accounts are connected by OAuth: whose page asks for consent, what is asked for; null where none are. */
  oauth: z.strictObject({ consentOrigin: z.string(), scopes: z.array(z.string()), secret: z.string() }).nullable(),
  /** How to point the official SDK at the pass-through: environment variables, their values without the base URL. */
  sdk: z.array(
    z.strictObject({
      language: z.string(),
      package: z.string(),
      env: z.record(z.string(), z.string()),
      option: z.string().nullable(),
      basePath: z.string(),
    }),
  ),
});
export type ProviderForm = z.output<typeof providerForm>;

/** One widening of a provider whose secret is already stored: it does not apply until the operator accepts it. */
export const registryChange = z.strictObject({
  provider: z.string(),
  /** Null where the provider itself changed (its hosts, its auth). */
  capability: z.string().nullable(),
  change: z.enum(['capability', 'host', 'method', 'path', 'exclusion', 'auth']),
  /** What would become possible, e.g. `POST`, `/v1/keys`, `api2.example.com`. */
  text: z.string(),
});
export type RegistryChange = z.output<typeof registryChange>;
