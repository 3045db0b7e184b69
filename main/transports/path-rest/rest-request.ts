import { AivaultError } from '#contract/errors.ts';
import type { HeaderPair } from '#contract/proxied.ts';
import { pathRoutes, type RestRoute, type RestRouteName } from '#contract/rest/path-routes.ts';
import { maxPathLength, reservedLastSegments } from '#contract/schemas/paths.ts';

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

/** An address that is there, asked with a method it does not take. */
export interface WrongMethod {
  readonly allow: readonly string[];
}

const secretsRoot = '/v1/secrets/';
const tails = [
  { ending: '/versions', method: 'GET', name: 'versions' },
  { ending: '/metadata', method: 'GET', name: 'metadata' },
  { ending: '/restore', method: 'POST', name: 'restore' },
  { ending: '/rotate', method: 'POST', name: 'rotate' },
] as const;
const byMethod: Readonly<Partial<Record<string, RestRouteName>>> = { GET: 'read', PUT: 'write', DELETE: 'delete' };
const fixed = new Map<string, Partial<Record<string, RestRouteName>>>();
for (const [name, route] of Object.entries(pathRoutes)) {
  if (route.path.includes('{')) continue;
  fixed.set(route.path, { ...fixed.get(route.path), [route.method]: name as RestRouteName });
}

/** The route of a request, or why there is none. */
export function routeOf(method: string, target: string): Routed | 'not-found' | WrongMethod {
  const mark = target.indexOf('?');
  const pathname = mark < 0 ? target : target.slice(0, mark);
  const query = mark < 0 ? '' : target.slice(mark + 1);
  // One character too many is too many, however many follow: core's grammar says so in its own words.
  const found = (name: RestRouteName, path: string): Routed => ({
    name,
    route: pathRoutes[name],
    path: path.slice(0, maxPathLength + 1),
    query,
  });

  const exact = fixed.get(pathname);
  const name = exact?.[method];
  if (name !== undefined) return found(name, '');
  if (!pathname.startsWith(secretsRoot)) return exact === undefined ? 'not-found' : { allow: Object.keys(exact) };
  const rest = pathname.slice(secretsRoot.length);
  const tail = tails.find(({ ending }) => rest.endsWith(ending));
  if (tail?.method === method) return found(tail.name, rest.slice(0, -tail.ending.length));
  // A reserved word under a method that takes any path is a path that breaks the grammar.
  const onPath = byMethod[method];
  if (onPath !== undefined) return found(onPath, rest);
  if (exact !== undefined) return { allow: Object.keys(exact) };
  const onPaths = Object.keys(byMethod);
  if (tail === undefined) return { allow: onPaths };
  // A path may end in a word that is none of the reserved ones.
  return { allow: reservedLastSegments.includes(tail.name) ? [tail.method] : [...onPaths, tail.method] };
}

/** Names of a query whose values are counts. The schema reads numbers as JavaScript does; a URL has digits. */
const counted: ReadonlySet<string> = new Set(['version', 'limit']);

/** Throws `invalid_request` where a query has a name its route does not know, or a count in another spelling than digits. */
export function checkQuery({ route, query }: Routed): void {
  if (query === '') return;
  for (const [name, value] of new URLSearchParams(query)) {
    if (!Object.hasOwn(route.query?.shape ?? {}, name)) {
      throw new AivaultError('invalid_request', 'This address does not take this query.');
    }
    if (counted.has(name) && !/^[1-9][0-9]{0,14}$/.test(value)) {
      throw new AivaultError('invalid_request', `The query "${name}" takes a whole number from 1.`);
    }
  }
}

/** The bearer token (RFC 6750 §2.1), or null where there is not exactly one well-formed header. */
export function bearerOf(headers: readonly HeaderPair[]): string | null {
  const values = headers.filter(([name]) => name.toLowerCase() === 'authorization');
  const match = values.length === 1 ? /^Bearer ([\x21-\x7e]{1,512})$/i.exec(values[0]![1]) : null;
  return match?.[1] ?? null;
}

/**
 * `If-Match: "3"` → 3; `If-None-Match: *` → 0 (only if there is nothing yet); neither → undefined. Any other spelling is
 * refused: a condition that was overlooked would be a write over somebody else's.
 */
export function conditionOf(headers: readonly HeaderPair[]): number | undefined {
  const conditions = conditionsIn(headers);
  if (conditions.length === 0) return undefined;
  const [name, value] = conditions[0]!;
  const match = name === 'if-match' ? /^"([1-9][0-9]{0,9})"$/.exec(value) : value === '*' ? ['', '0'] : null;
  if (match === null || conditions.length > 1) {
    throw new AivaultError(
      'invalid_request',
      'A write takes one condition: If-Match: "<version>", or If-None-Match: *.',
    );
  }
  return Number(match[1]);
}

/** Throws `invalid_request` where a request that knows no conditions has one. */
export function refuseCondition(headers: readonly HeaderPair[]): void {
  if (conditionsIn(headers).length > 0) throw new AivaultError('invalid_request', 'Only a write takes a condition.');
}

function conditionsIn(headers: readonly HeaderPair[]): [name: string, value: string][] {
  return headers
    .map(([name, value]): [string, string] => [name.toLowerCase(), value.trim()])
    .filter(([name]) => name === 'if-match' || name === 'if-none-match');
}
