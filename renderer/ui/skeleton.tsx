import { useEffect, useState } from 'react';

/** True once something has been going on for 300 ms: sooner, a sign of work is only a flicker. */
export function useSlow(busy: boolean): boolean {
  const [slow, setSlow] = useState(false);
  useEffect(() => {
    if (!busy) {
      setSlow(false);
      return;
    }
    const timer = setTimeout(() => setSlow(true), 300);
    return () => clearTimeout(timer);
  }, [busy]);
  return slow;
}

/** Rows of the size the data will have, shown after 300 ms; before that their space is kept empty. */
export function Skeleton({ rows, height }: { readonly rows: number; readonly height: number }) {
  const slow = useSlow(true);
  return (
    <div className={`skeleton ${slow ? 'shown' : ''}`} aria-busy="true">
      {slow ? <span className="unseen">Loading</span> : null}
      {Array.from({ length: rows }, (_, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the rows are all alike and never move
        <div key={row} style={{ height }} aria-hidden="true">
          <span style={{ width: `${40 + ((row * 23) % 45)}%` }} />
        </div>
      ))}
    </div>
  );
}
