import { type RefObject, useEffect, useState } from 'react';

/** The rows to draw, `end` exclusive. */
export interface RowWindow {
  readonly start: number;
  readonly end: number;
}

/** Rows drawn beyond both edges, so that a fast scroll meets rows and not paper. */
const overscan = 8;

/**
 * Which rows of a list are in view. All rows are of one height, so this is a division, and a list of 100,000 costs no
 * more than one of ten (a general virtualiser measures every row again whenever a page is added).
 */
export function useRowWindow(scroller: RefObject<HTMLElement | null>, count: number, rowHeight: number): RowWindow {
  const [seen, setSeen] = useState<RowWindow>({ start: 0, end: 40 });
  useEffect(() => {
    const element = scroller.current;
    if (element === null) return;
    const look = () => {
      const first = Math.floor(element.scrollTop / rowHeight);
      const start = Math.max(0, first - overscan);
      const end = first + Math.ceil(element.clientHeight / rowHeight) + overscan;
      setSeen((before) => (before.start === start && before.end === end ? before : { start, end }));
    };
    look();
    element.addEventListener('scroll', look, { passive: true });
    const size = new ResizeObserver(look);
    size.observe(element);
    return () => {
      element.removeEventListener('scroll', look);
      size.disconnect();
    };
  }, [scroller, rowHeight]);
  // A shorter list (a filter) may end above what was in view.
  const end = Math.min(seen.end, count);
  return { start: Math.min(seen.start, Math.max(0, end - 1)), end };
}

/** Scrolls just as far as needed to have a row in view. */
export function showRow(element: HTMLElement | null, index: number, rowHeight: number): void {
  if (element === null) return;
  const top = index * rowHeight;
  if (top < element.scrollTop) element.scrollTop = top;
  else if (top + rowHeight > element.scrollTop + element.clientHeight)
    element.scrollTop = top + rowHeight - element.clientHeight;
}
