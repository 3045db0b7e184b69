import { Pill } from '../../ui/pill.tsx';
import { expiryText, expiryTitle, expiryTone } from './expiry.ts';

interface ExpiryPillProps {
  readonly expiresAtMs: number | null;
  readonly now: number;
}

/** When a value ends, if that is soon: amber within 30 days, red within one or past. Nothing otherwise. */
export function ExpiryPill({ expiresAtMs, now }: ExpiryPillProps) {
  const tone = expiryTone(expiresAtMs, now);
  if (tone === null || expiresAtMs === null) return null;
  return (
    <span title={expiryTitle(expiresAtMs, now)} className="expiry">
      <Pill tone={tone}>
        {expiresAtMs > now ? <span className="unseen">expires </span> : null}
        {expiryText(expiresAtMs, now)}
      </Pill>
    </span>
  );
}
