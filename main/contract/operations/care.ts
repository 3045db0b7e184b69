import { z } from 'zod';
import { operation } from '../operation.ts';
import { chainLine } from '../schemas/audit.ts';
import { registryChange } from '../schemas/care.ts';
import { providerName } from '../schemas/catalog.ts';

// Keeping a vault in good order beyond the window's rows: the audit chain as it stands, registry updates that wait.

export const careOperations = {
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
  'registry.review': operation({
    summary: 'Show what a registry update would add to the reach of stored secrets, held until accepted.',
    input: z.strictObject({}),
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
