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

/** The first of its ways that begins with a person's consent, as `oauth.begin` chooses it. */
function oauthOf(provider: Provider): ProviderForm['oauth'] {
  const way = [provider, ...provider.alternatives].find(({ auth }) => auth.kind === 'oauth2');
  const [secret] = way?.secrets ?? [];
  if (way?.auth.kind !== 'oauth2' || way.auth.authorizationEndpoint === undefined || secret === undefined) return null;
  const { authorizationEndpoint, scopes } = way.auth;
  return { consentOrigin: new URL(authorizationEndpoint).origin, scopes: [...scopes], secret: secret.name };
}

function secretForm(secret: ProviderSecret) {
  return { name: secret.name, label: secret.label, looksLike: secret.looksLike ?? null, example: secret.example };
}
