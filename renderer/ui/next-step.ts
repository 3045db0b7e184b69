import type { ErrorBody, ErrorCode } from '#contract/errors.ts';

/** Next steps that the host words for a terminal and that are taken here by a button. */
const here: Partial<Record<ErrorCode, string>> = {
  vault_locked: 'Unlock it.',
  vault_missing: 'Create one first.',
  rolled_back: 'If you restored it yourself, accept the older copy; otherwise restore a newer one.',
};

/** What can be done about a refusal from this window. */
export function nextStep({ error, hint, retryAfterSeconds }: ErrorBody): string | undefined {
  return here[error] ?? hint ?? (retryAfterSeconds === undefined ? undefined : `Try again in ${retryAfterSeconds} s.`);
}
