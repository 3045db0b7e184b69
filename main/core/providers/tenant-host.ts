import type { Auth } from '#contract/schemas/auth.ts';

/**
 * What a tenant's host puts into its pattern: `eu-west-1` for `s3.{region}.amazonaws.com` and `s3.eu-west-1.amazonaws.com`.
 * Null where the host does not fit, or the pattern has no parameter.
 */
export function tenantOf(pattern: string, host: string): { readonly name: string; readonly value: string } | null {
  const match = /^(.*)\{([a-z]+)\}(.*)$/.exec(pattern);
  if (match === null) return null;
  const [, before, name, after] = match as unknown as [string, string, string, string];
  if (!host.startsWith(before) || !host.endsWith(after)) return null;
  const value = host.slice(before.length, host.length - after.length);
  return /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/.test(value) ? { name, value } : null;
}

/**
 * How a provider authenticates at one of its hosts: where the host's pattern leaves `{region}` open, requests there are
 * signed for that region (AWS Signature Version 4, the credential scope); else as the registry says.
 */
export function authAt(auth: Auth, patterns: readonly string[], host: string): Auth {
  if (auth.kind !== 'aws-sigv4' || patterns.includes(host)) return auth;
  const region = patterns.map((pattern) => tenantOf(pattern, host)).find((tenant) => tenant?.name === 'region');
  return region == null ? auth : { ...auth, region: region.value };
}
