/**
 * What may be written down about an error that is not ours: its kind, the system's code, its frames. Never its message:
 * that may quote what was being read (JSON.parse does), a secret among it.
 */
export function whereFrom(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  const code = 'code' in error && typeof error.code === 'string' ? ` (${error.code})` : '';
  const frames = (error.stack ?? '').split('\n').filter((line) => line.startsWith('    at '));
  return [`${error.name}${code}`, ...frames].join('\n');
}
