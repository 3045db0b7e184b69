// Which paths two patterns share. Used by the linter: policy itself only ever matches one pattern with one path.

type Segment =
  | { readonly text: string }
  | { readonly before: string; readonly after: string /** Written `{x%2F}`. */; readonly slashes: boolean };

interface Pattern {
  readonly segments: readonly Segment[];
  readonly open: boolean;
}

function read(text: string): Pattern {
  const open = text.endsWith('/**');
  const body = open ? text.slice(0, -3) : text;
  const segments = body === '' ? [] : body.slice(1).split('/').map(readSegment);
  return { segments, open };
}

function readSegment(text: string): Segment {
  const start = text.indexOf('{');
  if (start === -1) return { text };
  const end = text.indexOf('}');
  return { before: text.slice(0, start), after: text.slice(end + 1), slashes: text.slice(start, end).endsWith('%2F') };
}

/** Whether every path of `narrow` is one of `wide` too. */
export function covers(wide: string, narrow: string): boolean {
  const a = read(wide);
  const b = read(narrow);
  if (b.segments.length < a.segments.length) return false;
  if (!a.open && (b.open || a.segments.length !== b.segments.length)) return false;
  if (b.segments.slice(a.segments.length).some(holdsSlash)) return false;
  return a.segments.every((segment, index) => segmentCovers(segment, b.segments[index]!));
}

/** An encoded slash, which neither a plain parameter nor an open end admits. */
function holdsSlash(segment: Segment): boolean {
  if ('text' in segment) return segment.text.includes('%2F');
  return segment.slashes || `${segment.before}{}${segment.after}`.includes('%2F');
}

function segmentCovers(a: Segment, b: Segment): boolean {
  if ('text' in a) return 'text' in b && a.text === b.text;
  if ('text' in b) {
    const middle = b.text.slice(a.before.length, b.text.length - a.after.length);
    return middle !== '' && a.before + middle + a.after === b.text && (a.slashes || !middle.includes('%2F'));
  }
  if (!b.before.startsWith(a.before) || !b.after.endsWith(a.after)) return false;
  const before = b.before.slice(a.before.length);
  const after = b.after.slice(0, b.after.length - a.after.length);
  return a.slashes || !holdsSlash({ before, after, slashes: b.slashes });
}

/** A pattern for the paths both admit, or null where they share none. */
export function meet(first: string, second: string): string | null {
  const a = read(first);
  const b = read(second);
  const shared: string[] = [];
  for (let i = 0; i < Math.max(a.segments.length, b.segments.length); i++) {
    const left = a.segments[i];
    const right = b.segments[i];
    if (left === undefined && !a.open) return null;
    if (right === undefined && !b.open) return null;
    const both = left === undefined ? write(right!) : right === undefined ? write(left) : segmentMeet(left, right);
    if (both === null) return null;
    shared.push(both);
  }
  return `/${[...shared, ...(a.open && b.open ? ['**'] : [])].join('/')}`;
}

function segmentMeet(a: Segment, b: Segment): string | null {
  if ('text' in a) return segmentCovers(b, a) ? a.text : null;
  if ('text' in b) return segmentCovers(a, b) ? b.text : null;
  const before = longer(a.before, b.before, (long, short) => long.startsWith(short));
  const after = longer(a.after, b.after, (long, short) => long.endsWith(short));
  return before === null || after === null ? null : write({ before, after, slashes: a.slashes && b.slashes });
}

function longer(a: string, b: string, fits: (long: string, short: string) => boolean): string | null {
  const [long, short] = a.length >= b.length ? [a, b] : [b, a];
  return fits(long, short) ? long : null;
}

function write(segment: Segment): string {
  return 'text' in segment ? segment.text : `${segment.before}{x${segment.slashes ? '%2F' : ''}}${segment.after}`;
}
