import type { AuthOf } from '../broker/auth/strategy.ts';
import type { Provider, ProviderSecret } from '../providers/schema.ts';

/** How accounts of a provider are authorised, and the secret that holds their tokens. */
export interface OauthWay {
  readonly auth: AuthOf<'oauth2'>;
  readonly secret: ProviderSecret;
}

/** The first of a provider's ways that is OAuth; null where it has none. */
export function oauthWayOf(provider: Provider): OauthWay | null {
  const way = [provider, ...provider.alternatives].find(({ auth }) => auth.kind === 'oauth2');
  const [secret] = way?.secrets ?? [];
  return way?.auth.kind === 'oauth2' && secret !== undefined ? { auth: way.auth, secret } : null;
}
