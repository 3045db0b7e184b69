/** Longest stretch of work between two turns of the event loop. */
const sliceMs = 8;

/** Does `work` for every item, letting the event loop turn every few milliseconds so that no stream stalls. */
export async function inSlices<T>(items: Iterable<T>, work: (item: T) => void): Promise<void> {
  let started = performance.now();
  for (const item of items) {
    work(item);
    if (performance.now() - started < sliceMs) continue;
    await new Promise<void>((resolve) => setImmediate(resolve));
    started = performance.now();
  }
}
