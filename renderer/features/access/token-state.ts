import type { TokenSummary } from '#contract/schemas/tokens.ts';
import type { Tone } from '../../ui/pill.tsx';
import { agoText, countText, untilText } from '../../ui/words.ts';

const soonMs = 10 * 60_000;

/** Whether a token still opens anything, and what a list should point out about it. */
export function tokenState(
  token: TokenSummary,
  now: number,
): { live: boolean; pill: { text: string; tone: Tone } | null } {
  if (token.revokedAtMs !== null) return { live: false, pill: { text: 'revoked', tone: 'plain' } };
  if (token.expiresAtMs <= now) return { live: false, pill: { text: 'expired', tone: 'plain' } };
  if (token.expiresAtMs - now < soonMs) return { live: true, pill: { text: 'ends soon', tone: 'warn' } };
  return { live: true, pill: null };
}

export function tokenLine(token: TokenSummary, now: number): string {
  const what =
    token.kind === 'personal'
      ? countText(token.scopes.length, 'scope')
      : countText(token.capabilities.length, 'capability', 'capabilities');
  const end =
    token.revokedAtMs !== null
      ? `revoked ${agoText(token.revokedAtMs, now)}`
      : `ends ${untilText(token.expiresAtMs, now)}`;
  return `${what} · ${token.expiresAtMs <= now && token.revokedAtMs === null ? 'expired' : end}`;
}
