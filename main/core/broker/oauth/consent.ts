import { createHash } from 'node:crypto';
import { AivaultError } from '#contract/errors.ts';

/** What the consent page is asked (RFC 6749 §4.1.1, RFC 7636 §4.3). */
export interface Consent {
  readonly authorizationEndpoint: string;
  readonly clientId: string;
  readonly redirectUri: string;
  readonly scopes: readonly string[];
  readonly state: string;
  readonly verifier: string;
  /** What this provider wants beside, e.g. `access_type=offline`. */
  readonly parameters: Readonly<Record<string, string>>;
}

/** The address a person opens to give consent. A space is `%20`; an endpoint that has a query keeps it. */
export function consentUrl(consent: Consent): string {
  const { authorizationEndpoint: endpoint } = consent;
  if (!URL.canParse(endpoint) || new URL(endpoint).protocol !== 'https:' || endpoint.includes('#')) {
    throw new AivaultError('invalid_request', 'An authorization endpoint is an https address without a fragment.');
  }
  const scope = consent.scopes.join(' ');
  const parameters = {
    ...consent.parameters,
    response_type: 'code',
    client_id: consent.clientId,
    redirect_uri: consent.redirectUri,
    ...(scope === '' ? {} : { scope }),
    state: consent.state,
    code_challenge: createHash('sha256').update(consent.verifier, 'ascii').digest('base64url'),
    code_challenge_method: 'S256',
  };
  const query = Object.entries(parameters).map(([name, value]) => `${encode(name)}=${encode(value)}`);
  return `${endpoint}${endpoint.includes('?') ? '&' : '?'}${query.join('&')}`;
}

/** RFC 3986: everything but unreserved characters. */
const encode = (text: string) =>
  encodeURIComponent(text).replaceAll(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
