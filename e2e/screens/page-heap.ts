import type { CDPSession, Page } from 'playwright';

/** The whole heap of the page after a collection, as V8 writes it down: every live string is in it. */
async function heapOf(session: CDPSession): Promise<string> {
  const parts: string[] = [];
  session.on('HeapProfiler.addHeapSnapshotChunk', ({ chunk }) => parts.push(chunk));
  for (let round = 0; round < 3; round += 1) await session.send('HeapProfiler.collectGarbage');
  await session.send('HeapProfiler.takeHeapSnapshot', { reportProgress: false });
  return parts.join('');
}

/** Whether a live string anywhere in the page's heap holds `value`, which must need no escape in JSON. */
export async function heapHolds(page: Page, value: string): Promise<boolean> {
  const session = await page.context().newCDPSession(page);
  await session.send('HeapProfiler.enable');
  const heap = await heapOf(session);
  await session.detach();
  return heap.includes(value);
}

/** A value made up at run time, so that no source text, bundle or snapshot of a test can hold it. */
export function madeUpValue(prefix: string): string {
  const half = Math.random().toString(36).slice(2).toUpperCase().padEnd(12, 'Q');
  return `${prefix}${half}${half}${half}${half}`;
}
