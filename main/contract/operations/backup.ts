import { z } from 'zod';
import { operation } from '../operation.ts';
import { keyProviderChoice, vaultStatus } from '../schemas/vault.ts';

export const backupOperations = {
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
    vault: 'unless-locked',
    effect: 'write',
  }),
};
