import { useMemo } from 'react';
import type { AuditBucket } from '#contract/schemas/audit.ts';
import { useAsk } from '../../query.ts';
import { Bars } from '../../ui/bars.tsx';
import { dateText, timeText } from '../../ui/words.ts';
import { type ActivityFilter, spans } from './activity-filter.ts';

/** Calls over the chosen time; its height is kept while the numbers are on their way. */
export function ActivitySeries({ filter, now }: { readonly filter: ActivityFilter; readonly now: number }) {
  const span = spans.find((one) => one.span === filter.span) ?? spans[0];
  const ms = span?.ms ?? 0;
  const buckets = span?.buckets ?? 1;
  const long = ms > 2 * 24 * 60 * 60_000;
  const series = useAsk('audit.series', {
    fromMs: now - ms,
    untilMs: now,
    buckets,
    ...(filter.capability === '' ? {} : { capability: filter.capability }),
    ...(filter.credential === '' ? {} : { credential: filter.credential }),
  });
  const empty = useMemo(
    () =>
      Array.from(
        { length: buckets },
        (_, at): AuditBucket => ({ fromMs: now - ms + (at * ms) / buckets, allowed: 0, refused: 0, failed: 0 }),
      ),
    [buckets, ms, now],
  );
  const shown = series.value?.buckets ?? empty;
  const sum = shown.reduce(
    (total, one) => ({ allowed: total.allowed + one.allowed, refused: total.refused + one.refused }),
    { allowed: 0, refused: 0 },
  );
  const marks = [0, 1 / 3, 2 / 3, 1].map((share) => now - ms + share * ms);
  const dayOf = (at: number) => new Date(at).toDateString();
  const mark = (at: number, index: number) => {
    if (long) return dateText(at);
    const before = marks[index - 1];
    const named =
      (before === undefined && dayOf(at) !== dayOf(now)) || (before !== undefined && dayOf(before) !== dayOf(at));
    return `${named ? (dayOf(at) === dayOf(now) ? 'today ' : 'yesterday ') : ''}${timeText(at)}`;
  };
  const when = (at: number) => (long ? dateText(at) : timeText(at));
  return (
    <figure className="series">
      <Bars
        buckets={shown}
        height={56}
        tone="quiet"
        when={when}
        label={`Calls over time: ${sum.allowed} allowed, ${sum.refused} refused`}
      />
      <figcaption className="muted small" aria-hidden="true">
        {marks.map((at, index) => (
          <span key={at}>{mark(at, index)}</span>
        ))}
      </figcaption>
    </figure>
  );
}
