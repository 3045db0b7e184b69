import { useMemo, useRef } from 'react';
import type { PathSummary } from '#contract/schemas/paths.ts';

/** The tags that can be filtered by: all that were seen since the room opened. A filtered list shows fewer than there are. */
export function usePathTags(secrets: readonly PathSummary[] | undefined, chosen: string): readonly string[] {
  const seen = useRef<ReadonlySet<string>>(new Set());
  return useMemo(() => {
    const tags = (secrets ?? []).flatMap((one) => one.tags);
    seen.current = new Set([...seen.current, ...tags, ...(chosen === '' ? [] : [chosen])]);
    return [...seen.current].sort();
  }, [secrets, chosen]);
}
