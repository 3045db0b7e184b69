import assert from 'node:assert/strict';

const patienceMs = 8_000;

/**
 * A page is drawn a moment after what was done to it: reads until the answer is the expected one, and fails with the
 * last answer where it never is.
 */
export async function becomes<T>(read: () => Promise<T>, expected: T, message?: string): Promise<void> {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    const found = await read();
    try {
      return assert.deepEqual(found, expected, message);
    } catch (error) {
      if (performance.now() > deadline) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
