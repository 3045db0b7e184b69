/** A turn of the event loop comes after this many items, or this many bytes, whichever is first: about 5 ms of work. */
const itemsPerSlice = 50;
const bytesPerSlice = 128 * 1024;

/** Does `work` for every item, letting the event loop turn in between so that no stream stalls. `sizeOf` is in bytes. */
export async function inSlices<T>(
  items: Iterable<T>,
  work: (item: T) => void,
  sizeOf: (item: T) => number = () => 0,
): Promise<void> {
  let [count, bytes] = [0, 0];
  for (const item of items) {
    work(item);
    count++;
    bytes += sizeOf(item);
    if (count < itemsPerSlice && bytes < bytesPerSlice) continue;
    [count, bytes] = [0, 0];
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
}
