import { type RefObject, useCallback, useLayoutEffect, useRef, useState } from 'react';

const armMs = 1_000;
const lookMs = 100;

/** Where something stands, as text that changes when it moves; null where a person cannot see or press it. */
function placeOf(element: HTMLElement | null): string | null {
  if (element === null || document.visibilityState === 'hidden') return null;
  const { x, y, width, height } = element.getBoundingClientRect();
  // Behind a dialog, or scrolled away, something else is there.
  if (!element.contains(document.elementFromPoint(x + width / 2, y + height / 2))) return null;
  return `${x} ${y} ${width} ${height}`;
}

export interface Arming {
  readonly armed: boolean;
  /** Asked at the press itself: armed, and nothing moved since. */
  stands(): boolean;
}

/**
 * Whether something has stood still, in view and unchanged for a second: a press that was meant for what was there
 * before must not count. `content` is what it says; another content starts the second anew.
 */
export function useArmed(element: RefObject<HTMLElement | null>, content: string): Arming {
  const [armed, setArmed] = useState(false);
  const where = useRef<string | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what it says is watched, not read
  useLayoutEffect(() => {
    let since = performance.now();
    where.current = null;
    setArmed(false);
    const look = () => {
      const place = placeOf(element.current);
      if (place === null || place !== where.current) since = performance.now();
      where.current = place;
      setArmed(place !== null && performance.now() - since >= armMs);
    };
    look();
    const timer = setInterval(look, lookMs);
    return () => clearInterval(timer);
  }, [element, content]);
  const stands = useCallback(
    () => armed && where.current !== null && placeOf(element.current) === where.current,
    [armed, element],
  );
  return { armed, stands };
}
