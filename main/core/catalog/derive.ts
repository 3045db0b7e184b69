import type { Context, Scope } from '#contract/schemas/scope.ts';
import { scopeText } from '#contract/scope-text.ts';
import { contextScope, scopeContext } from '../policy/context.ts';
import type { Registry } from '../providers/catalog.ts';
import type { Provider, ProviderAlternative, ProviderSecret } from '../providers/schema.ts';
import { type CatalogCredential, fromRegistry } from './credential-view.ts';
import { derivedCredentialId } from './derived-id.ts';
import type { LiveSecret } from './live-secret.ts';

// Credentials the registry gives for stored secrets. They are never stored: a credential is there as long as all its
// secrets are, so deleting one takes it away at once, and its auth and hosts are always the registry's.

/** The pinned secrets of one scope, by name. Secrets attached to a group appear in it unless it has its own. */
export interface ScopeBucket {
  readonly context: Context;
  readonly byName: ReadonlyMap<string, LiveSecret>;
}

/** Sorts pinned secrets into the scopes they are available in as credentials of that scope. */
export function bucketsOf(secrets: Iterable<LiveSecret>): Map<string, ScopeBucket> {
  const buckets = new Map<string, { context: Context; byName: Map<string, LiveSecret> }>();
  const bucket = (scope: Scope) => {
    const key = scopeText(scope);
    const known = buckets.get(key);
    if (known !== undefined) return known;
    const made = { context: scopeContext(scope), byName: new Map<string, LiveSecret>() };
    buckets.set(key, made);
    return made;
  };
  const attached: LiveSecret[] = [];
  for (const secret of secrets) {
    if (secret.pinnedProvider === null) continue;
    bucket(secret.scope).byName.set(secret.name, secret);
    if (secret.attachedGroups.length > 0) attached.push(secret);
  }
  for (const secret of attached) {
    for (const group of secret.attachedGroups) {
      const there = bucket(contextScope(group)).byName;
      if (!there.has(secret.name)) there.set(secret.name, secret);
    }
  }
  return buckets;
}

/** All credentials the registry gives for these buckets; `isEnabled` is asked per id. */
export function deriveCredentials(
  registry: Registry,
  buckets: Iterable<ScopeBucket>,
  isEnabled: (id: string) => boolean,
): CatalogCredential[] {
  const derived: CatalogCredential[] = [];
  for (const { context, byName } of buckets) {
    for (const name of providersIn(byName)) {
      const provider = registry.byName(name);
      if (provider === undefined) continue;
      for (const alternative of [null, ...provider.alternatives]) {
        const one = deriveOne(provider, alternative, context, byName);
        if (one !== null) derived.push({ ...one, enabled: isEnabled(one.id) });
      }
    }
  }
  return derived;
}

/** The exact hosts a credential may be derived for; empty where the service gives each customer a host of its own. */
export function exactHosts(source: { readonly hosts: readonly string[] }): string[] {
  return source.hosts[0]?.includes('{') === true ? [] : source.hosts.filter((host) => !host.includes('{'));
}

/** Which secret serves which template field; null while one is missing. */
export function fieldsFrom(
  wanted: readonly ProviderSecret[],
  provider: string,
  byName: ReadonlyMap<string, LiveSecret>,
): Record<string, string> | null {
  const fields: Record<string, string> = {};
  for (const { name, field } of wanted) {
    const secret = byName.get(name);
    if (secret === undefined || secret.pinnedProvider !== provider) return null;
    fields[field] = secret.secretId;
  }
  return fields;
}

function deriveOne(
  provider: Provider,
  alternative: ProviderAlternative | null,
  context: Context,
  byName: ReadonlyMap<string, LiveSecret>,
): CatalogCredential | null {
  const source = alternative ?? provider;
  const secretIds = fieldsFrom(source.secrets, provider.provider, byName);
  const hosts = exactHosts(source);
  if (secretIds === null || hosts.length === 0) return null;
  return {
    ...fromRegistry(provider, alternative),
    id: derivedCredentialId(provider.provider, alternative?.id ?? null, context),
    context,
    hosts,
    secretIds,
    allowLocal: false,
    enabled: true,
    ready: true,
  };
}

function providersIn(byName: ReadonlyMap<string, LiveSecret>): Set<string> {
  const names = new Set<string>();
  for (const secret of byName.values()) if (secret.pinnedProvider !== null) names.add(secret.pinnedProvider);
  return names;
}
