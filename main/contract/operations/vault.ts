import { z } from 'zod';
import { operation } from '../operation.ts';
import { keyProviderChoice, vaultStatus } from '../schemas/vault.ts';

const none = z.strictObject({});

export const vaultOperations = {
  'vault.status': operation({
    summary: 'Show the state of the vault and its host.',
    input: none,
    output: vaultStatus,
    access: 'operator',
    vault: 'any',
    effect: 'read',
  }),
  'vault.init': operation({
    summary: 'Create the vault with a key provider of your choice.',
    input: z.strictObject({ choice: keyProviderChoice }),
    output: vaultStatus,
    access: 'operator',
    vault: 'unless-locked',
    effect: 'write',
  }),
  'vault.unlock': operation({
    summary: 'Unlock the vault.',
    input: z.strictObject({
      passphrase: z.string().max(1024).optional(),
      /** Accept a database older than its anchor; audited. */
      acceptRollback: z.boolean().default(false),
    }),
    output: vaultStatus,
    access: 'operator',
    vault: 'any',
    effect: 'write',
  }),
  'vault.lock': operation({
    summary: 'Lock the vault and forget its key.',
    input: none,
    output: vaultStatus,
    access: 'operator',
    vault: 'unless-locked',
    effect: 'write',
  }),
  'vault.rotateMaster': operation({
    summary: 'Replace the vault key, the passphrase or the key provider.',
    input: z.strictObject({
      choice: keyProviderChoice.optional(),
      /** 32 bytes as base64 or 64 hex digits, for the file and env providers. */
      newKey: z.string().optional(),
    }),
    output: vaultStatus,
    access: 'operator',
    vault: 'unlocked',
    effect: 'write',
    presence: 'fresh',
  }),
  'vault.discardDamaged': operation({
    summary: 'Give up rows that do not open, for good, so that the rest is whole again.',
    input: none,
    output: z.strictObject({
      discarded: z.array(z.strictObject({ table: z.string(), id: z.string(), reason: z.string() })),
    }),
    access: 'operator',
    vault: 'unlocked',
    effect: 'write',
    presence: 'fresh',
  }),
};
