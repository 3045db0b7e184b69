// Segment-anchored path patterns. `/v1/users/{id}` is exact per segment; a segment may hold one parameter with literal
// text around it (`/models/{model}:generateContent`, `/Messages/{id}.json`); a closing `/**` stands for any number of
// further segments, none included, and also admits a closing `/`. An encoded slash is matched only where the pattern
// names it: in its text, or by `{path%2F}`, a parameter that may hold some.

interface Part {
  /** Null for a literal segment. */
  readonly parameter: { readonly before: string; readonly after: string; readonly slashes: boolean } | null;
  readonly literal: string;
}

export interface PathPattern {
  readonly text: string;
  readonly parts: readonly Part[];
  /** The same as an upstream may read it that ignores case, escapes, path parameters and a closing slash. */
  readonly loose: readonly Part[];
  /** And to one that takes the encoded slashes in the pattern's text for slashes. */
  readonly split: readonly Part[];
  readonly open: boolean;
  /** The literal text every matching path begins with: most paths are told apart here, without splitting them. */
  readonly prefix: string;
  /** Higher is narrower; comparable between any two patterns that match the same path. */
  readonly weight: readonly number[];
}

const compiled = new Map<string, PathPattern>();

/** Reads a pattern once and remembers it. The grammar was checked when the capability was made. */
export function compilePath(text: string): PathPattern {
  let pattern = compiled.get(text);
  if (pattern === undefined) {
    pattern = parsePath(text);
    if (compiled.size > 20_000) compiled.clear();
    compiled.set(text, pattern);
  }
  return pattern;
}

function parsePath(text: string): PathPattern {
  const open = text.endsWith('/**');
  // Canonical paths spell escapes in upper case.
  const body = (open ? text.slice(0, -3) : text).replaceAll(/%[0-9A-Fa-f]{2}/g, (encoded) => encoded.toUpperCase());
  const parts = partsOf(body);
  const loose = loosely(parts);
  const apart = body.replaceAll(/\{[^}]*\}/g, '{x}').replaceAll('%2F', '/');
  const split = body.includes('%2F') ? loosely(partsOf(apart)) : loose;
  const parameter = body.indexOf('{');
  const prefix = parameter === -1 ? body : body.slice(0, parameter);
  return { text, parts, loose, split, open, prefix, weight: [...parts.map(partWeight), open ? 0 : 3] };
}

function partsOf(body: string): readonly Part[] {
  return body === '' ? [] : body.slice(1).split('/').map(parsePart);
}

function loosely(parts: readonly Part[]): readonly Part[] {
  return withoutClosingSlash(parts.map(loosePart), ({ parameter, literal }) => parameter === null && literal === '');
}

function parsePart(segment: string): Part {
  const start = segment.indexOf('{');
  const end = segment.indexOf('}', start);
  if (start === -1 || end === -1) return { parameter: null, literal: segment };
  const slashes = segment.slice(start, end).endsWith('%2F');
  return { parameter: { before: segment.slice(0, start), after: segment.slice(end + 1), slashes }, literal: '' };
}

function loosePart({ parameter, literal }: Part): Part {
  if (parameter === null) return { parameter, literal: loosen(literal) };
  const { before, after } = parameter;
  // What stands behind a ";" is not looked at, the parameter included.
  if (before.includes(';')) return { parameter: null, literal: loosen(before) };
  return { parameter: { before: loosen(before), after: loosen(after), slashes: true }, literal: '' };
}

/** Literal 3, parameter with literal text around it 2, bare parameter 1, the open end 0; with slashes half a step less. */
function partWeight(part: Part): number {
  if (part.parameter === null) return 3;
  const { before, after, slashes } = part.parameter;
  return (before === '' && after === '' ? 1 : 2) - (slashes ? 0.5 : 0);
}

/** Whether a canonical path lies inside the pattern. */
export function pathMatches(pattern: PathPattern, path: string): boolean {
  if (!path.startsWith(pattern.prefix)) return false;
  const segments = segmentsOf(path);
  if (!matchSegments(pattern.parts, pattern.open, segments)) return false;
  return !path.includes('%2F') || slashesAreNamed(pattern, segments);
}

function slashesAreNamed({ parts }: PathPattern, segments: readonly string[]): boolean {
  return segments.every((segment, at) => {
    if (!segment.includes('%2F')) return true;
    const part = parts[at];
    if (part === undefined) return false;
    if (part.parameter === null || part.parameter.slashes) return true;
    const { before, after } = part.parameter;
    return !segment.slice(before.length, segment.length - after.length).includes('%2F');
  });
}

/**
 * Whether an exclusion covers the path. Wider than `pathMatches` on purpose: letter case, a closing slash, escapes and
 * path parameters are ignored, because the upstream may ignore them too, and an encoded slash is read both ways.
 */
export function pathExcluded(pattern: PathPattern, path: string): boolean {
  return resemblesKept(pattern, path) || resemblesSplit(pattern, path);
}

/** Whether the path is one of the pattern's to an upstream that reads loosely and keeps an encoded slash as it is. */
export function resemblesKept(pattern: PathPattern, path: string): boolean {
  return matchSegments(pattern.loose, pattern.open, looseSegmentsOf(path));
}

/** The same for an upstream that takes an encoded slash for a slash. False where the path has none. */
export function resemblesSplit(pattern: PathPattern, path: string): boolean {
  return (
    path.includes('%2F') &&
    matchSegments(pattern.split, pattern.open, loosened(path.replaceAll('%2F', '/').slice(1).split('/')))
  );
}

let last: { readonly path: string; readonly segments: readonly string[]; loose: readonly string[] | null } = {
  path: '/',
  segments: [''],
  loose: null,
};

/** The path taken apart. One request asks for the same one of every pattern of its provider, so the last is kept. */
function segmentsOf(path: string): readonly string[] {
  if (path !== last.path) last = { path, segments: path.slice(1).split('/'), loose: null };
  return last.segments;
}

function looseSegmentsOf(path: string): readonly string[] {
  const segments = segmentsOf(path);
  last.loose ??= loosened(segments);
  return last.loose;
}

function loosened(segments: readonly string[]): readonly string[] {
  return withoutClosingSlash(segments.map(loosen), (segment) => segment === '');
}

/** `/` stays one empty segment. */
function withoutClosingSlash<S>(segments: readonly S[], isEmpty: (segment: S) => boolean): readonly S[] {
  return segments.length > 1 && isEmpty(segments.at(-1) as S) ? segments.slice(0, -1) : segments;
}

function loosen(segment: string): string {
  const bare = withoutParameters(segment);
  return (bare.includes('%') ? withoutParameters(decoded(bare)) : bare).toLowerCase();
}

function withoutParameters(segment: string): string {
  return segment.includes(';') ? segment.slice(0, segment.indexOf(';')) : segment;
}

/** As often as some chain of proxies might decode it. */
function decoded(text: string): string {
  let reading = text;
  for (let level = 0; level < 3 && reading.includes('%'); level++) {
    try {
      reading = decodeURIComponent(reading);
    } catch {
      break;
    }
  }
  return reading.normalize('NFKC');
}

function matchSegments(parts: readonly Part[], open: boolean, segments: readonly string[]): boolean {
  if (open ? segments.length < parts.length : segments.length !== parts.length) {
    // `/` splits into one empty segment; the pattern `/` has one empty literal part, `/**` has none.
    return false;
  }
  for (let i = 0; i < parts.length; i++) {
    if (!matchPart(parts[i] as Part, segments[i] as string)) return false;
  }
  return true;
}

function matchPart({ parameter, literal }: Part, segment: string): boolean {
  if (parameter === null) return segment === literal;
  const { before, after } = parameter;
  return segment.length > before.length + after.length && segment.startsWith(before) && segment.endsWith(after);
}

/** Positive where `a` is narrower than `b`, negative where it is wider, 0 where neither is. */
export function compareNarrowness(a: PathPattern, b: PathPattern): number {
  return compareWeights(a.weight, b.weight);
}

/** The same against `b` as it matched `path`, for an upstream that takes the encoded slashes in it for slashes. */
export function compareToSplit(a: PathPattern, b: PathPattern, path: string): number {
  const segments = path.slice(1).split('/');
  const split = b.weight.flatMap((weight, at) => {
    const pieces = segments[at]?.split('%2F').length ?? 1;
    return at < b.parts.length ? Array<number>(pieces).fill(weight) : [weight];
  });
  return compareWeights(a.weight, split);
}

function compareWeights(a: readonly number[], b: readonly number[]): number {
  const length = Math.max(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** The path a caller means when it names none: the pattern without parameters, its open end dropped. Else null. */
export function defaultPath(patterns: readonly string[]): string | null {
  const fixed = patterns.filter((text) => !text.includes('{'));
  const only = fixed[0];
  if (fixed.length !== 1 || only === undefined) return null;
  return only.endsWith('/**') ? only.slice(0, -3) || '/' : only;
}
