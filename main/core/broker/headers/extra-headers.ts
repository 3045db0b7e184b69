import { AivaultError } from '#contract/errors.ts';
import { authHeaders, framingHeaders, isMeddling, plainName } from './header-names.ts';

/**
 * Checks the headers an operator lets through for a provider of their own. Throws `invalid_request` for names that carry
 * auth, frame the message or steer the upstream past policy, and for beginnings that would cover one.
 */
export function checkHeaderLists(request: readonly string[], response: readonly string[]): void {
  for (const [field, names] of [
    ['requestHeaders', request],
    ['responseHeaders', response],
  ] as const) {
    if (names.some(isDangerous)) {
      throw new AivaultError(
        'invalid_request',
        `${field}: headers that carry auth, frame a message or override it never pass.`,
      );
    }
  }
}

function isDangerous(pattern: string): boolean {
  if (!pattern.endsWith('*')) {
    const name = plainName(pattern);
    return authHeaders.has(name) || framingHeaders.has(name) || isMeddling(name);
  }
  const start = pattern.slice(0, -1);
  return isMeddling(start) || [...authHeaders, ...framingHeaders].some((name) => name.startsWith(start));
}
