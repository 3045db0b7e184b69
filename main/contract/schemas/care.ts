import { z } from 'zod';

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
