/** Deeper JSON is nobody's data, and it ends the stack of whoever walks through it. */
const deepest = 200;

/**
 * Why parsed JSON would not survive being stored and read back as it was sent, in words for whoever sent it; null where it
 * would. Walks without recursion, so that depth itself is no attack.
 */
export function jsonFault(value: unknown): string | null {
  const open: { readonly value: unknown; readonly depth: number }[] = [{ value, depth: 0 }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { value: each, depth } = next;
    if (typeof each === 'number' && !Number.isFinite(each)) return 'A number is too large to be kept.';
    if (typeof each !== 'object' || each === null) continue;
    if (depth >= deepest) return `JSON may be nested ${deepest} levels deep.`;
    // JSON.parse makes it an ordinary key; nearly everything that copies the object afterwards loses it.
    if (Object.hasOwn(each, '__proto__')) return 'A key may not be called __proto__.';
    for (const child of Object.values(each)) open.push({ value: child, depth: depth + 1 });
  }
  return null;
}
