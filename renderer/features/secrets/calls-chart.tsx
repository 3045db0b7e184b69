import { useMemo } from 'react';
import type { AuditBucket } from '#contract/schemas/audit.ts';
import { useAsk } from '../../query.ts';
import { Bars } from '../../ui/bars.tsx';
import { countText, dateText } from '../../ui/words.ts';

const day = 24 * 60 * 60 * 1000;
const days = 14;

/** The next local midnight: stable for a whole day, so the question (and its cached answer) is too. */
function tomorrow(): number {
  const at = new Date();
  at.setHours(24, 0, 0, 0);
  return at.getTime();
}

export function CallsChart({ credentials }: { readonly credentials: readonly string[] }) {
  const untilMs = tomorrow();
  const series = useAsk('audit.series', {
    fromMs: untilMs - days * day,
    untilMs,
    buckets: days,
    ...(credentials[0] === undefined ? {} : { credential: credentials[0] }),
  });
  const empty = useMemo(
    () =>
      Array.from(
        { length: days },
        (_, at): AuditBucket => ({ fromMs: untilMs - (days - at) * day, allowed: 0, refused: 0, failed: 0 }),
      ),
    [untilMs],
  );
  const buckets = series.value?.buckets ?? empty;
  const total = buckets.reduce((sum, bucket) => sum + bucket.allowed + bucket.refused + bucket.failed, 0);
  return (
    <section className="block-section">
      <h3>
        Calls, last 14 days{' '}
        <span className="muted plain">{series.value === undefined ? '' : countText(total, 'call')}</span>
      </h3>
      <Bars
        buckets={buckets}
        height={60}
        tone="accent"
        when={dateText}
        label={`${countText(total, 'call')} in the last 14 days`}
      />
    </section>
  );
}
