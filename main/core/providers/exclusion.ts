import { readExclusion } from '../policy/exclusion.ts';
import { covers } from './path-overlap.ts';

/** Whether every path of the pattern is taken out again for this method. */
export function isExcluded(exclude: readonly string[], method: string, pattern: string): boolean {
  return exclude.some((text) => {
    const excluded = readExclusion(text);
    return (excluded.method === null || excluded.method === method) && takesOut(excluded.path, pattern);
  });
}

/** Policy reads an encoded slash in a path both ways before it lets an exclusion pass: to one, `{x%2F}` is any parameter. */
function takesOut(exclusion: string, pattern: string): boolean {
  return covers(exclusion, pattern) || covers(exclusion, pattern.replaceAll('%2F}', '}'));
}
