import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, type ReactNode, useEffect, useId, useRef } from 'react';

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
  const virtual = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 8,
  });
  const rows = virtual.getVirtualItems();
  const last = rows.at(-1)?.index ?? 0;

  useEffect(() => {
    if (items.length > 0 && last >= items.length - 1) onEnd?.();
  }, [last, items.length, onEnd]);

  const move = (from: number, step: number) => {
    let at = Math.max(0, Math.min(items.length - 1, from));
    while (items[at] !== undefined && isHeading?.(items[at] as T)) at += step;
    const item = items[at];
    if (item === undefined) return;
    virtual.scrollToIndex(at);
    onSelect(idOf(item), false);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const at = items.findIndex((item) => !isHeading?.(item) && idOf(item) === selected);
    const targets: Record<string, [number, number]> = {
      ArrowDown: [at + 1, 1],
      ArrowUp: [at - 1, -1],
      PageDown: [at + page, 1],
      PageUp: [Math.max(0, at - page), 1],
      Home: [0, 1],
      End: [items.length - 1, -1],
    };
    const target = targets[event.key];
    if (target !== undefined) move(...target);
    else if (event.key === 'Enter' && selected !== undefined) onSelect(selected, true);
    else return;
    event.preventDefault();
  };

  const active = rows.find((entry) => items[entry.index] !== undefined && idOf(items[entry.index] as T) === selected);
  return (
    <div
      ref={scroller}
      className={`list ${className}`}
      role="listbox"
      aria-label={label}
      tabIndex={0}
      aria-activedescendant={active === undefined ? undefined : `${base}-${active.index}`}
      onKeyDown={onKeyDown}
    >
      <div role="presentation" style={{ height: virtual.getTotalSize(), position: 'relative' }}>
        {rows.map((entry) => {
          const item = items[entry.index];
          if (item === undefined) return null;
          const place = { height: rowHeight, transform: `translateY(${entry.start}px)` };
          if (isHeading?.(item)) {
            return (
              <div key={entry.key} role="presentation" className="list-heading" style={place}>
                {row(item)}
              </div>
            );
          }
          const id = idOf(item);
          return (
            // biome-ignore lint/a11y/useFocusableInteractive: focus stays on the listbox, which names the active option
            // biome-ignore lint/a11y/useKeyWithClickEvents: the listbox handles the keys of all its options
            <div
              key={entry.key}
              id={`${base}-${entry.index}`}
              role="option"
              aria-selected={id === selected}
              aria-setsize={items.length}
              aria-posinset={entry.index + 1}
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
