/** The edit distance of two words, swaps of neighbours counted once (optimal string alignment). */
function distance(a: string, b: string): number {
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const line = [row];
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1] ? 0 : 1;
      let cost = Math.min(line[column - 1]! + 1, last[column]! + 1, last[column - 1]! + same);
      if (row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]) {
        cost = Math.min(cost, before[column - 2]! + 1);
      }
      line.push(cost);
    }
    before = last;
    last = line;
  }
  return last[b.length]!;
}

/** The known words close enough to a mistyped one to be worth offering, nearest first, at most three. */
export function nearest(typed: string, known: Iterable<string>): readonly string[] {
  const limit = Math.max(1, Math.floor(typed.length / 3));
  return [...new Set(known)]
    .map((word) => ({ word, cost: word.startsWith(typed) && typed.length > 1 ? 0 : distance(typed, word) }))
    .filter(({ cost }) => cost <= limit)
    .sort((a, b) => a.cost - b.cost || a.word.localeCompare(b.word))
    .slice(0, 3)
    .map(({ word }) => word);
}

/** `Did you mean a, b or c?`, or nothing where no word is near. */
export function didYouMean(words: readonly string[]): string | undefined {
  if (words.length === 0) return undefined;
  const last = words.at(-1)!;
  return `Did you mean ${words.length === 1 ? last : `${words.slice(0, -1).join(', ')} or ${last}`}?`;
}
