import { useEffect, useRef } from 'react';

/** How long something just made may take to turn up in the list. */
const patienceMs = 5_000;

/**
 * Keeps something chosen where there is anything: the first, where nothing is, and again where the chosen one left the
 * list. What is not listed yet, because it was just made, stays chosen.
 */
export function useFirstChoice(
  listed: ReadonlySet<string> | undefined,
  first: string | undefined,
  selected: string | undefined,
  select: (id: string | undefined) => void,
): void {
  const seen = useRef<string | undefined>(undefined);
  useEffect(() => {
    if (listed === undefined) return;
    if (selected !== undefined && listed.has(selected)) {
      seen.current = selected;
      return;
    }
    if (first === selected) return;
    if (selected === undefined || seen.current === selected) return select(first);
    const timer = setTimeout(() => select(first), patienceMs);
    return () => clearTimeout(timer);
  }, [listed, first, selected, select]);
}
