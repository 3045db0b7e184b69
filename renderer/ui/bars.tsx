import type { AuditBucket } from '#contract/schemas/audit.ts';

interface BarsProps {
  readonly buckets: readonly AuditBucket[];
  readonly height: number;
  /** `accent` for one credential's calls, `quiet` where refusals should stand out. */
  readonly tone: 'accent' | 'quiet';
  readonly label: string;
  /** How a bucket's start reads in its tooltip. */
  readonly when: (ms: number) => string;
}

/** Calls over time. Refused calls stand at the foot of their bar, in red; failed ones in amber. */
export function Bars({ buckets, height, tone, label, when }: BarsProps) {
  const top = Math.max(1, ...buckets.map((bucket) => bucket.allowed + bucket.refused + bucket.failed));
  const size = (count: number) => (count === 0 ? 0 : Math.max(3, Math.round((count / top) * height)));
  return (
    <div className={`bars ${tone}`} style={{ height }} role="img" aria-label={label}>
      {buckets.map((bucket) => (
        <div
          key={bucket.fromMs}
          title={`${when(bucket.fromMs)}: ${bucket.allowed} allowed, ${bucket.refused} refused, ${bucket.failed} failed`}
        >
          <span className="ok" style={{ height: size(bucket.allowed) }} />
          <span className="warn" style={{ height: size(bucket.failed) }} />
          <span className="bad" style={{ height: size(bucket.refused) }} />
        </div>
      ))}
    </div>
  );
}
