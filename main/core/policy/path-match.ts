// Segment-anchored path patterns. `/v1/users/{id}` is exact per segment; a segment may hold one parameter with literal
// text around it (`/models/{model}:generateContent`, `/Messages/{id}.json`); a closing `/**` stands for any number of
// further segments, none included, and also admits a closing `/`.

interface Segment {
  /** Null for a literal segment. */
  readonly parameter: { readonly before: string; readonly after: string } | null;
  readonly literal: string;
}

interface Part extends Segment {
  /** The same in lower case. */
  readonly lower: Segment;
}

export interface PathPattern {
  readonly text: string;
  readonly parts: readonly Part[];
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
  const body = open ? text.slice(0, -3) : text;
  const parts = body === '' ? [] : body.slice(1).split('/').map(parsePart);
  const parameter = body.indexOf('{');
  const prefix = parameter === -1 ? body : body.slice(0, parameter);
  return { text, parts, open, prefix, weight: [...parts.map(partWeight), open ? 0 : 3] };
}

function parsePart(text: string): Part {
  return { ...parseSegment(text), lower: parseSegment(text.toLowerCase()) };
}

function parseSegment(segment: string): Segment {
  const start = segment.indexOf('{');
  const end = segment.indexOf('}', start);
  if (start === -1 || end === -1) return { parameter: null, literal: segment };
  return { parameter: { before: segment.slice(0, start), after: segment.slice(end + 1) }, literal: '' };
}

/** Literal 3, parameter with literal text around it 2, bare parameter 1, the open end 0. */
function partWeight(part: Part): number {
  if (part.parameter === null) return 3;
  return part.parameter.before === '' && part.parameter.after === '' ? 1 : 2;
}

/** Whether a canonical path lies inside the pattern. */
export function pathMatches(pattern: PathPattern, path: string): boolean {
  return path.startsWith(pattern.prefix) && matchSegments(pattern, segmentsOf(path), false);
}

/**
 * Whether an exclusion covers the path. Wider than `pathMatches` on purpose: letter case, a closing slash, escapes and
 * path parameters are ignored, because the upstream may ignore them too.
 */
export function pathExcluded(pattern: PathPattern, path: string): boolean {
  return matchSegments(pattern, looseSegmentsOf(path), true);
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
  if (last.loose !== null) return last.loose;
  const loose = segments.map(loosen);
  if (loose.at(-1) === '' && loose.length > 1) loose.pop();
  last.loose = loose;
  return loose;
}

function loosen(segment: string): string {
  const bare = segment.includes(';') ? segment.slice(0, segment.indexOf(';')) : segment;
  return (bare.includes('%') ? decodeURIComponent(bare) : bare).toLowerCase();
}

function matchSegments(pattern: PathPattern, segments: readonly string[], loose: boolean): boolean {
  const { parts, open } = pattern;
  if (open ? segments.length < parts.length : segments.length !== parts.length) {
    // `/` splits into one empty segment; the pattern `/` has one empty literal part, `/**` has none.
    return false;
  }
  for (let i = 0; i < parts.length; i++) {
    if (!matchPart(parts[i] as Part, segments[i] as string, loose)) return false;
  }
  return true;
}

function matchPart(part: Part, segment: string, loose: boolean): boolean {
  const { literal, parameter } = loose ? part.lower : part;
  if (parameter === null) return segment === literal;
  const { before, after } = parameter;
  return segment.length > before.length + after.length && segment.startsWith(before) && segment.endsWith(after);
}

/** Positive where `a` is narrower than `b`, negative where it is wider, 0 where neither is. */
export function compareNarrowness(a: PathPattern, b: PathPattern): number {
  const length = Math.max(a.weight.length, b.weight.length);
  for (let i = 0; i < length; i++) {
    const difference = (a.weight[i] ?? 0) - (b.weight[i] ?? 0);
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
