import { z } from 'zod';
import { operation } from '../operation.ts';
import { chainLine } from '../schemas/audit.ts';
import { doctorFinding, registryChange } from '../schemas/care.ts';
import { providerName } from '../schemas/catalog.ts';
import { settings } from '../schemas/settings.ts';
import { keyProviderChoice, vaultStatus } from '../schemas/vault.ts';

// Keeping a vault in good order: settings, diagnosis, backup, export, registry updates that wait for a person.

const none = z.strictObject({});

export const careOperations = {
  'settings.get': operation({
    summary: 'Show the settings.',
    input: none,
    output: z.strictObject({ settings }),
    access: 'operator',
    vault: 'unlocked',
    effect: 'read',
  }),
  'settings.set': operation({
    summary: 'Change settings; those you leave out stay as they are.',
    input: settings.partial(),
    output: z.strictObject({ settings }),
    access: 'operator',
    vault: 'unlocked',
    effect: 'write',
  }),
  'doctor.run': operation({
    summary: 'Check permissions, key custody, keychain, endpoint, clock and hooks, and say what to do.',
    input: none,
    output: z.strictObject({ healthy: z.boolean(), findings: z.array(doctorFinding) }),
    access: 'operator',
    vault: 'any',
    effect: 'read',
  }),
  'audit.export': operation({
    summary: 'Export the audit chain, oldest first, a page at a time.',
    input: z.strictObject({
      afterSeq: z.int().nonnegative().default(0),
      limit: z.int().min(1).max(10_000).default(5_000),
    }),
    output: z.strictObject({ lines: z.array(chainLine), nextAfterSeq: z.int().nullable() }),
    access: 'operator',
    vault: 'unlocked',
    effect: 'read',
  }),
  'backup.create': operation({
    summary: 'Write the whole vault into one file, encrypted under a passphrase of its own.',
    input: z.strictObject({
      /** An absolute path that does not exist yet. */
      file: z.string().min(1).max(4096),
      passphrase: z.string().min(8, 'a backup passphrase has at least 8 characters').max(1024),
      includeAudit: z.boolean().default(false),
    }),
    output: z.strictObject({ file: z.string(), bytes: z.int(), secrets: z.int() }),
    access: 'operator',
    vault: 'unlocked',
    effect: 'write',
    presence: 'fresh',
  }),
  'backup.restore': operation({
    summary: 'Make a vault from a backup file, in an empty place, with a key provider of your choice.',
    input: z.strictObject({
      file: z.string().min(1).max(4096),
      passphrase: z.string().min(1).max(1024),
      choice: keyProviderChoice.optional(),
    }),
    output: vaultStatus,
    access: 'operator',
    vault: 'any',
    effect: 'write',
  }),
  'registry.review': operation({
    summary: 'Show what a registry update would add to the reach of stored secrets, held until accepted.',
    input: none,
    output: z.strictObject({ changes: z.array(registryChange) }),
    access: 'operator',
    vault: 'unlocked',
    effect: 'read',
  }),
  'registry.accept': operation({
    summary: 'Accept the held changes of one provider, or of all.',
    input: z.strictObject({ provider: providerName.optional() }),
    output: z.strictObject({ accepted: z.array(registryChange) }),
    access: 'operator',
    vault: 'unlocked',
    effect: 'write',
    presence: 'fresh',
  }),
};
