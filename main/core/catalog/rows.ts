import { z } from 'zod';
import { auth } from '#contract/schemas/auth.ts';
import {
  capabilityId,
  credentialId,
  httpMethod,
  pathPattern,
  policy,
  providerName,
} from '#contract/schemas/catalog.ts';
import { contextId, scope } from '#contract/schemas/scope.ts';
import { secretId, timeMs } from '#contract/schemas/secrets.ts';
import type { TableSpec } from '../vault/sealed.ts';

// What the operator has set up over the registry, as sealed rows. What the registry itself says is never stored.

const credentialRow = z.strictObject({
  id: credentialId,
  provider: providerName,
  /** The secret it was made for. A registry provider's other secrets are found by name beside it. */
  secretId,
  workspaceId: contextId.nullable(),
  groupId: contextId.nullable(),
  /** Null for registry providers: auth, token endpoints and scopes come from the registry alone. */
  auth: auth.nullable(),
  hosts: z.array(z.string()).min(1),
  upstreamPathPrefix: z.string().nullable(),
  allowLocal: z.boolean(),
  requestHeaders: z.array(z.string()).default([]),
  responseHeaders: z.array(z.string()).default([]),
  refuseUnscannable: z.boolean().default(false),
  createdAtMs: timeMs,
});
export type CredentialRow = z.output<typeof credentialRow>;

const capabilityRow = z.strictObject({
  id: capabilityId,
  provider: providerName,
  credential: credentialId.nullable(),
  methods: z.array(httpMethod).min(1),
  paths: z.array(pathPattern).min(1),
  exclude: z.array(z.string()),
  hosts: z.array(z.string()).length(1),
  createdAtMs: timeMs,
});
export type CapabilityRow = z.output<typeof capabilityRow>;

const bindingRow = z.strictObject({
  capability: capabilityId,
  secretId,
  scope,
  consumer: z.string().nullable(),
  updatedAtMs: timeMs,
});
export type BindingRow = z.output<typeof bindingRow>;

/** Rows from before a person could be asked ask nobody. */
const policyRow = policy.extend({ askOperator: policy.shape.askOperator.default(false) });

const switchRow = z.strictObject({ enabled: z.literal(false) });

function table<T>(name: string, schema: { parse(value: unknown): T }): TableSpec<T> {
  return { name, parse: (value) => schema.parse(value) };
}

export const credentialTable = table('credentials', credentialRow);
export const capabilityTable = table('capabilities', capabilityRow);
export const policyTable = table('policies', policyRow);
export const bindingTable = table('bindings', bindingRow);
/** What the operator switched off: `credential:<id>` and `capability:<id>`. Registry items are deleted this way too. */
export const switchTable = table('switches', switchRow);

export const switchId = {
  credential: (id: string) => `credential:${id}`,
  capability: (id: string) => `capability:${id}`,
} as const;
