import { z } from 'zod';
import { scopeNames } from '../choices.ts';
import { operation } from '../operation.ts';
import { auth } from '../schemas/auth.ts';
import {
  binding,
  capabilityDetail,
  capabilityId,
  capabilitySummary,
  credential,
  credentialId,
  headerPattern,
  httpMethod,
  pathPattern,
  policy,
  providerName,
} from '../schemas/catalog.ts';
import { context, contextId, scope } from '../schemas/scope.ts';
import { secretRef } from '../schemas/secrets.ts';
import { tryAnswer, tryInput } from '../schemas/try.ts';

const hostText = z.string().trim().min(1).max(260);
const bindingKey = z.strictObject({
  capability: capabilityId,
  scope: scope.default('global'),
  consumer: z.string().trim().min(1).max(120).optional(),
});

export const catalogOperations = {
  'credentials.list': operation({
    summary: 'List credentials: which secret goes where, and how.',
    input: z.strictObject({}),
    output: z.strictObject({ credentials: z.array(credential) }),
    access: 'operator',
    vault: 'unlocked',
    effect: 'read',
  }),
  'credentials.create': operation({
    summary: 'Create a credential for a provider of your own, or a tenant of a known one.',
    input: z.strictObject({
      id: credentialId,
      provider: providerName,
      secretRef,
      workspaceId: contextId.optional(),
      groupId: contextId.optional(),
      auth: auth.optional(),
      hosts: z.array(hostText).max(16).default([]),
      upstreamPathPrefix: z.string().max(256).optional(),
      allowLocal: z.boolean().default(false),
      /** Headers beyond the base lists that callers may send and get; for providers of one's own. */
      requestHeaders: z.array(headerPattern).max(32).default([]),
      responseHeaders: z.array(headerPattern).max(32).default([]),
      /** Refuse answers that cannot be searched for the secret. */
      refuseUnscannable: z.boolean().default(false),
      /** The secret's value again, where a second credential would add hosts to an unpinned secret. */
      valueAgain: z.string().optional(),
    }),
    output: credential,
    access: 'operator',
    vault: 'unlocked',
    effect: 'write',
  }),
  'credentials.delete': operation({
    summary: 'Delete a credential.',
    input: z.strictObject({ id: credentialId }),
    /** `capabilities`: those that were ready and are no longer. */
    output: z.strictObject({ id: credentialId, removed: z.boolean(), capabilities: z.array(capabilityId) }),
    access: 'operator',
    vault: 'unlocked',
    effect: 'write',
  }),
  'credentials.setEnabled': operation({
    summary: 'Enable or disable a credential.',
    input: z.strictObject({ id: credentialId, enabled: z.boolean() }),
    output: credential,
    access: 'operator',
    vault: 'unlocked',
    effect: 'write',
  }),
  'capabilities.list': operation({
    summary: 'List capabilities and whether they are ready.',
    input: z.strictObject({
      provider: providerName.optional(),
      category: z.string().optional(),
      search: z.string().max(120).optional(),
      ready: z.boolean().optional(),
    }),
    output: z.strictObject({ capabilities: z.array(capabilitySummary) }),
    access: 'operator',
    vault: 'unlocked',
    effect: 'read',
  }),
  'capabilities.describe': operation({
    summary: 'Show one capability: hosts, methods, paths and examples.',
    input: z.strictObject({ id: z.string().max(140) }),
    output: capabilityDetail,
    access: 'operator',
    vault: 'unlocked',
    effect: 'read',
  }),
  'capabilities.create': operation({
    summary: 'Create a capability of your own.',
    input: z.strictObject({
      id: capabilityId,
      provider: providerName.optional(),
      credential: credentialId.optional(),
      methods: z.array(httpMethod).min(1),
      paths: z.array(pathPattern).min(1).max(64),
      exclude: z.array(pathPattern).max(64).default([]),
      hosts: z.array(hostText).max(1).default([]),
    }),
    output: capabilitySummary,
    access: 'operator',
    vault: 'unlocked',
    effect: 'write',
  }),
  'capabilities.delete': operation({
    summary: 'Delete a capability of your own and its policy.',
    input: z.strictObject({ id: capabilityId }),
    output: z.strictObject({ id: capabilityId, removedCapability: z.boolean(), removedPolicy: z.boolean() }),
    access: 'operator',
    vault: 'unlocked',
    effect: 'write',
  }),
  'capabilities.setEnabled': operation({
    summary: 'Enable or disable a capability, registry ones included.',
    input: z.strictObject({ id: capabilityId, enabled: z.boolean() }),
    output: capabilitySummary,
    access: 'operator',
    vault: 'unlocked',
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
  'policies.set': operation({
    summary: 'Limit a capability; limits you leave out stay as they are.',
    input: z.strictObject({ capability: capabilityId, ...policy.partial().shape }),
    output: z.strictObject({ capabilityId, policy }),
    access: 'operator',
    vault: 'unlocked',
    effect: 'write',
  }),
  'policies.show': operation({
    summary: 'Show the limits of a capability.',
    input: z.strictObject({ capability: capabilityId }),
    output: z.strictObject({ capabilityId, policy }),
    access: 'operator',
    vault: 'unlocked',
    effect: 'read',
  }),
  'policies.clear': operation({
    summary: 'Remove all limits of a capability.',
    input: z.strictObject({ capability: capabilityId }),
    output: z.strictObject({ capabilityId, policy }),
    access: 'operator',
    vault: 'unlocked',
    effect: 'write',
  }),
  'bindings.set': operation({
    summary: 'Make a capability use a given secret, in a scope, for a consumer.',
    input: z.strictObject({ ...bindingKey.shape, secretRef }),
    output: binding,
    access: 'operator',
    vault: 'unlocked',
    effect: 'write',
  }),
  'bindings.remove': operation({
    summary: 'Remove a binding.',
    input: bindingKey,
    output: z.strictObject({ removed: z.boolean() }),
    access: 'operator',
    vault: 'unlocked',
    effect: 'write',
  }),
  'bindings.list': operation({
    summary: 'List bindings.',
    input: z.strictObject({
      capability: capabilityId.optional(),
      scope: z.enum(scopeNames).optional(),
      ...context.shape,
      consumer: z.string().optional(),
    }),
    output: z.strictObject({ bindings: z.array(binding) }),
    access: 'operator',
    vault: 'unlocked',
    effect: 'read',
  }),
};
