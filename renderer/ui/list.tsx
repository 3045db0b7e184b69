import { type KeyboardEvent, type ReactNode, useEffect, useId, useRef } from 'react';
import { showRow, useRowWindow } from './row-window.ts';

interface ListProps<T> {
  readonly label: string;
  readonly items: readonly T[];
  readonly idOf: (item: T) => string;
  readonly rowHeight: number;
  /** What a row shows. Headings (`isHeading`) take part in scrolling but not in selection. */
  readonly row: (item: T) => ReactNode;
  readonly isHeading?: (item: T) => boolean;
  readonly selected: string | undefined;
  /** `open` is true when the person asked to see it (Enter or a press), not merely moved over it. */
  readonly onSelect: (id: string, open: boolean) => void;
  /** Called when the last rows come into view. */
  readonly onEnd?: () => void;
  readonly className?: string;
}

const page = 10;

/** A list of any length: only the rows in view exist. Arrows, Home, End, Page keys move; Enter opens. */
export function List<T>({
  label,
  items,
  idOf,
  rowHeight,
  row,
  isHeading,
  selected,
  onSelect,
  onEnd,
  className = '',
}: ListProps<T>) {
  const scroller = useRef<HTMLDivElement>(null);
  const base = useId();
  const { start, end } = useRowWindow(scroller, items.length, rowHeight);
  const rows = items.slice(start, end);

  useEffect(() => {
    if (items.length > 0 && end >= items.length) onEnd?.();
  }, [end, items.length, onEnd]);

  const found = selected === undefined ? -1 : items.findIndex((item) => !isHeading?.(item) && idOf(item) === selected);
  const there = found >= 0;
  // What the palette or another room chose is brought into view once, when it is chosen or first there.
  // biome-ignore lint/correctness/useExhaustiveDependencies: its place may move later; the list must not follow it then
  useEffect(() => {
    if (there) showRow(scroller.current, found, rowHeight);
  }, [selected, there, rowHeight]);

  const move = (from: number, step: number) => {
    let at = Math.max(0, Math.min(items.length - 1, from));
    while (items[at] !== undefined && isHeading?.(items[at] as T)) at += step;
    const item = items[at];
    if (item === undefined) return;
    showRow(scroller.current, at, rowHeight);
    onSelect(idOf(item), false);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const targets: Record<string, [number, number]> = {
      ArrowDown: [found + 1, 1],
      ArrowUp: [found - 1, -1],
      PageDown: [found + page, 1],
      PageUp: [Math.max(0, found - page), 1],
      Home: [0, 1],
      End: [items.length - 1, -1],
    };
    const target = targets[event.key];
    if (target !== undefined) move(...target);
    else if (event.key === 'Enter' && selected !== undefined) onSelect(selected, true);
    else return;
    event.preventDefault();
  };

  const active = rows.findIndex((item) => !isHeading?.(item) && idOf(item) === selected);
  return (
    <div
      ref={scroller}
      className={`list ${className}`}
      role="listbox"
      aria-label={label}
      tabIndex={0}
      aria-activedescendant={active < 0 ? undefined : `${base}-${start + active}`}
      onKeyDown={onKeyDown}
    >
      <div role="presentation" style={{ height: items.length * rowHeight, position: 'relative' }}>
        {rows.map((item, offset) => {
          const index = start + offset;
          const place = { height: rowHeight, transform: `translateY(${index * rowHeight}px)` };
          if (isHeading?.(item)) {
            return (
              <div key={index} role="presentation" className="list-heading" style={place}>
                {row(item)}
              </div>
            );
          }
          const id = idOf(item);
          return (
            // biome-ignore lint/a11y/useFocusableInteractive: focus stays on the listbox, which names the active option
            // biome-ignore lint/a11y/useKeyWithClickEvents: the listbox handles the keys of all its options
            <div
              key={index}
              id={`${base}-${index}`}
              role="option"
              aria-selected={id === selected}
              aria-setsize={items.length}
              aria-posinset={index + 1}
              className="list-row"
              style={place}
              onClick={() => onSelect(id, true)}
            >
              {row(item)}
            </div>
          );
        })}
      </div>
    </div>
  );
}
