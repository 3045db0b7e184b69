import type { PathQuestion } from './use-paths.ts';

/** What the list shows. */
export interface PathFilter {
  readonly prefix: string;
  /** Live ones, those that end within a time, or the deleted. */
  readonly show: 'all' | '30d' | '7d' | '1d' | 'deleted';
  /** Empty: whatever the tag. */
  readonly tag: string;
}

export const everyPath: PathFilter = { prefix: '', show: 'all', tag: '' };

/** The filter as the host's question. */
export function questionOf({ prefix, show, tag }: PathFilter): PathQuestion {
  return {
    prefix: prefix.trim(),
    ...(tag === '' ? {} : { tag }),
    ...(show === 'deleted' ? { deleted: true } : show === 'all' ? {} : { expiringWithin: show }),
  };
}

/** Why nothing is listed, as a sentence. */
export function nothingText({ prefix, show, tag }: PathFilter): string {
  const where = prefix.trim() === '' ? '' : ` at a path that begins with “${prefix.trim()}”`;
  const what = tag === '' ? '' : ` with the tag “${tag}”`;
  if (show === 'deleted') return `Nothing${what} is deleted${where}.`;
  if (show === 'all') return `There is no path secret${what}${where}.`;
  const days = show.slice(0, -1);
  return `Nothing${what}${where} expires within ${days} ${days === '1' ? 'day' : 'days'}.`;
}
