import { AivaultError } from '#contract/errors.ts';

// One canonical form per request target, made once. Policy matches this string and this string is sent, so there is
// no second parser to disagree with. What cannot be made canonical without guessing is refused, never repaired.

/** RFC 3986 §3.3: what may stand in a path as it is, plus `/` and `%`. */
const plainPath = /^\/[A-Za-z0-9\-._~!$&'()*+,;=:@/%]*$/;
/** Nothing to look at twice: no escape, no empty or dot segment can hide in here. */
const simplePath = /^(?:\/[A-Za-z0-9_~-][A-Za-z0-9_~\-.:@=,]*)+\/?$/;
/** RFC 3986 §3.4 and what real clients leave unescaped; no space, quote, angle bracket, backslash or `#`. */
const plainQuery = /^[\x21\x24-\x3b\x3d\x3f-\x5b\x5d-\x7e]*$/;
const brokenEscape = /%(?![0-9A-Fa-f]{2})/;
/** Encoded slash, backslash, dot, control character; also behind any number of further `%25`. */
const hiddenMeaning = /%(?:25)*(?:2[fFeE]|5[cC]|[01][0-9a-fA-F]|7[fF])/;
const unreserved = /^[A-Za-z0-9\-._~]$/;
/** Characters that end or reverse a line for somebody, somewhere. */
const unprintable = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;

export interface CanonicalTarget {
  readonly path: string;
  /** Without its `?`; null where there was none. */
  readonly query: string | null;
}

/**
 * Whether a canonical path with an encoded slash (`group%2Fproject`) is one a capability names. Asked only about paths
 * that have one.
 */
export type NamesEncodedSlash = (path: string) => boolean;

/**
 * Splits and canonicalises a request target. Throws `invalid_request` for what is malformed and `policy_violation` for
 * what is well-formed for somebody but means another path to somebody else (conformance S01–S14, H13).
 */
export function canonicalTarget(raw: string, named?: NamesEncodedSlash): CanonicalTarget {
  const mark = raw.indexOf('?');
  const path = mark === -1 ? raw : raw.slice(0, mark);
  return { path: canonicalPath(path, named), query: mark === -1 ? null : canonicalQuery(raw.slice(mark + 1)) };
}

/** The one spelling of a path: unreserved characters decoded (RFC 3986 §6.2.2.2), other escapes in upper case. */
export function canonicalPath(raw: string, named?: NamesEncodedSlash): string {
  if (simplePath.test(raw)) return raw;
  if (/[\x00-\x1f\x7f\\#]/.test(raw)) throw refused('a control character, backslash or fragment');
  if (!raw.startsWith('/')) throw malformed('A path starts with "/".');
  checkHidden(raw);
  if (!plainPath.test(raw)) throw malformed('A path is printable ASCII; anything else is percent-encoded.');
  if (brokenEscape.test(raw)) throw malformed('A "%" in a path is followed by two hex digits.');
  const path = raw.includes('%') ? raw.replaceAll(/%[0-9A-Fa-f]{2}/g, canonicalEscape) : raw;
  // `%25%32%66` has become `%252f`.
  if (path !== raw) checkHidden(path);
  checkSegments(path);
  if (path.includes('%2F') && named?.(path) !== true) throw refused('an encoded slash that no capability names');
  return path;
}

/** Of an encoded slash whoever asks about it decides; a placeholder, so that taking it away cannot make another escape. */
function checkHidden(path: string): void {
  if (hiddenMeaning.test(path.replaceAll(/%2[fF]/g, '_'))) {
    throw refused('an encoded dot, backslash or control character, or a slash encoded twice');
  }
}

function canonicalEscape(encoded: string): string {
  const character = String.fromCharCode(Number.parseInt(encoded.slice(1), 16));
  return unreserved.test(character) ? character : encoded.toUpperCase();
}

function checkSegments(path: string): void {
  const segments = path.split('/');
  for (let i = 1; i < segments.length; i++) {
    const segment = segments[i] as string;
    if (segment === '') {
      if (i < segments.length - 1) throw refused('an empty segment');
      continue;
    }
    // To an upstream that decodes an encoded slash each piece is a segment of its own.
    if (segment.includes('%2F')) segment.split('%2F').forEach(checkSegment);
    else checkSegment(segment);
  }
}

function checkSegment(segment: string): void {
  if (segment === '') throw refused('an empty segment');
  // `..;x` is a dot segment to servers that cut path parameters off first.
  const bare = segment.includes(';') ? segment.slice(0, segment.indexOf(';')) : segment;
  if (bare === '.' || bare === '..') throw refused('a dot segment');
  if (bare === '') throw refused('a segment of parameters only');
  if (segment.includes('%')) checkDecoded(segment);
}

/** Overlong forms and lone surrogates are no text; full-width dots and slashes are dots and slashes to somebody. */
function checkDecoded(segment: string): void {
  const text = decodeStrict(segment, 'path');
  if (unprintable.test(text)) throw refused('an encoded control or direction character');
  const folded = text.normalize('NFKC');
  if (/[/\\]/.test(folded) || /^\.{1,2}(?:;|$)/.test(folded)) throw refused('a look-alike of a dot segment or slash');
}

/** Checks a query and returns it byte for byte: order and duplicates belong to the caller (H14). */
export function canonicalQuery(raw: string): string {
  if (!plainQuery.test(raw)) {
    if (/[\x00-\x1f\x7f]/.test(raw)) throw refused('a control character');
    throw malformed(
      'A query is printable ASCII without space, quote, "<", ">", "\\" or "#"; those are percent-encoded.',
    );
  }
  if (raw.includes('%')) {
    if (brokenEscape.test(raw)) throw malformed('A "%" in a query is followed by two hex digits.');
    decodeStrict(raw, 'query');
  }
  return raw;
}

/**
 * The names a query uses, in every spelling a server could read: decoded, `+` as space, trimmed, lower case, split at
 * `&` and at `;`. Beside each name what some form parsers make of it: what stands before a NUL or a `[`, and with `_` for
 * dot, space and `[`, as PHP has it.
 */
export function queryNames(query: string): string[] {
  const names: string[] = [];
  for (const part of query.split(/[&;]/)) {
    if (part === '') continue;
    const equals = part.indexOf('=');
    const raw = (equals === -1 ? part : part.slice(0, equals)).replaceAll('+', ' ');
    const name = decodeStrict(raw, 'query').trim().toLowerCase();
    names.push(name);
    if (plainQueryName.test(name)) continue;
    for (const whole of [name, decodedAgain(name)]) {
      const cut = whole.split('\0', 1)[0] as string;
      names.push(cut.trim(), cut.trim().replaceAll(/[. [\t]/g, '_'));
      if (cut.indexOf('[') > 0) names.push(cut.slice(0, cut.indexOf('[')));
    }
  }
  return names;
}

/** No two servers read these in two ways. */
const plainQueryName = /^[a-z0-9_-]+$/;

/** Once more, for a server behind a server; text that is no escape stays. */
function decodedAgain(name: string): string {
  try {
    return decodeURIComponent(name).normalize('NFKC').toLowerCase();
  } catch {
    return name;
  }
}

/** Percent-decodes as UTF-8; bytes that are not text are `invalid_request`. */
function decodeStrict(text: string, where: 'path' | 'query'): string {
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    throw malformed(`A ${where} decodes to UTF-8.`);
  }
}

function refused(what: string): AivaultError {
  return new AivaultError('policy_violation', `The path or query holds ${what}, which servers read in different ways.`);
}

function malformed(sentence: string): AivaultError {
  return new AivaultError('invalid_request', sentence);
}
