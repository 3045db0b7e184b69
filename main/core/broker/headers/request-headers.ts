import { AivaultError } from '#contract/errors.ts';
import type { HeaderPair } from '#contract/proxied.ts';
import {
  authHeaders,
  framingHeaders,
  headerText,
  headerToken,
  isMeddling,
  type NameList,
  nameList,
  plainName,
} from './header-names.ts';

/** What may go to any upstream; a provider's own list adds to it. */
const base = [
  'accept',
  'accept-language',
  'cache-control',
  'content-disposition',
  'content-encoding',
  'content-language',
  'content-location',
  'content-md5',
  'content-digest',
  'content-range',
  'content-type',
  'date',
  'digest',
  'idempotency-key',
  'if-match',
  'if-modified-since',
  'if-none-match',
  'if-range',
  'if-unmodified-since',
  'last-event-id',
  'pragma',
  'prefer',
  'priority',
  'range',
  'repr-digest',
  'traceparent',
  'tracestate',
  'upload-offset',
  'upload-length',
  'upload-complete',
  'user-agent',
  'x-correlation-id',
  'x-idempotency-key',
  'x-request-id',
];

export interface RequestHeaderRules {
  readonly allowed: NameList;
  /** The credential's auth writes these: a caller's own is refused. */
  readonly owned: ReadonlySet<string>;
  /** The credential's auth writes these anew: a caller's own is dropped. */
  readonly replaced: ReadonlySet<string>;
}

export function requestHeaderRules(
  provider: readonly string[],
  owned: readonly string[],
  replaced: readonly string[],
): RequestHeaderRules {
  // `x_cmc_pro_api_key` imitates `x-cmc_pro_api_key` as well: both are looked at plainly.
  const names = owned.flatMap((name) => [name, plainName(name)]);
  return { allowed: nameList(base, provider), owned: new Set(names), replaced: new Set(replaced) };
}

/** How an answer that has to be scanned may be packed. Others would come back unread. */
const decodable = new Set(['gzip', 'deflate', 'br', 'zstd', 'identity']);

/**
 * The caller's headers that go upstream, in order. Auth-class headers, look-alikes of them and duplicates are
 * `policy_violation`; everything else that is not on a list is dropped (conformance H01–H08, threats C6, C8, D3).
 * `whole`: the answer must be readable from its first byte to its last, so neither packed nor a range of it. A request
 * that names no user agent gets ours.
 */
export function forwardedHeaders(
  headers: readonly HeaderPair[],
  rules: RequestHeaderRules,
  whole: boolean,
): HeaderPair[] {
  const named = namedByConnection(headers);
  const seen = new Set<string>();
  const forwarded: HeaderPair[] = [];
  let packings: string | null = null;
  let ranged = false;
  for (const [name, value] of headers) {
    if (framingHeaders.has(name) || rules.replaced.has(name)) continue;
    const plain = headerToken.test(name) ? plainName(name) : name;
    if (authHeaders.has(name) || authHeaders.has(plain) || rules.owned.has(name) || rules.owned.has(plain)) {
      throw new AivaultError('policy_violation', 'Auth headers are set by the broker, not by the caller.', {
        hint: 'Leave authorization, cookie and key headers out of the request.',
      });
    }
    if (named?.has(name) || isMeddling(name)) continue;
    // Names that a sloppy server would read as one of those, where a credential's list lets a whole family through.
    if (plain !== name && (isMeddling(plain) || framingHeaders.has(plain))) continue;
    if (name === 'accept-encoding') {
      packings = value;
      continue;
    }
    if (!rules.allowed.has(name)) continue;
    if (whole && (name === 'range' || name === 'if-range')) continue;
    if (seen.has(name))
      throw new AivaultError('policy_violation', 'A header is given twice; servers differ on which one counts.');
    seen.add(name);
    if (name === 'range') ranged = true;
    forwarded.push([name, value]);
  }
  if (packings !== null && !whole && !ranged) {
    const kept = packings
      .split(',')
      .map((entry) => entry.trim())
      .filter((entry) => decodable.has((entry.split(';')[0] ?? '').trim().toLowerCase()));
    if (kept.length > 0) forwarded.push(['accept-encoding', kept.join(', ')]);
  }
  // Some services refuse whoever does not say who they are: GitHub answers 403.
  if (!seen.has('user-agent')) forwarded.push(['user-agent', 'aivault']);
  return forwarded;
}

/** Header names a `Connection` header declares hop-by-hop (RFC 9110 §7.6.1). They can only ever drop the caller's own. */
function namedByConnection(headers: readonly HeaderPair[]): Set<string> | null {
  let named: Set<string> | null = null;
  for (const [name, value] of headers) {
    if (name !== 'connection' || /^(?:keep-alive|close)$/i.test(value)) continue;
    named ??= new Set();
    for (const entry of value.split(',')) named.add(entry.trim().toLowerCase());
  }
  return named;
}

/** Printable ASCII without space at either end: nothing to normalise, nothing to refuse. */
const plainValue = /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/;

/**
 * Normalises headers as an envelope spells them: names trimmed (Unicode white space too) and lower-cased, blank ones
 * dropped. A name that is no token is refused: `policy_violation` where it imitates an auth header, else
 * `invalid_request`. Values with CR, LF, NUL or other control characters are `invalid_request` (H07).
 */
export function normalHeaders(pairs: readonly HeaderPair[]): HeaderPair[] {
  const normal: HeaderPair[] = [];
  for (const pair of pairs) {
    const [rawName, rawValue] = pair;
    if (headerToken.test(rawName) && plainValue.test(rawValue)) {
      normal.push(pair);
      continue;
    }
    const name = rawName.trim().toLowerCase();
    if (name === '') continue;
    if (!headerToken.test(name)) {
      if (authHeaders.has(plainName(name)))
        throw new AivaultError('policy_violation', 'A header imitates an auth header.');
      throw new AivaultError('invalid_request', 'A header name is not an HTTP token.');
    }
    if (!headerText.test(rawValue)) {
      throw new AivaultError('invalid_request', 'A header value holds a control character or is not Latin-1.');
    }
    normal.push([name, rawValue.replaceAll(/^[\t ]+|[\t ]+$/g, '')]);
  }
  return normal;
}
