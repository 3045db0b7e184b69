import type { Input } from '#contract/call.ts';

/** What the person asked to see. Times are spans back from now, so that "last 24 h" stays true. */
export interface ActivityFilter {
  readonly span: Span;
  readonly capability: string;
  readonly credential: string;
  readonly actor: string;
  readonly outcome: '' | NonNullable<Input<'audit.list'>['outcome']>;
}

export type Span = 'hour' | 'day' | 'week' | 'all';
export const spans: readonly {
  readonly span: Span;
  readonly text: string;
  readonly ms: number;
  readonly buckets: number;
}[] = [
  { span: 'hour', text: 'Last hour', ms: 60 * 60_000, buckets: 60 },
  { span: 'day', text: 'Last 24 h', ms: 24 * 60 * 60_000, buckets: 72 },
  { span: 'week', text: 'Last 7 days', ms: 7 * 24 * 60 * 60_000, buckets: 84 },
  { span: 'all', text: 'All time', ms: 90 * 24 * 60 * 60_000, buckets: 90 },
];

export const everything: ActivityFilter = { span: 'day', capability: '', credential: '', actor: '', outcome: '' };

/** The question for one page of entries. `now` is coarse (a minute), or each render would ask anew. */
export function questionOf(filter: ActivityFilter, now: number, limit: number): Input<'audit.list'> {
  const span = spans.find((one) => one.span === filter.span);
  return {
    limit,
    ...(filter.span === 'all' || span === undefined ? {} : { sinceTsMs: now - span.ms }),
    ...(filter.capability === '' ? {} : { capability: filter.capability }),
    ...(filter.credential === '' ? {} : { credential: filter.credential }),
    ...(filter.actor === '' ? {} : { actor: filter.actor }),
    ...(filter.outcome === '' ? {} : { outcome: filter.outcome }),
  };
}
