import { AivaultError } from '#contract/errors.ts';

/**
 * Refuses a token endpoint that is not `https` on the default port (RFC 6749 §3.2) or not on one of `hosts`, each
 * `host` or `host:port`. A host listed with its port (a local service the operator allowed) may be used on that port.
 * Throws `invalid_request`.
 */
export function checkTokenEndpoint(endpoint: string, hosts: readonly string[]): void {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : null;
  if (url === null || url.protocol !== 'https:') throw refused('A token endpoint starts with https://.');
  if (url.username !== '' || url.password !== '' || url.hash !== '') {
    throw refused('A token endpoint has no user, password or fragment.');
  }
  if (hosts.includes(url.host)) return;
  if (url.port !== '') throw refused('A token endpoint uses port 443.');
  throw new AivaultError('invalid_request', "The token endpoint is not on one of the credential's hosts.", {
    hint: `Add --host ${url.hostname}: the secret is sent there too.`,
  });
}

const refused = (message: string) => new AivaultError('invalid_request', message);
