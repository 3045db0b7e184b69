import { AivaultError } from '#contract/errors.ts';
import { maxPathLength, maxPathLevels, reservedFirstSegments, reservedLastSegments } from '#contract/schemas/paths.ts';

/** Why a text is not a path, or null where it is one. At most ten levels and 512 characters of `a-z 0-9 - _ /`. */
export function pathFault(path: string): string | null {
  if (path.length === 0) return 'A path is not empty.';
  if (path.length > maxPathLength) return `A path has at most ${maxPathLength} characters.`;
  if (path.startsWith('/') || path.endsWith('/')) return 'A path neither starts nor ends with a slash.';
  if (/[A-Z]/.test(path)) return 'A path is lower case.';
  if (!/^[a-z0-9/_-]+$/.test(path)) return 'A path is made of a-z, 0-9, dash, underscore and slash.';
  const segments = path.split('/');
  if (segments.includes('')) return 'A path has no empty segment.';
  if (segments.length > maxPathLevels) return `A path has at most ${maxPathLevels} levels.`;
  if (reservedFirstSegments.includes(segments[0]!)) return `A path does not begin with "${segments[0]}".`;
  const last = segments.at(-1)!;
  if (reservedLastSegments.includes(last)) return `A path does not end in "${last}".`;
  return null;
}

/** Whether a text could be the beginning of a path: what can be one may stand in the log. */
export function beginsPath(prefix: string): boolean {
  return /^[a-z0-9/_-]+$/.test(prefix) && prefix.length <= maxPathLength;
}

/** The path itself, or `invalid_request` (reason `invalid_path`) with the rule it breaks. */
export function checkPath(path: string): string {
  const fault = pathFault(path);
  if (fault !== null) throw new AivaultError('invalid_request', fault, { reason: 'invalid_path' });
  return path;
}

const unitMs = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;

/** Milliseconds of `90d`, `48h`, `30m`, `45s`, `2w`; null where the text is none of these. */
export function durationMs(text: string): number | null {
  const match = /^([1-9][0-9]{0,5})([smhdw])$/.exec(text);
  return match === null ? null : Number(match[1]) * unitMs[match[2] as keyof typeof unitMs];
}
