import { covers } from './path-overlap.ts';

/** `DELETE /x`, or `/x` for every method. */
export function readExclusion(text: string): { readonly method: string | null; readonly path: string } {
  const space = text.indexOf(' ');
  return space === -1 ? { method: null, path: text } : { method: text.slice(0, space), path: text.slice(space + 1) };
}

/** Whether every path of the pattern is taken out again for this method. */
export function isExcluded(exclude: readonly string[], method: string, pattern: string): boolean {
  return exclude.some((text) => {
    const excluded = readExclusion(text);
    return (excluded.method === null || excluded.method === method) && covers(excluded.path, pattern);
  });
}
