import { scopeText } from '#contract/scope-text.ts';
import type { Capability } from '../broker/parties.ts';
import { contextOf, scopeContext } from '../policy/context.ts';
import type { Registry, RegistryCapability } from '../providers/catalog.ts';
import type { Provider, ProviderAlternative } from '../providers/schema.ts';
import { authAt } from '../providers/tenant-host.ts';
import { effectOf, noPolicy } from './capability-facts.ts';
import { type CatalogCredential, fromRegistry } from './credential-view.ts';
import { exactHosts, fieldsFrom, type ScopeBucket } from './derive.ts';
import { boundCredentialId } from './derived-id.ts';
import { registryAllows } from './host-grammar.ts';
import { type LiveSecret, type LiveSecrets, mayUse } from './live-secret.ts';
import type { CapabilityRow, CredentialRow } from './rows.ts';

// Stored rows as the broker sees them.

/** A stored credential with its secrets found; `ready` is false where one is missing, or may not be used there. */
export function credentialFromRow(
  row: CredentialRow,
  registry: Registry,
  secrets: LiveSecrets,
  buckets: ReadonlyMap<string, ScopeBucket>,
  enabled: boolean,
): CatalogCredential {
  const base = { id: row.id, context: contextOf(row), hosts: row.hosts, allowLocal: row.allowLocal, enabled };
  // A group that was attached when this was made may have been detached since.
  const usable = (id: string): LiveSecret | undefined => {
    const one = secrets.liveById(id);
    return one !== undefined && mayUse(one, base.context) ? one : undefined;
  };
  const secret = usable(row.secretId);
  const provider = registry.byName(row.provider);
  if (row.auth === null) {
    const secretIds = provider === undefined || secret === undefined ? null : storedFields(provider, secret, buckets);
    if (provider === undefined || secretIds === null || !Object.values(secretIds).every(usable)) {
      return { ...unusable(row), ...base };
    }
    // What the registry took back since the credential was made is taken back here too.
    const hosts = row.hosts.filter((host) => registryAllows([...provider.hosts, ...provider.alternateHosts], host));
    if (hosts.length === 0) return { ...unusable(row), ...base };
    const own = fromRegistry(provider, alternativeOf(provider, secret));
    return {
      ...own,
      ...base,
      auth: authAt(own.auth, [...provider.hosts, ...provider.alternateHosts], hosts[0] ?? ''),
      hosts,
      secretIds,
      refuseUnscannable: row.refuseUnscannable,
      upstreamPathPrefix: row.upstreamPathPrefix ?? own.upstreamPathPrefix,
      ready: true,
    };
  }
  const ready = secret !== undefined;
  return { ...unusable(row), ...base, auth: row.auth, secretIds: ready ? { secret: row.secretId } : {}, ready };
}

/** The provider's other way of authenticating, where the secret is that one's and it opens all there is. */
function alternativeOf(provider: Provider, secret: LiveSecret | undefined): ProviderAlternative | null {
  const named = provider.alternatives.find((each) => each.secrets.some((wanted) => wanted.name === secret?.name));
  return named !== undefined && named.capabilities.length === 0 ? named : null;
}

function unusable(row: CredentialRow) {
  return {
    provider: row.provider,
    auth: row.auth ?? { kind: 'header', name: 'authorization', template: '{{secret}}' },
    secretIds: {},
    identifiers: new Set<string>(),
    alternative: null,
    opens: null,
    priority: 0,
    upstreamPathPrefix: row.upstreamPathPrefix,
    requestHeaders: row.requestHeaders,
    responseHeaders: row.responseHeaders,
    refuseUnscannable: row.refuseUnscannable,
    origin: 'custom',
    ready: false,
  } as const;
}

/**
 * The fields of a registry provider's stored credential: its own secret, and for a provider of several the others by
 * name from the same scope. A secret of another name serves the one field there is, or as a JSON object all of them.
 */
function storedFields(
  provider: NonNullable<ReturnType<Registry['byName']>>,
  secret: LiveSecret,
  buckets: ReadonlyMap<string, ScopeBucket>,
): Record<string, string> | null {
  const wantedSecrets = (alternativeOf(provider, secret) ?? provider).secrets;
  const [first] = wantedSecrets;
  if (wantedSecrets.length === 1 && first !== undefined) return { [first.field]: secret.secretId };
  if (!wantedSecrets.some((wanted) => wanted.name === secret.name)) return { secret: secret.secretId };
  return fieldsFrom(wantedSecrets, provider.provider, buckets.get(scopeText(secret.scope))?.byName ?? new Map());
}

/** The credential a binding gives a secret that no credential of the provider uses yet. Null where it cannot serve. */
export function credentialFromBinding(
  provider: string,
  secret: LiveSecret,
  registry: Registry,
): CatalogCredential | null {
  const known = registry.byName(provider);
  const field = known?.secrets.length === 1 ? known.secrets[0]?.field : undefined;
  if (known === undefined || field === undefined || exactHosts(known).length === 0) return null;
  return {
    ...fromRegistry(known, null),
    id: boundCredentialId(provider, secret.secretId),
    context: scopeContext(secret.scope),
    hosts: exactHosts(known),
    secretIds: { [field]: secret.secretId },
    allowLocal: false,
    origin: 'custom',
    enabled: true,
    ready: true,
  };
}

export function capabilityFromRow(row: CapabilityRow, policy: Capability['policy'] | undefined): Capability {
  return {
    id: row.id,
    provider: row.provider,
    origin: 'custom',
    hosts: row.hosts,
    methods: row.methods,
    paths: row.paths,
    exclude: row.exclude,
    effect: effectOf(row.methods),
    credential: row.credential,
    alternative: null,
    policy: policy ?? noPolicy,
  };
}

export function capabilityFromRegistry(
  entry: RegistryCapability,
  policy: Capability['policy'] | undefined,
): Capability {
  const { capability, provider, alternative } = entry;
  return {
    id: capability.id,
    provider: provider.provider,
    origin: 'registry',
    hosts: entry.hosts,
    methods: capability.methods,
    paths: capability.paths,
    exclude: capability.exclude,
    effect: capability.effect,
    credential: null,
    alternative: alternative?.id ?? null,
    policy: policy ?? noPolicy,
  };
}
