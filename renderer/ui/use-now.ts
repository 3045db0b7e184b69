import { useEffect, useState } from 'react';

const minuteMs = 60_000;

/** The time, a minute's step at a time: what ends soon says so even on a page nobody touches. */
export function useNow(): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), minuteMs);
    return () => clearInterval(timer);
  }, []);
  return now;
}
