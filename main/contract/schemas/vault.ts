import { z } from 'zod';
import { errorBody } from './error-body.ts';
import { settings } from './host.ts';

/** How the vault key is kept, as the CLI and the window name it. */
export const keyProvider = z.enum(['keychain', 'passphrase', 'file', 'env']);
export type KeyProvider = z.output<typeof keyProvider>;

export const keyProviderChoice = z.discriminatedUnion('provider', [
  z.strictObject({
    provider: z.literal('keychain'),
    service: z.string().min(1).max(128).default('aivault'),
    account: z.string().min(1).max(128).optional(),
  }),
  z.strictObject({ provider: z.literal('passphrase'), passphrase: z.string().min(1).max(1024) }),
  // The host works in another folder than whoever asks: a name without one would be lost.
  z.strictObject({
    provider: z.literal('file'),
    path: z
      .string()
      .regex(/^(?:[\\/]|[A-Za-z]:[\\/])/, 'an absolute path')
      .optional(),
  }),
  z.strictObject({
    provider: z.literal('env'),
    variable: z
      .string()
      .regex(/^[A-Za-z_][A-Za-z0-9_]*$/)
      .default('AIVAULT_KEY'),
  }),
]);
export type KeyProviderChoice = z.output<typeof keyProviderChoice>;

export const vaultStatus = z.strictObject({
  state: z.enum(['missing', 'locked', 'unlocked', 'rolled_back', 'degraded']),
  keyProvider: keyProvider.nullable(),
  /** Keyed fingerprint of the vault key, 64 hex digits: changes when the vault key does. Null while missing. */
  fingerprint: z.string().nullable(),
  paths: z.strictObject({
    vault: z.string(),
    database: z.string(),
    audit: z.string(),
    key: z.string().nullable(),
    socket: z.string().nullable(),
  }),
  /** `paused`: the operator paused it; every call is refused until resumed. */
  endpoint: z.strictObject({ baseUrl: z.string(), paused: z.boolean().optional() }).nullable(),
  development: z.boolean(),
  version: z.string(),
  /** What this custody cannot promise, in sentences (for example that any program of this user is operator). */
  warnings: z.array(z.string()),
  /** Why a vault that is closed did not open when it was tried, where a passphrase is not the answer; and what to do. */
  trouble: errorBody.nullable(),
  damaged: z.array(z.strictObject({ table: z.string(), id: z.string(), reason: z.string() })),
  counts: z
    .strictObject({ secrets: z.int(), credentials: z.int(), capabilitiesReady: z.int(), tokens: z.int() })
    .nullable(),
  locksAtMs: z.int().nullable(),
  pid: z.int(),
  desktop: z.boolean(),
  /** What the lock screen looks like and what opens it: the settings that count while all others are out of reach. */
  window: settings.pick({ appearance: true, launchAtLogin: true, globalShortcut: true }),
});
export type VaultStatus = z.output<typeof vaultStatus>;
