import { z } from 'zod';
import { operation } from '../operation.ts';
import { auditBucket, doctorCheck, providerForm, settings, tokenReach, tryAnswer, tryInput } from '../schemas/desk.ts';
import { timeMs } from '../schemas/secrets.ts';
import { tokenId } from '../schemas/tokens.ts';
import { keyProviderChoice, vaultStatus } from '../schemas/vault.ts';

const none = z.strictObject({});

export const deskOperations = {
  'providers.list': operation({
    summary: 'List the providers the registry knows, with the names and shapes of their keys.',
    input: none,
    output: z.strictObject({ providers: z.array(providerForm) }),
    access: 'operator',
    vault: 'any',
    effect: 'read',
  }),
  'settings.show': operation({
    summary: 'Show the settings of this host.',
    input: none,
    output: settings,
    access: 'operator',
    vault: 'any',
    effect: 'read',
  }),
  'settings.set': operation({
    summary: 'Change settings; those left out stay as they are.',
    input: settings.partial(),
    output: settings,
    access: 'operator',
    vault: 'unlocked',
    effect: 'write',
  }),
  'endpoint.setPaused': operation({
    summary: 'Pause or resume the local endpoint; paused, every call is refused.',
    input: z.strictObject({ paused: z.boolean() }),
    output: vaultStatus,
    access: 'operator',
    vault: 'any',
    effect: 'write',
  }),
  'host.doctor': operation({
    summary: 'Check permissions, key custody, endpoint, clock and hooks, and say what to do.',
    input: none,
    output: z.strictObject({ checks: z.array(doctorCheck) }),
    access: 'operator',
    vault: 'any',
    effect: 'read',
  }),
  'backup.create': operation({
    summary: 'Write one encrypted file with its own passphrase that holds the whole vault.',
    input: z.strictObject({
      path: z.string().min(1).max(4096),
      passphrase: z.string().min(1).max(1024),
      includeAudit: z.boolean().default(false),
    }),
    output: z.strictObject({ path: z.string(), bytes: z.int(), secrets: z.int() }),
    access: 'operator',
    vault: 'unlocked',
    effect: 'write',
    presence: 'fresh',
  }),
  'backup.restore': operation({
    summary: 'Restore a backup file into an empty vault folder.',
    input: z.strictObject({
      path: z.string().min(1).max(4096),
      passphrase: z.string().min(1).max(1024),
      /** How the restored vault keeps its key; left out: as a vault that is created by being used. */
      choice: keyProviderChoice.optional(),
    }),
    output: vaultStatus,
    access: 'operator',
    vault: 'any',
    effect: 'write',
  }),
  'capabilities.try': operation({
    summary: 'Send one request through a capability and show the answer.',
    input: tryInput,
    output: tryAnswer,
    access: 'operator',
    vault: 'unlocked',
    effect: 'write',
  }),
  'tokens.explain': operation({
    summary: 'Say what a token could do if it were used now.',
    input: z.strictObject({ id: tokenId }),
    output: tokenReach,
    access: 'operator',
    vault: 'unlocked',
    effect: 'read',
  }),
  'audit.series': operation({
    summary: 'Count calls over time.',
    input: z.strictObject({
      fromMs: timeMs,
      untilMs: timeMs,
      buckets: z.int().min(1).max(200),
      credential: z.string().optional(),
      capability: z.string().optional(),
    }),
    output: z.strictObject({ buckets: z.array(auditBucket) }),
    access: 'operator',
    vault: 'unlocked',
    effect: 'read',
  }),
};
