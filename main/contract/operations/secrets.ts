import { z } from 'zod';
import { operation } from '../operation.ts';
import { groupAttachment, scope } from '../schemas/scope.ts';
import { newSecretName, notice, secretId, secretListFilter, secretMetadata, secretValue } from '../schemas/secrets.ts';

const answer = z.strictObject({ secret: secretMetadata, notices: z.array(notice) });
const group = z.strictObject({ secretId, ...groupAttachment.shape });

export const secretOperations = {
  'secrets.list': operation({
    summary: 'List secrets: everything but their values.',
    input: secretListFilter,
    output: z.strictObject({ secrets: z.array(secretMetadata) }),
    access: 'operator',
    vault: 'unlocked',
    effect: 'read',
  }),
  'secrets.create': operation({
    summary: 'Store a secret; a name the registry knows also sets up its credential.',
    input: z.strictObject({
      name: newSecretName,
      value: secretValue,
      scope: scope.default('global'),
      aliases: z.array(newSecretName).max(32).default([]),
    }),
    output: answer,
    access: 'operator',
    vault: 'unlocked',
    effect: 'write',
  }),
  'secrets.update': operation({
    summary: 'Rename a secret or replace its aliases.',
    input: z.strictObject({
      secretId,
      name: newSecretName.optional(),
      aliases: z.array(newSecretName).max(32).optional(),
    }),
    output: answer,
    access: 'operator',
    vault: 'unlocked',
    effect: 'write',
  }),
  'secrets.rotate': operation({
    summary: 'Replace the value of a secret, under a fresh data key.',
    input: z.strictObject({ secretId, value: secretValue }),
    output: answer,
    access: 'operator',
    vault: 'unlocked',
    effect: 'write',
  }),
  'secrets.deletePreview': operation({
    summary: 'Show what deleting a secret takes with it.',
    input: z.strictObject({ secretId }),
    output: z.strictObject({
      secret: secretMetadata,
      credentials: z.array(z.string()),
      bindings: z.int(),
      capabilities: z.int(),
    }),
    access: 'operator',
    vault: 'unlocked',
    effect: 'read',
  }),
  'secrets.delete': operation({
    summary: 'Revoke and delete a secret with everything that depended on it.',
    input: z.strictObject({ secretId }),
    output: answer,
    access: 'operator',
    vault: 'unlocked',
    effect: 'write',
  }),
  'secrets.attachGroup': operation({
    summary: 'Let a group use a secret as well.',
    input: group,
    output: answer,
    access: 'operator',
    vault: 'unlocked',
    effect: 'write',
  }),
  'secrets.detachGroup': operation({
    summary: 'Take back what attaching a group added.',
    input: group,
    output: answer,
    access: 'operator',
    vault: 'unlocked',
    effect: 'write',
  }),
  'secrets.import': operation({
    summary: 'Store many secrets at once; names that exist are rotated.',
    input: z.strictObject({
      // Longer than anything that can be stored: what is wrong with one entry is said of it, and stops no other.
      entries: z
        .array(z.strictObject({ name: z.string().max(64 * 1024), value: z.string().max(1024 * 1024) }))
        .max(10_000),
      scope: scope.default('global'),
    }),
    output: z.strictObject({
      created: z.array(z.string()),
      rotated: z.array(z.string()),
      skipped: z.array(z.strictObject({ name: z.string(), reason: z.string() })),
      notices: z.array(notice),
    }),
    access: 'operator',
    vault: 'unlocked',
    effect: 'write',
  }),
};
