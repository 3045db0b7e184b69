import { z } from 'zod';

/** What the operator may set. Kept in the vault, so a locked host runs with the defaults. */
export const settings = z.strictObject({
  /** Minutes without a question or a call until the vault locks itself; 0 = never. Null: 15 for a passphrase, else never. */
  idleLockMinutes: z.int().min(0).max(1440).nullable(),
  lockOnSuspend: z.boolean(),
  /** Null: the host's own choice (19790, or the environment's). Takes effect at the next start. */
  endpointPort: z.int().min(1024).max(65535).nullable(),
  appearance: z.enum(['system', 'light', 'dark']),
  launchAtLogin: z.boolean(),
  globalShortcut: z.string().trim().min(1).max(64).nullable(),
});
export type Settings = z.output<typeof settings>;

export const defaultSettings: Settings = {
  idleLockMinutes: null,
  lockOnSuspend: true,
  endpointPort: null,
  appearance: 'system',
  launchAtLogin: false,
  globalShortcut: null,
};
