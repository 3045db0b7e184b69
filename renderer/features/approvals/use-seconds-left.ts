import { useEffect, useState } from 'react';

const secondsUntil = (ms: number) => Math.max(0, Math.ceil((ms - Date.now()) / 1_000));

/** Whole seconds until a time of the host, which runs on the same clock. */
export function useSecondsLeft(untilMs: number): number {
  const [left, setLeft] = useState(() => secondsUntil(untilMs));
  useEffect(() => {
    const timer = setInterval(() => setLeft(secondsUntil(untilMs)), 250);
    return () => clearInterval(timer);
  }, [untilMs]);
  return left;
}
