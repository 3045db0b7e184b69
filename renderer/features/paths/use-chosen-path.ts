import { useCallback, useEffect, useRef } from 'react';
import type { PathSummary } from '#contract/schemas/paths.ts';
import { useView } from '../../view-state.ts';

/**
 * Which path the detail shows. The first one, where nobody chose; its neighbour, where the chosen one leaves the list.
 * A path that is not listed yet (just written, or found elsewhere) stays chosen.
 */
export function useChosenPath(paths: readonly PathSummary[] | undefined) {
  const selected = useView((view) => view.selected.paths);
  const select = useView((view) => view.select);
  const seenAt = useRef<{ readonly path: string; readonly index: number } | null>(null);
  const gone = useRef<{ readonly path: string | undefined; readonly from: typeof paths } | null>(null);
  const index = paths?.findIndex(({ path }) => path === selected) ?? -1;

  useEffect(() => {
    if (paths === undefined) return;
    if (selected !== undefined && index >= 0) {
      seenAt.current = { path: selected, index };
      return;
    }
    if (selected !== undefined && seenAt.current?.path !== selected) return;
    const left = gone.current?.from === paths ? gone.current?.path : undefined;
    const others = paths.filter(({ path }) => path !== left);
    const next = others[Math.min(seenAt.current?.index ?? 0, others.length - 1)]?.path;
    if (next !== selected) select(next);
  }, [paths, selected, index, select]);

  /** Lets the chosen path go before the list that still names it is replaced: nobody asks about it again. */
  const leave = useCallback(() => {
    gone.current = { path: selected, from: paths };
    select(undefined);
  }, [selected, paths, select]);

  return { selected, chosen: index < 0 ? undefined : paths?.[index], select, leave };
}
