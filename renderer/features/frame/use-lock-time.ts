import { useEffect, useRef } from 'react';
import { useAnswers } from '../../query.ts';
import { useNow } from '../../ui/use-now.ts';

/**
 * When the vault locks by itself, as a sentence that keeps up with the clock: use puts it off without an event, so the
 * status is asked for again each minute. A console asks only where somebody used it: its asking would keep it open.
 */
export function useLockTime(locksAtMs: number | null): string {
  const answers = useAnswers();
  const now = useNow();
  const used = useRef(false);
  useEffect(() => {
    const onUse = () => {
      used.current = true;
    };
    const uses = ['pointerdown', 'keydown'] as const;
    for (const use of uses) document.addEventListener(use, onUse);
    return () => {
      for (const use of uses) document.removeEventListener(use, onUse);
    };
  }, []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: once a minute
  useEffect(() => {
    if (answers.client.place !== 'console' || used.current) answers.renew(['vault.status']);
    used.current = false;
  }, [now, answers]);
  if (locksAtMs === null) return 'stays unlocked';
  const minutes = Math.max(1, Math.round((locksAtMs - Math.max(now, Date.now())) / 60_000));
  return minutes < 120 ? `locks in ${minutes} min` : `locks in ${Math.round(minutes / 60)} h`;
}
