import { useCallback, useEffect, useState } from 'react';

/** Seconds a revealed value stays. */
export const shownSeconds = 30;

/** A box that is emptied when the look ends. Hand the box down, not the value: React remembers the props before the last. */
export interface Held<T> {
  value: T | null;
  readonly untilMs: number;
}

export interface TimedValue<T> {
  readonly held: Held<T> | null;
  /** Whole seconds until it goes. */
  readonly left: number;
  show(value: T): void;
  hide(): void;
}

/** Holds what was revealed for 30 seconds and then lets it go; there is no other copy of it in the page's state. */
export function useTimedValue<T>(): TimedValue<T> {
  const [held, setHeld] = useState<Held<T> | null>(null);
  const [left, setLeft] = useState(shownSeconds);
  useEffect(() => {
    if (held === null) return;
    // Counted from a date: a timer that a sleeping page held back must not lengthen the look.
    const look = () => {
      const seconds = Math.ceil((held.untilMs - Date.now()) / 1_000);
      if (seconds <= 0) setHeld(null);
      else setLeft(seconds);
    };
    const timer = setInterval(look, 250);
    return () => {
      clearInterval(timer);
      // React keeps the state before the last for a while: what it keeps is emptied.
      held.value = null;
    };
  }, [held]);
  const show = useCallback((value: T) => {
    setLeft(shownSeconds);
    setHeld({ value, untilMs: Date.now() + shownSeconds * 1_000 });
  }, []);
  const hide = useCallback(() => setHeld(null), []);
  return { held, left, show, hide };
}
