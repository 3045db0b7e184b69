import { AivaultError } from '#contract/errors.ts';
import { countText } from './count-text.ts';

const units: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/** `90s`, `10m`, `12h`, `30d`, `2w` → milliseconds. Throws `invalid_request` naming the option. */
export function durationMs(option: string, written: string): number {
  const found = /^(\d{1,9})(ms|s|m|h|d|w)$/.exec(written.trim());
  if (found === null) {
    throw new AivaultError('invalid_request', `--${option} needs a duration.`, {
      hint: 'For example 90s, 10m, 12h or 30d.',
    });
  }
  return Number(found[1]) * units[found[2]!]!;
}

/** A moment: `10m` or `2d` ago, a date, a date and time (UTC unless it says otherwise), or epoch milliseconds. */
export function momentMs(option: string, written: string, nowMs: number): number {
  const trimmed = written.trim();
  if (/^\d{10,16}$/.test(trimmed)) return Number(trimmed);
  if (/^\d{1,9}(ms|s|m|h|d|w)$/.test(trimmed)) return Math.max(0, nowMs - durationMs(option, trimmed));
  const dated = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:\d{2})?)?$/.test(trimmed);
  const value = dated
    ? Date.parse(/[T ]/.test(trimmed) && !/(?:Z|[+-]\d{2}:\d{2})$/.test(trimmed) ? `${trimmed}Z` : trimmed)
    : Number.NaN;
  if (Number.isNaN(value)) {
    throw new AivaultError('invalid_request', `--${option} needs a moment.`, {
      hint: 'For example 15m, 2d, 2026-11-20 or 2026-11-20T09:30:00Z.',
    });
  }
  return value;
}

/** `2026-11-20 09:30:00`, in UTC: the same line reads the same everywhere. */
export function clockText(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19).replace('T', ' ');
}

/** `3 minutes ago`, `in 2 days`, `just now`. What is to come is rounded: a token just minted for 10m has 10 minutes. */
export function relativeText(ms: number, nowMs: number): string {
  const exact = Math.abs(ms - nowMs);
  if (exact < 5000) return 'just now';
  const distance = ms > nowMs && exact > 59_000 ? Math.round(exact / 60_000) * 60_000 : exact;
  const steps: readonly (readonly [string, number])[] = [
    ['day', 86_400_000],
    ['hour', 3_600_000],
    ['minute', 60_000],
    ['second', 1000],
  ];
  const [unit, size] = steps.find(([, step]) => distance >= step)!;
  const amount = countText(Math.floor(distance / size), unit);
  return ms < nowMs ? `${amount} ago` : `in ${amount}`;
}
