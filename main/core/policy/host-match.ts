// Hosts as policy knows them: exact names, or one label with one `{name}` in it, for services that give each customer
// or region a name of its own. A credential's host is always exact; only a capability's may be a pattern.

interface HostPattern {
  readonly exact: string | null;
  readonly before: string;
  readonly after: string;
}

const compiled = new Map<string, HostPattern>();

function compileHost(text: string): HostPattern {
  let pattern = compiled.get(text);
  if (pattern === undefined) {
    const start = text.indexOf('{');
    const end = text.indexOf('}', start);
    pattern =
      start === -1 || end === -1
        ? { exact: text, before: '', after: '' }
        : { exact: null, before: text.slice(0, start), after: text.slice(end + 1) };
    if (compiled.size > 10_000) compiled.clear();
    compiled.set(text, pattern);
  }
  return pattern;
}

/** What `{name}` may stand for: part of one label (RFC 1035 §2.3.1), never a dot. */
const labelPart = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/;

/** Whether an exact `host` or `host:port` is one the pattern names. A port has to be named by the pattern itself or none. */
export function hostMatches(pattern: string, host: string): boolean {
  const { exact, before, after } = compileHost(pattern);
  if (exact !== null) return exact === host || exact === hostName(host);
  const name = hostName(host);
  if (name.length <= before.length + after.length || !name.startsWith(before) || !name.endsWith(after)) return false;
  return labelPart.test(name.slice(before.length, name.length - after.length));
}

/** What stands behind a colon and is no port is part of the name, so that nothing is cut off and overlooked. */
const withPort = /^(\[[^\]]*\]|[^:]*):(\d{1,5})$/;

/** The name without its port; an IPv6 address keeps its brackets. */
export function hostName(host: string): string {
  return host.includes(':') ? (withPort.exec(host)?.[1] ?? host) : host;
}

/** The port a host names, else 443. */
export function hostPort(host: string): number {
  return host.includes(':') ? Number(withPort.exec(host)?.[2] ?? 443) : 443;
}

/** An IPv6 address without the brackets it has in a URL; anything else as it is. */
export function withoutBrackets(name: string): string {
  return name.replace(/^\[|\]$/g, '');
}

/** Name or address and port as they stand in a URL: an IPv6 address, given without brackets, gets them. */
export function joinHostPort(name: string, port: number): string {
  return `${name.includes(':') ? `[${name}]` : name}:${port}`;
}

/** The first of the credential's hosts that the capability allows, in the capability's order. Null: no common host. */
export function commonHost(capabilityHosts: readonly string[], credentialHosts: readonly string[]): string | null {
  for (const pattern of capabilityHosts) {
    for (const host of credentialHosts) if (hostMatches(pattern, host)) return host;
  }
  return null;
}
