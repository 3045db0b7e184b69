import assert from 'node:assert/strict';
import { test } from 'node:test';
import { heapHolds, madeUpValue } from './page-heap.ts';
import { noBrowser, onStage, places } from './stages.ts';
import { SecretsScreen } from './window-pages.ts';

// After a secret was saved through the window, nothing of it is left: heap, storage, document, answers, log (I5).

for (const place of places) {
  test(`a saved secret leaves no trace in the page (host: ${place})`, { skip: noBrowser }, () =>
    onStage(place, {}, async (stage) => {
      const value = madeUpValue('sk-proj-');
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
      assert.equal(await heapHolds(page, value), true, 'the probe works: before saving the heap does hold it');
      await screen.dialog().getByRole('button', { name: 'Add secret' }).click();
      await screen.option('OPENAI_API_KEY').waitFor();
      await screen.dialog().waitFor({ state: 'detached' });

      assert.equal(await heapHolds(page, value), false, 'the heap still holds it');
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
      assert.equal(await heapHolds(page, value), false, 'undo brings it back');
    }),
  );
}
