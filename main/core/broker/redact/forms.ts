import { encodingsOf } from './encodings.ts';
import { Scanner } from './scanner.ts';

/** Values shorter than this are only matched as whole tokens: `42` must not eat the middle of every number. */
export const shortestFreeMatch = 8;

/** One byte string to remove from an answer. */
export interface Form {
  readonly bytes: Uint8Array;
  /** Matches only where no letter or digit stands directly before or after it. */
  readonly wholeToken: boolean;
}

/** Everything to look for in one answer. Holds secret bytes: `wipe` it when the answer has ended. */
export interface Forms {
  /** Longest first. */
  readonly items: readonly Form[];
  /** Length of the longest form in bytes; 0 where there is nothing to look for. */
  readonly longest: number;
  readonly scanner: Scanner;
  wipe(): void;
}

/**
 * Builds the forms of the secret parts that auth put on the wire. Parts marked as identifiers must not be among them.
 * Longest first, without duplicates.
 */
export function formsOf(injected: readonly Uint8Array[]): Forms {
  const wholeTokens = new Map<string, boolean>();
  for (const part of injected) {
    const wholeToken = part.length < shortestFreeMatch;
    // Met as a part of a short and of a long value: the rule that removes more wins.
    for (const text of encodingsOf(part)) wholeTokens.set(text, wholeToken && wholeTokens.get(text) !== false);
  }
  wholeTokens.delete('');
  const items = [...wholeTokens]
    .map(([text, wholeToken]): Form => ({ bytes: Buffer.from(text, 'latin1'), wholeToken }))
    .sort((a, b) => b.bytes.length - a.bytes.length);
  const scanner = new Scanner(items);
  return {
    items,
    longest: items[0]?.bytes.length ?? 0,
    scanner,
    wipe() {
      for (const { bytes } of items) bytes.fill(0);
      scanner.wipe();
    },
  };
}
