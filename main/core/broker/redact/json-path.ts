// The blocklist's paths: `$.a.b`, `$['a b'].c`, `$.items[0].key`, `$.items[*].key`, `$.*.key`, `$..password`. A bare name
// such as `password`, or a path without `$` such as `items[*].key`, means that wherever it stands. RFC 9535's shapes without
// filters and slices. An entry in another spelling (`/a/b`, `pass*`) is refused: taken for a name it would hide nothing.

/** One step: a member's name, an element's index, any child, or any depth of children before the next step. */
export type Step = { readonly name: string } | { readonly index: number } | 'any' | 'deep';
export type JsonPath = readonly Step[];

/** Reads one blocklist entry; null where it is not one (blank, or with a syntax this blocklist does not have). */
export function parseJsonPath(text: string): JsonPath | null {
  const entry = text.trim();
  if (entry === '') return null;
  if (!entry.startsWith('$')) return /\$|^#?\//.test(entry) ? null : parseJsonPath(`$..${entry.replace(/^\./, '')}`);
  const steps: Step[] = [];
  const part = /\.\.|\.?\*|\.([^.[\]*]+)|\[\s*(?:(\d+)|(\*)|'([^']*)'|"([^"]*)")\s*\]|([^.[\]*]+)/gy;
  part.lastIndex = 1;
  while (part.lastIndex < entry.length) {
    const found = part.exec(entry);
    if (found === null) return null;
    const [whole, name, index, star, single, double, bare] = found;
    if (whole === '..') steps.push('deep');
    else if (whole === '*' && steps.at(-1) !== 'deep') return null;
    else if (whole.endsWith('*') || star !== undefined) steps.push('any');
    else if (index !== undefined) steps.push({ index: Number(index) });
    else if (bare !== undefined && steps.at(-1) !== 'deep') return null;
    else steps.push({ name: name ?? single ?? double ?? bare! });
  }
  return steps.length === 0 || steps.at(-1) === 'deep' ? null : steps;
}

/** Which steps of which paths are satisfied at one place in a document: what its children have to match next. */
export type Places = readonly (readonly [path: number, step: number])[];

export const atRoot = (paths: readonly JsonPath[]): Places => paths.map((_, at) => [at, 0] as const);

/** Where a child stands, and whether a path ends there. `key` is a member's name or an element's index. */
export function descend(
  paths: readonly JsonPath[],
  places: Places,
  key: string | number,
): { places: Places; hit: boolean } {
  const next: [number, number][] = [];
  let hit = false;
  const visit = (path: number, step: number) => {
    const wanted = paths[path]![step]!;
    if (wanted === 'deep') {
      next.push([path, step]);
      visit(path, step + 1);
      return;
    }
    // `list.0` is how some write `list[0]`: a name of digits is an element's place too.
    const matches = wanted === 'any' || ('name' in wanted ? wanted.name === String(key) : wanted.index === key);
    if (!matches) return;
    if (step + 1 === paths[path]!.length) hit = true;
    else next.push([path, step + 1]);
  };
  for (const [path, step] of places) visit(path, step);
  return { places: next, hit };
}
