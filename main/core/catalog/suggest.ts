/** The ids nearest to what was typed, best first, at most `count`; none where nothing is near. */
export function nearest(wanted: string, known: Iterable<string>, count = 3): string[] {
  const text = wanted.trim().toLowerCase().slice(0, 140);
  const limit = Math.max(2, Math.floor(text.length / 4));
  const scored: { id: string; score: number }[] = [];
  for (const id of known) {
    const score = closeness(text, id, limit);
    if (score <= limit) scored.push({ id, score });
  }
  return scored
    .sort((a, b) => a.score - b.score || (a.id < b.id ? -1 : 1))
    .slice(0, count)
    .map(({ id }) => id);
}

/** The beginning of an id is nearer than a part of another provider's (`openai/chat` is not about azure-openai). */
function closeness(text: string, id: string, limit: number): number {
  if (text.length > 2 && id.startsWith(text)) return 0.25;
  if (text.length > 2 && id.includes(`/${text}`)) return 0.5;
  const typed = distance(text, id, limit);
  return text.length > 2 && id.includes(text) ? Math.min(typed, 1.5) : typed;
}

/** Levenshtein distance; anything above `limit` is reported as `limit + 1`. */
function distance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = a[i - 1] === b[j - 1] ? 0 : 1;
      next[j] = Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + change);
    }
    if (Math.min(...next) > limit) return limit + 1;
    row = next;
  }
  return row[b.length]!;
}
