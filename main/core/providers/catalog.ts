import type { Provider, ProviderAlternative, ProviderCapability, ProviderSecret } from './schema.ts';

// The registry as everybody above asks it: by provider, by secret name, by capability id.

/** A capability with what it inherits from its provider. */
export interface RegistryCapability {
  readonly provider: Provider;
  /** Set where only this alternative's secret opens it (Codex for OpenAI). */
  readonly alternative: ProviderAlternative | null;
  readonly capability: ProviderCapability;
  /** Hosts and host patterns it may go to. A credential's own hosts narrow this to exactly one. */
  readonly hosts: readonly string[];
  readonly defaults: { readonly method: string | null; readonly path: string | null };
}

/** What a secret name means to the registry. */
export interface SecretClaim {
  readonly provider: Provider;
  readonly secret: ProviderSecret;
  /** Null where the name belongs to the provider's own secrets; else the first alternative that uses it. */
  readonly alternative: ProviderAlternative | null;
  /** Every alternative that uses it: one secret may open several, each with a path prefix of its own. */
  readonly alternatives: readonly ProviderAlternative[];
}

export interface Registry {
  readonly providers: readonly Provider[];
  byName(name: string): Provider | undefined;
  /** Exact and case-sensitive; aliases never match. */
  bySecretName(name: string): SecretClaim | undefined;
  capability(id: string): RegistryCapability | undefined;
  /** Everything the provider's secret opens, or what the alternative's does. */
  capabilitiesOf(provider: string, alternative?: string | null): readonly RegistryCapability[];
}

/** Indexes validated providers. Throws where two claim one name, id or secret: such a registry must not be used. */
export function createRegistry(providers: readonly Provider[]): Registry {
  const byName = new Map<string, Provider>();
  const claims = new Map<string, SecretClaim>();
  const capabilities = new Map<string, RegistryCapability>();
  const opened = new Map<string, readonly RegistryCapability[]>();
  for (const provider of providers) {
    const { provider: name } = provider;
    once(byName, name, provider, 'provider');
    for (const secret of provider.secrets) {
      once(claims, secret.name, { provider, secret, alternative: null, alternatives: [] }, 'secret');
    }
    opened.set(openedKey(name, null), entriesOf(provider, null));
    for (const alternative of provider.alternatives) {
      for (const secret of alternative.secrets) claimAlternative(claims, provider, secret, alternative);
      const own = alternative.capabilities.length > 0 ? alternative : null;
      opened.set(
        openedKey(name, alternative.id),
        own === null ? opened.get(openedKey(name, null))! : entriesOf(provider, own),
      );
    }
    for (const alternative of [null, ...provider.alternatives]) {
      if (alternative !== null && alternative.capabilities.length === 0) continue;
      for (const entry of opened.get(openedKey(name, alternative?.id ?? null))!) {
        once(capabilities, entry.capability.id, entry, 'capability');
      }
    }
  }
  return {
    providers,
    byName: (name) => byName.get(name),
    bySecretName: (name) => claims.get(name),
    capability: (id) => capabilities.get(id),
    capabilitiesOf: (name, alternative = null) =>
      opened.get(openedKey(name, alternative)) ?? opened.get(openedKey(name, null)) ?? [],
  };
}

/** Neither a provider's name nor an alternative's can hold a space. */
function openedKey(provider: string, alternative: string | null): string {
  return alternative === null ? provider : `${provider} ${alternative}`;
}

/**
 * What a request that names neither uses: the method where there is one; the path where exactly one pattern has no
 * parameter (its closing `/**` dropped).
 */
export function defaultsOf(capability: { readonly methods: readonly string[]; readonly paths: readonly string[] }) {
  const plain = capability.paths.map((path) => path.replace(/\/\*\*$/, '')).filter((path) => !path.includes('{'));
  return {
    method: capability.methods.length === 1 ? capability.methods[0]! : null,
    path: plain.length === 1 ? plain[0] || '/' : null,
  };
}

/** What the provider's own secrets open, or what only an alternative's do. */
function entriesOf(provider: Provider, alternative: ProviderAlternative | null): RegistryCapability[] {
  const usual = alternative === null ? [provider.hosts[0]!, ...provider.alternateHosts] : [alternative.hosts[0]!];
  return (alternative ?? provider).capabilities.map((capability) => ({
    provider,
    alternative,
    capability,
    hosts: capability.host === undefined ? usual : [capability.host],
    get defaults() {
      return defaultsOf(capability);
    },
  }));
}

function claimAlternative(
  claims: Map<string, SecretClaim>,
  provider: Provider,
  secret: ProviderSecret,
  alternative: ProviderAlternative,
): void {
  const known = claims.get(secret.name);
  if (known === undefined) claims.set(secret.name, { provider, secret, alternative, alternatives: [alternative] });
  else if (known.provider !== provider) throw new Error(`two providers claim the secret ${secret.name}`);
  else claims.set(secret.name, { ...known, alternatives: [...known.alternatives, alternative] });
}

function once<T>(map: Map<string, T>, key: string, value: T, what: string): void {
  if (map.has(key)) throw new Error(`the registry has two of ${what} ${key}`);
  map.set(key, value);
}
