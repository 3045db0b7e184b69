// Ranks what the palette knows against what was typed: a word's start beats its middle, a short name beats a long one.

/** Higher is better; null does not fit. Every typed word has to occur; where none is, everything fits alike. */
export function score(text: string, words: readonly string[]): number | null {
  const low = text.toLowerCase();
  let sum = 0;
  for (const word of words) {
    const at = low.indexOf(word);
    if (at < 0) return null;
    const before = at === 0 ? ' ' : (low[at - 1] ?? ' ');
    sum += at === 0 ? 4 : /[a-z0-9]/.test(before) ? 1 : 3;
  }
  return words.length === 0 ? 0 : sum - low.length / 1_000;
}

/** The best `limit` of many, in order, without sorting them all. */
export function best<T>(items: readonly T[], textOf: (item: T) => string, query: string, limit: number): T[] {
  const words = query
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  const found: { item: T; points: number }[] = [];
  for (const item of items) {
    const points = score(textOf(item), words);
    if (points === null) continue;
    if (found.length === limit && points <= (found.at(-1)?.points ?? 0)) continue;
    const at = found.findIndex((other) => other.points < points);
    found.splice(at < 0 ? found.length : at, 0, { item, points });
    if (found.length > limit) found.pop();
  }
  return found.map(({ item }) => item);
}
