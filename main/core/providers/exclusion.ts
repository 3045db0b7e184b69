import { readExclusion } from '../policy/exclusion.ts';
import { covers } from './path-overlap.ts';

/** Whether every path of the pattern is taken out again for this method. */
export function isExcluded(exclude: readonly string[], method: string, pattern: string): boolean {
  return exclude.some((text) => {
    const excluded = readExclusion(text);
    return (excluded.method === null || excluded.method === method) && covers(excluded.path, pattern);
  });
}
