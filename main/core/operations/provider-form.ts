import type { ProviderForm } from '#contract/schemas/registry.ts';
import type { Provider, ProviderSecret } from '../providers/schema.ts';
import { oauthWayOf } from './oauth-way.ts';

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
    oauth: oauthOf(provider),
    sdk: provider.sdk.map(({ language, package: name, env, option, basePath }) => ({
      language,
      package: name,
      env: env === undefined ? {} : { [env]: `/v/${provider.provider}${basePath}` },
      option: option ?? null,
      basePath,
    })),
  };
}

/** Null where no person's consent is asked for: there is nothing to connect. */
function oauthOf(provider: Provider): ProviderForm['oauth'] {
  const way = oauthWayOf(provider);
  if (way?.auth.authorizationEndpoint === undefined) return null;
  const { authorizationEndpoint, scopes } = way.auth;
  return { consentOrigin: new URL(authorizationEndpoint).origin, scopes: [...scopes], secret: way.secret.name };
}

function secretForm(secret: ProviderSecret) {
  return { name: secret.name, label: secret.label, looksLike: secret.looksLike ?? null, example: secret.example };
}
