import assert from 'node:assert/strict';
import { test } from 'node:test';
import { becomes } from './becomes.ts';
import { cleanPage } from './clean-page.ts';
import { noBrowser, onStage, places } from './stages.ts';
import { Frame, SecretsScreen } from './window-pages.ts';

for (const place of places) {
  test(
    `every room, the palette and the dialogs work by keyboard, and focus comes back (host: ${place})`,
    { skip: noBrowser },
    () =>
      onStage(place, { furnished: true }, async (stage) => {
        const page = await stage.open();
        const frame = await new Frame(page).ready();
        for (const [key, room] of [
          ['2', 'Capabilities'],
          ['3', 'Activity'],
          ['4', 'Access'],
          ['5', 'Paths'],
          [',', 'Settings'],
          ['1', 'Secrets'],
        ] as const) {
          await page.keyboard.press(key);
          await page.getByRole('heading', { level: 1, name: room }).waitFor();
        }
        await page.keyboard.press('Control+k');
        await frame.dialog('Search or run a command').waitFor();
        await page.keyboard.type('openai/embeddings');
        await page
          .getByRole('option', { name: /openai\/embeddings/ })
          .first()
          .waitFor();
        await cleanPage(page, stage);
        await page.keyboard.press('Enter');
        await page.getByRole('heading', { name: 'openai/embeddings' }).waitFor();
        await page.keyboard.press('Control+k');
        await frame.dialog('Search or run a command').waitFor();
        await page.keyboard.type('mint');
        const first = frame.dialog('Search or run a command').getByRole('option').first();
        // The list narrows a moment after the typing: only then is the first one the one that is meant.
        await becomes(async () => /mint/i.test((await first.textContent()) ?? ''), true);
        await page.keyboard.press('Enter');
        await frame.dialog('Mint token').waitFor();
        await page.keyboard.press('Escape');
        await frame.dialog('Mint token').waitFor({ state: 'detached' });

        await page.keyboard.press('1');
        const add = page.getByRole('button', { name: 'Add secret' });
        await add.focus();
        await page.keyboard.press('Enter');
        const dialog = frame.dialog('Add secret');
        await becomes(() => dialog.getByLabel('Name').evaluate((field) => field === document.activeElement), true);
        for (let tab = 0; tab < 12; tab += 1) {
          await page.keyboard.press('Tab');
          const inside = await page.evaluate(
            () => document.activeElement === document.body || document.activeElement?.closest('dialog') !== null,
          );
          assert.ok(inside, 'focus stays in the dialog');
        }
        await page.keyboard.press('Escape');
        await dialog.waitFor({ state: 'detached' });
        await becomes(() => add.evaluate((button) => button === document.activeElement), true, 'focus comes back');
        await add.dblclick();
        await dialog.waitFor();
        await page.waitForTimeout(100);
        assert.equal(await dialog.count(), 1, 'a second press closes nothing');
        await page.mouse.click(5, 5);
        await dialog.waitFor({ state: 'detached' });
        await page.keyboard.press('?');
        await frame.dialog('Shortcuts').waitFor();
        await cleanPage(page, stage);
      }),
  );

  test(
    `at 800 pixels the detail slides over the list, in the dark, with long names (host: ${place})`,
    { skip: noBrowser },
    () =>
      onStage(place, { furnished: true }, async (stage) => {
        const page = await stage.open({ width: 800, scheme: 'dark' });
        const screen = await new SecretsScreen(page).ready();
        await screen.option('A_NAME_OF_ONE_HUNDRED').click();
        await screen.detail.getByRole('button', { name: 'Back to the list' }).waitFor();
        const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
        assert.ok(overflow <= 0, `nothing is wider than the window (${overflow})`);
        await cleanPage(page, stage);
        await page.keyboard.press('Escape');
        await screen.option('OPENAI_API_KEY').waitFor();
        await cleanPage(page, stage);
      }),
  );
}
