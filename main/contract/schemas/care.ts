import { z } from 'zod';

/** One thing `doctor` looked at. `fix` is a sentence or a command; null where nothing needs doing. */
export const doctorFinding = z.strictObject({
  check: z.enum(['permissions', 'custody', 'keychain', 'endpoint', 'clock', 'hooks', 'integrity', 'audit']),
  level: z.enum(['ok', 'warning', 'problem']),
  text: z.string(),
  fix: z.string().nullable(),
});
export type DoctorFinding = z.output<typeof doctorFinding>;

/** One widening of a provider whose secret is already stored: it does not apply until the operator accepts it. */
export const registryChange = z.strictObject({
  provider: z.string(),
  /** Null where the provider itself changed (its hosts, its auth). */
  capability: z.string().nullable(),
  what: z.enum(['capability', 'host', 'method', 'path', 'exclusion', 'auth']),
  /** What would become possible, e.g. `POST`, `/v1/keys`, `api2.example.com`. */
  added: z.string(),
});
export type RegistryChange = z.output<typeof registryChange>;
