import type { PathSummary } from '#contract/schemas/paths.ts';
import { dateText, timeText, untilText } from '../../ui/words.ts';

const dayMs = 24 * 60 * 60 * 1000;

/** How near an end is: red within a day or past, amber within 30 days, nothing before. */
export function expiryTone(expiresAtMs: number | null, now: number): 'warn' | 'bad' | null {
  if (expiresAtMs === null || expiresAtMs - now > 30 * dayMs) return null;
  return expiresAtMs - now <= dayMs ? 'bad' : 'warn';
}

/** `in 12 d`, `in 5 h`, `expired`; `never` where there is no end. */
export function expiryText(expiresAtMs: number | null, now: number): string {
  return expiresAtMs === null ? 'never' : untilText(expiresAtMs, now);
}

/** The whole truth, for tooltips: `Expires 4 Dec 2026, 09:30`. */
export function expiryTitle(expiresAtMs: number, now: number): string {
  const past = expiresAtMs <= now;
  return `${past ? 'Expired' : 'Expires'} ${dateText(expiresAtMs)}, ${timeText(expiresAtMs)}`;
}

export interface ExpiryCounts {
  readonly '30d': number;
  readonly '7d': number;
  readonly '1d': number;
}

/** How many end within 30, 7 and 1 days; the past counts in each. */
export function countExpiring(secrets: readonly PathSummary[], now: number): ExpiryCounts {
  const within = (days: number) =>
    secrets.filter(({ expiresAtMs }) => expiresAtMs !== null && expiresAtMs - now <= days * dayMs).length;
  return { '30d': within(30), '7d': within(7), '1d': within(1) };
}
