import { z } from 'zod';
import { capabilityId, credentialId, effect, providerName } from './catalog.ts';
import { timeMs } from './secrets.ts';

// What the window's screens ask for beyond the CLI's nouns: the registry as a form sees it, settings, health, one try.

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

/** Kept in the state folder, readable while locked; holds nothing secret. */
export const settings = z.strictObject({
  /** Null: never locks by itself. */
  idleLockMinutes: z
    .int()
    .min(1)
    .max(24 * 60)
    .nullable(),
  /** Null: 19790, or AIVAULT_PORT. Takes effect at the next start. */
  endpointPort: z.int().min(1024).max(65_535).nullable(),
  /** Questions a minute each personal token may ask of the /v1 endpoint. Null: no limit. */
  pathRequestsPerMinute: z.int().min(1).max(100_000).nullable(),
  launchAtLogin: z.boolean(),
  appearance: z.enum(['system', 'light', 'dark']),
  /** An Electron accelerator such as `Control+Alt+V`; null for none. */
  globalShortcut: z.string().max(64).nullable(),
});
export type Settings = z.output<typeof settings>;

export const doctorCheck = z.strictObject({
  id: z.string(),
  state: z.enum(['ok', 'attention', 'broken']),
  text: z.string(),
  /** What to do, in one sentence or one command. */
  next: z.string().nullable(),
});
export type DoctorCheck = z.output<typeof doctorCheck>;

/** One request through the ten stages, as the window sends it, its answer capped for a screen. */
export const tryInput = z.strictObject({
  capability: capabilityId,
  credential: credentialId.optional(),
  method: z.string().max(32).optional(),
  path: z
    .string()
    .max(8 * 1024)
    .optional(),
  headers: z
    .array(z.strictObject({ name: z.string().max(256), value: z.string().max(16 * 1024) }))
    .max(64)
    .default([]),
  body: z
    .string()
    .max(1024 * 1024)
    .optional(),
});
export const tryAnswer = z.strictObject({
  status: z.int(),
  statusText: z.string(),
  headers: z.array(z.strictObject({ name: z.string(), value: z.string() })),
  /** Redacted like every answer; the first 256 KiB as text. */
  body: z.string(),
  truncated: z.boolean(),
  bytes: z.int(),
  tookMs: z.number(),
  /** Set where the broker refused: code and sentence. */
  refusal: z.strictObject({ error: z.string(), message: z.string(), hint: z.string().optional() }).nullable(),
  sent: z.strictObject({ method: z.string(), url: z.string(), credential: z.string() }).nullable(),
});
export type TryAnswer = z.output<typeof tryAnswer>;

/** What a token could do if it were used now. */
export const tokenReach = z.strictObject({
  capabilities: z.array(
    z.strictObject({
      id: capabilityId,
      effect: effect.nullable(),
      methods: z.array(z.string()),
      hosts: z.array(z.string()),
      paths: z.array(z.string()),
      /** The credential its context picks, or null with the reason. */
      credential: credentialId.nullable(),
      reason: z.string().nullable(),
    }),
  ),
});

/** Calls over time: `from` inclusive, equal widths. */
export const auditBucket = z.strictObject({
  fromMs: timeMs,
  allowed: z.int().nonnegative(),
  refused: z.int().nonnegative(),
  failed: z.int().nonnegative(),
});
export type AuditBucket = z.output<typeof auditBucket>;
