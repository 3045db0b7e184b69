import { z } from 'zod';
import { operation } from '../operation.ts';
import { providerName } from '../schemas/catalog.ts';
import { providerForm, registryChange } from '../schemas/registry.ts';

const none = z.strictObject({});

export const registryOperations = {
  'providers.list': operation({
    summary: 'List the providers the registry knows, with the names and shapes of their keys.',
    input: none,
    output: z.strictObject({ providers: z.array(providerForm) }),
    access: 'operator',
    vault: 'unless-locked',
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
