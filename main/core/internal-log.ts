/** Writes the error where only this user can read it; what is answered is the reference alone. */
export function internalLog(log: ((line: string) => void) | undefined, randomId: () => string) {
  return (error: unknown): string => {
    const reference = randomId().replace(/^(.{6}).*-/, '$1-');
    const text = error instanceof Error ? (error.stack ?? error.message) : typeof error;
    log?.(`internal ${reference}: ${text}`);
    return reference;
  };
}
