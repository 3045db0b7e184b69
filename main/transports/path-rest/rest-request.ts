import { AivaultError } from '#contract/errors.ts';
import type { HeaderPair } from '#contract/proxied.ts';
import { pathRoutes, type RestRoute, type RestRouteName } from '#contract/rest/path-routes.ts';

// From bytes on the wire to a route and its parsed parts.

export interface RestRequest {
  readonly method: string;
  /** Path and query exactly as sent. */
  readonly target: string;
  readonly headers: readonly HeaderPair[];
  /** Reads the body; asked for once the token was verified. */
  readonly body: () => Promise<Uint8Array>;
}

export interface Routed {
  readonly name: RestRouteName;
  readonly route: RestRoute;
  /** The secret's path; empty where the route has none. Its grammar is core's to check. */
  readonly path: string;
  readonly query: string;
}

const secretsRoot = '/v1/secrets/';
const tails = [
  { ending: '/versions', method: 'GET', name: 'versions' },
  { ending: '/metadata', method: 'GET', name: 'metadata' },
  { ending: '/restore', method: 'POST', name: 'restore' },
] as const;
const byMethod = { GET: 'read', PUT: 'write', DELETE: 'delete' } as const;
const fixed = new Map<string, Partial<Record<string, RestRouteName>>>();
for (const [name, route] of Object.entries(pathRoutes)) {
  if (route.path.includes('{')) continue;
  fixed.set(route.path, { ...fixed.get(route.path), [route.method]: name as RestRouteName });
}

/** The route of a request; `not-found` or `wrong-method` where there is none. */
export function routeOf(method: string, target: string): Routed | 'not-found' | 'wrong-method' {
  const mark = target.indexOf('?');
  const pathname = mark < 0 ? target : target.slice(0, mark);
  const query = mark < 0 ? '' : target.slice(mark + 1);
  const found = (name: RestRouteName, path: string): Routed => ({ name, route: pathRoutes[name], path, query });

  const exact = fixed.get(pathname);
  if (exact !== undefined) {
    const name = exact[method];
    return name === undefined ? 'wrong-method' : found(name, '');
  }
  if (!pathname.startsWith(secretsRoot)) return 'not-found';
  const rest = pathname.slice(secretsRoot.length);
  for (const tail of tails) {
    if (!rest.endsWith(tail.ending)) continue;
    return tail.method === method ? found(tail.name, rest.slice(0, -tail.ending.length)) : 'wrong-method';
  }
  const name = byMethod[method as keyof typeof byMethod];
  return name === undefined ? 'wrong-method' : found(name, rest);
}

/** The bearer token (RFC 6750 §2.1), or null where there is not exactly one well-formed header. */
export function bearerOf(headers: readonly HeaderPair[]): string | null {
  const values = headers.filter(([name]) => name.toLowerCase() === 'authorization');
  const match = values.length === 1 ? /^Bearer ([\x21-\x7e]{1,512})$/i.exec(values[0]![1]) : null;
  return match?.[1] ?? null;
}

/** The one value of a header, or undefined. */
export function headerOf(headers: readonly HeaderPair[], name: string): string | undefined {
  return headers.find(([candidate]) => candidate.toLowerCase() === name)?.[1];
}

/** `If-Match: "3"` → 3; `If-None-Match: *` → 0 (only if there is nothing yet); neither → undefined. */
export function conditionOf(headers: readonly HeaderPair[]): number | undefined {
  if (headerOf(headers, 'if-none-match') === '*') return 0;
  const value = headerOf(headers, 'if-match');
  if (value === undefined) return undefined;
  const match = /^"([1-9][0-9]{0,9})"$/.exec(value.trim());
  if (match === null) throw new AivaultError('invalid_request', 'If-Match takes one version in quotes.');
  return Number(match[1]);
}
