// The paths in order, so that a page or a prefix is a binary search away however many there are.

/** Where `path` is, or would be inserted. */
function lowerBound(sorted: readonly string[], path: string): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle]! < path) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Path → row id, kept sorted. */
export class PathIndex {
  readonly #ids = new Map<string, string>();
  #sorted: string[] = [];

  /** Takes all pairs at once: one sort instead of many insertions. */
  fill(pairs: Iterable<readonly [path: string, id: string]>): void {
    this.#ids.clear();
    for (const [path, id] of pairs) this.#ids.set(path, id);
    this.#sorted = [...this.#ids.keys()].sort();
  }

  add(path: string, id: string): void {
    if (!this.#ids.has(path)) this.#sorted.splice(lowerBound(this.#sorted, path), 0, path);
    this.#ids.set(path, id);
  }

  remove(path: string): void {
    if (this.#ids.delete(path)) this.#sorted.splice(lowerBound(this.#sorted, path), 1);
  }

  /** Paths that start with `prefix`, in order, beginning after `after`. */
  *range(prefix: string, after: string | null): IterableIterator<readonly [path: string, id: string]> {
    const from = after === null || after < prefix ? prefix : after;
    for (let at = lowerBound(this.#sorted, from); at < this.#sorted.length; at++) {
      const path = this.#sorted[at]!;
      if (!path.startsWith(prefix)) return;
      if (path !== after) yield [path, this.#ids.get(path)!];
    }
  }
}
