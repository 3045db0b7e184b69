import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CDPSession, Page } from 'playwright';
import { noBrowser, onStage, places } from './stages.ts';
import { SecretsScreen } from './window-pages.ts';

// After a secret was saved through the window, nothing of it is left: heap, storage, document, answers, log (I5).

/** The whole heap of the page after a collection, as V8 writes it down: every live string is in it. */
async function heapOf(session: CDPSession): Promise<string> {
  const parts: string[] = [];
  session.on('HeapProfiler.addHeapSnapshotChunk', ({ chunk }) => parts.push(chunk));
  for (let round = 0; round < 3; round += 1) await session.send('HeapProfiler.collectGarbage');
  await session.send('HeapProfiler.takeHeapSnapshot', { reportProgress: false });
  return parts.join('');
}

async function holds(page: Page, value: string): Promise<boolean> {
  const session = await page.context().newCDPSession(page);
  await session.send('HeapProfiler.enable');
  const heap = await heapOf(session);
  await session.detach();
  return heap.includes(value);
}

for (const place of places) {
  test(`a saved secret leaves no trace in the page (host: ${place})`, { skip: noBrowser }, () =>
    onStage(place, {}, async (stage) => {
      // Made up at run time, so that no source text, bundle or snapshot of this file can hold it.
      const half = Math.random().toString(36).slice(2).toUpperCase().padEnd(12, 'Q');
      const value = `sk-proj-${half}${half}${half}${half}`;
      const answers: string[] = [];
      const page = await stage.open();
      page.on(
        'response',
        (response) =>
          void response
            .text()
            .then((text) => answers.push(text))
            .catch(() => undefined),
      );
      const screen = await new SecretsScreen(page).ready();
      await page.getByRole('button', { name: 'Add secret' }).first().click();
      await screen.dialog().getByLabel('Name').fill('OPENAI_API_KEY');
      await page.evaluate((text) => navigator.clipboard?.writeText(text).catch(() => undefined), 'x');
      await screen.dialog().locator('textarea').fill(value);
      await screen.dialog().getByText('Looks like an OpenAI key.').waitFor();
      assert.equal(await holds(page, value), true, 'the probe works: before saving the heap does hold it');
      await screen.dialog().getByRole('button', { name: 'Add secret' }).click();
      await screen.option('OPENAI_API_KEY').waitFor();
      await screen.dialog().waitFor({ state: 'detached' });

      assert.equal(await holds(page, value), false, 'the heap still holds it');
      const stored = await page.evaluate(async () =>
        JSON.stringify([
          { ...localStorage },
          { ...sessionStorage },
          await indexedDB.databases(),
          document.cookie,
          await caches.keys(),
        ]),
      );
      assert.ok(!stored.includes(value) && !(await page.content()).includes(value));
      assert.ok(!answers.join('\n').includes(value), 'an answer holds it');
      assert.ok(!stage.output().includes(value), 'the log holds it');
      await page.keyboard.press('Control+z');
      assert.equal(await holds(page, value), false, 'undo brings it back');
    }),
  );
}
