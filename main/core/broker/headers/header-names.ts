// The names that mean something to a broker, in one place. Lower case throughout.

/** Hop-by-hop and framing (RFC 9110 §7.6.1, §6.6): dropped, and made anew by the connection that needs them. */
export const framingHeaders: ReadonlySet<string> = new Set([
  'host',
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'content-length',
  'expect',
  'http2-settings',
]);

/** Carry or replace an identity. A caller that sends one wants to be somebody else: refused. */
export const authHeaders: ReadonlySet<string> = new Set([
  'authorization',
  'proxy-authorization',
  'cookie',
  'cookie2',
  'set-cookie',
  'www-authenticate',
  'proxy-authenticate',
  'x-api-key',
  'x-apikey',
  'api-key',
  'apikey',
  'x-auth-token',
  'x-auth-key',
  'x-access-token',
  'x-token',
  'x-goog-api-key',
  'xi-api-key',
  'private-token',
  'x-postmark-server-token',
  'x-shopify-access-token',
  'x-authorization',
  'x-csrf-token',
  'x-xsrf-token',
]);

/** Rewrite method, path or origin behind policy's back, or claim to come from somewhere: dropped. */
const meddling: ReadonlySet<string> = new Set([
  'x-http-method-override',
  'x-http-method',
  'x-method-override',
  'x-original-method',
  'x-original-url',
  'x-rewrite-url',
  'x-original-uri',
  'x-original-host',
  'x-host',
  'x-override-url',
  'forwarded',
  'via',
  'x-real-ip',
  'x-client-ip',
  'client-ip',
  'true-client-ip',
  'x-cluster-client-ip',
  'cf-connecting-ip',
  'fastly-client-ip',
  'x-remote-ip',
  'x-remote-addr',
  'x-envoy-original-path',
  'x-accel-redirect',
  'x-sendfile',
  'origin',
  'referer',
]);
const meddlingPrefix = /^(?:x-forwarded|sec-|proxy-|x-envoy-|aivault-)/;

/** Whether a header tries to steer the upstream past policy, whatever a provider's list says. */
export function isMeddling(name: string): boolean {
  return meddling.has(name) || meddlingPrefix.test(name);
}

/** RFC 9110 §5.1 token, lower case. */
export const headerToken = /^[!#$%&'*+\-.^_`|~0-9a-z]+$/;
/** RFC 9110 §5.5: visible characters, space, tab and obs-text; never CR, LF or NUL. */
export const headerText = /^[\t\x20-\x7e\x80-\xff]*$/;

/**
 * The name a sloppy server would read: `authorization_`, `x_api_key` and `authorization-` are looked at as what they
 * imitate.
 */
export function plainName(name: string): string {
  return name
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replace(/^-/, '')
    .replace(/-$/, '');
}

/** Exact names and `x-foo-*` patterns as one test. */
export interface NameList {
  has(name: string): boolean;
}

export function nameList(...lists: readonly (readonly string[])[]): NameList {
  const exact = new Set<string>();
  const prefixes: string[] = [];
  for (const name of lists.flat()) {
    if (name.endsWith('*')) prefixes.push(name.slice(0, -1));
    else exact.add(name);
  }
  return { has: (name) => exact.has(name) || prefixes.some((prefix) => name.startsWith(prefix)) };
}
