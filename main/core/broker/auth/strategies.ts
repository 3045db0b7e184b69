import type { AuthKind } from '#contract/schemas/auth.ts';
import { awsSigv4Auth } from './aws-sigv4.ts';
import { basicAuth } from './basic.ts';
import { headerAuth } from './header.ts';
import { hmacAuth } from './hmac.ts';
import { mtlsAuth } from './mtls.ts';
import { multiHeaderAuth } from './multi-header.ts';
import { multiQueryAuth } from './multi-query.ts';
import { oauth2Auth } from './oauth2.ts';
import { pathAuth } from './path.ts';
import { queryAuth } from './query.ts';
import type { AuthOf, AuthStrategy } from './strategy.ts';

/** Every auth kind there is. A kind without a strategy does not compile. */
export const strategies: { readonly [K in AuthKind]: AuthStrategy<K> } = {
  header: headerAuth,
  query: queryAuth,
  path: pathAuth,
  basic: basicAuth,
  'multi-header': multiHeaderAuth,
  'multi-query': multiQueryAuth,
  oauth2: oauth2Auth,
  'aws-sigv4': awsSigv4Auth,
  hmac: hmacAuth,
  mtls: mtlsAuth,
};

/** The strategy of one credential's auth. */
export function strategyOf<K extends AuthKind>(auth: AuthOf<K>): AuthStrategy<K> {
  // The map's own type ties each kind to its strategy; TypeScript cannot follow that through an index.
  return strategies[auth.kind] as unknown as AuthStrategy<K>;
}
