import type { ProviderForm } from '#contract/schemas/registry.ts';
import type { Provider, ProviderSecret } from '../providers/schema.ts';

/** A provider as a form shows it. */
export function providerFormOf(provider: Provider): ProviderForm {
  return {
    provider: provider.provider,
    name: provider.name,
    category: provider.category,
    docsUrl: provider.docsUrl,
    keysUrl: provider.keysUrl,
    hosts: [...provider.hosts],
    secrets: provider.secrets.map(secretForm),
    alternatives: provider.alternatives.map(({ id, secrets }) => ({ id, secrets: secrets.map(secretForm) })),
    capabilities: provider.capabilities.length,
    sdk: provider.sdk.map(({ language, package: name, env, option, basePath }) => ({
      language,
      package: name,
      env: env === undefined ? {} : { [env]: `/v/${provider.provider}${basePath}` },
      option: option ?? null,
      basePath,
    })),
  };
}

function secretForm(secret: ProviderSecret) {
  return { name: secret.name, label: secret.label, looksLike: secret.looksLike ?? null, example: secret.example };
}
