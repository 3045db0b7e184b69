import { AivaultError } from '#contract/errors.ts';
import { hostMatches } from '../policy/host-match.ts';

// Which texts may become an upstream host. Everything here is checked when a credential or capability is made; the
// addresses a name resolves to are checked again at every connection.

/** RFC 1123 §2.1 labels, at least two, lower case; the last one starts with a letter, so no spelling of an IP fits. */
const dnsName = /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$/;
const localNames = ['localhost', 'local', 'internal', 'localdomain', 'home.arpa', 'intranet', 'lan'];
const hint = 'A host is a name like api.example.com: no scheme, path, user, port, wildcard or IP address.';
/** The same where a credential may be for a service of one's own. */
export const hintWithLocal = `${hint} A service of this machine or network: --allow-local.`;

/**
 * Reads one host: trimmed, lower case, `:443` dropped. Throws `invalid_request` where it is not a host name,
 * `policy_violation` where it names this machine or a private network.
 */
export function readHost(text: string, said = hint): string {
  const host = text.trim().toLowerCase().replace(/:443$/, '');
  if (
    isAddress(host) ||
    localNames.some((name) => host.replace(/\.$/, '') === name || host.replace(/\.$/, '').endsWith(`.${name}`))
  ) {
    throw new AivaultError(
      'policy_violation',
      'This host names this machine or a private network, or is an IP address.',
      { hint: said },
    );
  }
  if (!isDnsName(host)) throw new AivaultError('invalid_request', 'This is not a host name.', { hint: said });
  return host;
}

/**
 * Reads a host for `allowLocal`: a name, `localhost` or an IPv4 or bracketed IPv6 address, with any port. Throws
 * `invalid_request` otherwise.
 */
export function readLocalHost(text: string): string {
  const host = text.trim().toLowerCase();
  const match = /^(?<name>[a-z0-9.-]{1,253}|\[[0-9a-f:.]{2,45}\])(?::(?<port>[0-9]{1,5}))?$/.exec(host);
  const name = match?.groups?.name ?? '';
  const port = match?.groups?.port;
  const known =
    name === 'localhost' || isDnsName(name) || /^\d{1,3}(?:\.\d{1,3}){3}$/.test(name) || name.startsWith('[');
  if (!known || (port !== undefined && (Number(port) < 1 || Number(port) > 65_535))) {
    throw new AivaultError(
      'invalid_request',
      'This is not a local service: give name:port or address:port, without a scheme or path.',
    );
  }
  return host;
}

/** Whether one of a registry provider's hosts or tenant patterns names this host. */
export function registryAllows(patterns: readonly string[], host: string): boolean {
  return patterns.some((pattern) => hostMatches(pattern, host));
}

function isDnsName(host: string): boolean {
  return host.length <= 253 && dnsName.test(host);
}

/**
 * Whether a WHATWG URL parser could read this as an address: dotted, short, octal, hex or plain-number IPv4
 * (https://url.spec.whatwg.org/#concept-ipv4-parser), or anything bracketed or with two colons.
 */
function isAddress(host: string): boolean {
  const bare = host.replace(/:\d*$/, '').replace(/\.$/, '');
  const last = bare.split('.').at(-1) ?? '';
  return host.includes('[') || host.split(':').length > 2 || /^(?:\d+|0x[0-9a-f]*)$/.test(last);
}
