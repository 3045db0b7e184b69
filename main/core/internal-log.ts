import { whereFrom } from '#contract/where-from.ts';

/** Writes where the error came from, where only this user can read it; what is answered is the reference alone. */
export function internalLog(log: ((line: string) => void) | undefined, randomId: () => string) {
  return (error: unknown): string => {
    const reference = randomId().replace(/^(.{6}).*-/, '$1-');
    log?.(`internal ${reference}: ${whereFrom(error)}`);
    return reference;
  };
}
