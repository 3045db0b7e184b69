import type { Auth } from '#contract/schemas/auth.ts';
import type { CapabilityDetail, CapabilitySummary } from '#contract/schemas/catalog.ts';
import { hmacInputShape } from '../broker/auth/hmac.ts';
import type { Capability } from '../broker/parties.ts';
import { defaultsOf, type RegistryCapability } from '../providers/catalog.ts';
import type { Provider } from '../providers/schema.ts';
import { exampleTexts } from './examples.ts';

export interface DescribeInput {
  readonly capability: Capability;
  readonly summary: CapabilitySummary;
  /** Ids of the usable credentials that back it. */
  readonly credentials: readonly string[];
  readonly entry: RegistryCapability | undefined;
  readonly provider: Provider | undefined;
  /** How its credential proves itself; undefined where there is none yet. */
  readonly auth: Auth | undefined;
  /** Where the endpoint listens; null where it does not. */
  readonly baseUrl: string | null;
}

/** Everything a person needs to use a capability: limits, credentials, defaults, examples to paste, how to set it up. */
export function describeCapability(input: DescribeInput): CapabilityDetail {
  const { capability, summary, entry, provider } = input;
  const defaults = defaultsOf(capability);
  const registered = entry?.capability.example ?? null;
  const sample = registered ?? sampleOf(capability, defaults);
  const baseUrl = input.baseUrl ?? 'http://127.0.0.1:19790';
  return {
    ...summary,
    providerName: provider?.name ?? capability.provider,
    exclude: [...capability.exclude],
    authKind: input.auth?.kind ?? 'none',
    signedInput: input.auth?.kind === 'hmac' ? hmacInputShape : null,
    docsUrl: entry?.capability.docsUrl ?? provider?.docsUrl ?? null,
    policy: capability.policy,
    credentials: [...input.credentials],
    defaults,
    example: registered,
    passThrough: `${baseUrl}/v/${capability.provider}`,
    examples: exampleTexts(capability.id, sample, baseUrl),
    setup: entry === undefined ? null : setupOf(entry),
  };
}

function sampleOf(capability: Capability, defaults: { method: string | null; path: string | null }) {
  const method = defaults.method ?? (capability.methods.includes('POST') ? 'POST' : (capability.methods[0] ?? 'GET'));
  const path = defaults.path ?? (capability.paths[0] ?? '/').replace(/\/\*\*$/, '').replaceAll(/[{}]/g, '') ?? '/';
  return { method, path: path === '' ? '/' : path, ...(method === 'POST' ? { body: {} } : {}) };
}

/** The commands that store what the provider needs; each asks for its value at a hidden prompt. */
function setupOf({ provider, alternative }: RegistryCapability): CapabilityDetail['setup'] {
  const { secrets, auth } = alternative ?? provider;
  const account = auth.kind === 'oauth2' && auth.authorizationEndpoint !== undefined;
  if (account) {
    return {
      commands: [`aivault oauth connect ${provider.provider}`],
      note: `Register an application at ${provider.keysUrl}; its client id and secret are asked for, consent is given in the browser.`,
      requiredSecrets: Object.fromEntries(secrets.map((secret) => [secret.name, secret.label])),
    };
  }
  return {
    commands: secrets.map((secret) => `aivault secrets create --name ${secret.name} --scope global`),
    note: `Get a key at ${provider.keysUrl}. The value is asked for and not shown.`,
    requiredSecrets: Object.fromEntries(secrets.map((secret) => [secret.name, secret.label])),
  };
}
