import { AivaultError } from '#contract/errors.ts';
import type { HeaderPair } from '#contract/proxied.ts';
import { queryNames } from '../../policy/canonical.ts';
import { strategyOf } from '../auth/strategies.ts';
import { forwardedHeaders, type RequestHeaderRules, requestHeaderRules } from '../headers/request-headers.ts';
import { methodNames, withoutOverride } from '../method-override.ts';
import type { CredentialView } from '../parties.ts';
import type { Permitted, Planned } from '../states.ts';

interface CredentialRules {
  readonly headers: RequestHeaderRules;
  readonly query: ReadonlySet<string>;
  readonly path: string | null;
}

/** What follows from a credential alone is worked out once per view of it. */
const rulesOf = new WeakMap<CredentialView, CredentialRules>();

/** Stage 6: the request as it will be sent, but for auth. Throws `policy_violation`. */
export function planUpstream(from: Permitted): Planned {
  const { credential, capability, path, query } = from;
  const rules = credentialRules(credential);
  if (query !== null && query !== '') checkQuery(query, rules.query);
  if (rules.path !== null && path.toLowerCase().startsWith(rules.path.toLowerCase())) {
    throw new AivaultError('policy_violation', 'The path begins where the broker puts the key.');
  }
  const whole = capability.policy.responseBodyBlocklist.length > 0;
  const prefix = credential.upstreamPathPrefix;
  const upstreamPath = prefix === null ? path : path === '/' ? prefix : `${prefix}${path}`;
  const origin = `https://${from.host}`;
  const shown = strategyOf(credential.auth).shown(credential.auth, { path: upstreamPath, query });
  const upstreamHeaders: readonly HeaderPair[] = forwardedHeaders(from.requestHeaders, rules.headers, whole);
  // The only place a Planned is made.
  return {
    ...from,
    requestBody: withoutOverride(from.requestBody, from.requestHeaders),
    origin,
    upstreamPath,
    upstreamHeaders,
    shownUrl: `${origin}${shown.path}${shown.query === null ? '' : `?${shown.query}`}`,
  } as Planned;
}

function credentialRules(credential: CredentialView): CredentialRules {
  let rules = rulesOf.get(credential);
  if (rules === undefined) {
    const strategy = strategyOf(credential.auth);
    rules = {
      headers: requestHeaderRules(
        [...credential.requestHeaders, ...strategy.extraHeaders(credential.auth).request],
        strategy.ownedHeaders(credential.auth),
        strategy.replacedHeaders(credential.auth),
      ),
      query: new Set(strategy.ownedQuery(credential.auth).map((name) => name.toLowerCase())),
      path: strategy.ownedPath(credential.auth),
    };
    rulesOf.set(credential, rules);
  }
  return rules;
}

/** Every spelling a server could read as the broker's own parameter is the broker's own (H10, H11). */
function checkQuery(query: string, owned: ReadonlySet<string>): void {
  for (const name of queryNames(query)) {
    if (owned.has(name))
      throw new AivaultError('policy_violation', 'A query parameter is set by the broker, not by the caller.');
    if (methodNames.has(name))
      throw new AivaultError('policy_violation', 'A query parameter would override the method.');
  }
}
