// How times, sizes, scopes and counts read to a person. Locale-free on purpose: the product speaks one language.

import type { Scope } from '#contract/schemas/scope.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

const dateFormat = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' });
const timeFormat = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });

export function dateText(ms: number): string {
  return dateFormat.format(ms);
}

export function timeText(ms: number): string {
  return timeFormat.format(ms);
}

/** `10:04:31.220`, local time: what a log line needs. */
export function logTimeText(ms: number): string {
  const at = new Date(ms);
  const two = (value: number) => String(value).padStart(2, '0');
  return `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}.${String(at.getMilliseconds()).padStart(3, '0')}`;
}

/** `2 min ago`, `3 d ago`. */
export function agoText(ms: number, now: number): string {
  const gone = now - ms;
  if (gone < minute) return 'just now';
  if (gone < hour) return `${Math.floor(gone / minute)} min ago`;
  if (gone < day) return `${Math.floor(gone / hour)} h ago`;
  if (gone < 60 * day) return `${Math.floor(gone / day)} d ago`;
  return dateText(ms);
}

/** `in 5 h`, `in 12 d`; past times read `expired`. */
export function untilText(ms: number, now: number): string {
  const left = ms - now;
  if (left <= 0) return 'expired';
  if (left < hour) return `in ${Math.max(1, Math.round(left / minute))} min`;
  if (left < 2 * day) return `in ${Math.round(left / hour)} h`;
  return `in ${Math.round(left / day)} d`;
}

export function tookText(ms: number): string {
  if (ms < 10) return `${Number(ms.toFixed(ms < 1 ? 2 : 1))} ms`;
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  return `${(ms / 1_000).toFixed(1)} s`;
}

export function bytesText(bytes: number): string {
  if (bytes < 1_024) return `${bytes} B`;
  if (bytes < 1_024 * 1_024) return `${Math.round(bytes / 102.4) / 10} KiB`;
  return `${Math.round(bytes / 104_857.6) / 10} MiB`;
}

/** `1 token`, `3 tokens`, `20 capabilities`. */
export function countText(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString('en-GB')} ${count === 1 ? one : many}`;
}

/** `global`, `workspace web-shop`, `group web-shop / agents`. */
export function scopeWords(scope: Scope): string {
  if (scope === 'global') return 'global';
  if ('workspace' in scope) return `workspace ${scope.workspace.workspace_id}`;
  return `group ${scope.group.workspace_id} / ${scope.group.group_id}`;
}

/** `7c1e a90b 33d0 1122`: a fingerprint in fours. */
export function fingerprintText(hex: string, digits = 16): string {
  return (hex.slice(0, digits).match(/.{1,4}/g) ?? []).join(' ');
}

/** Two letters for a provider that has no logo here (none has). */
export function lettersOf(name: string): string {
  const letters = [...name.replaceAll(/[^\p{L}\p{N}]/gu, '')];
  return `${(letters[0] ?? '?').toUpperCase()}${(letters[1] ?? '').toLowerCase()}`;
}

export const onMac = typeof navigator !== 'undefined' && /Mac|iPhone/.test(navigator.userAgent);
/** A shortcut as this system writes it. */
export function keysText(key: string): string {
  return onMac ? `⌘${key}` : `Ctrl ${key}`;
}
