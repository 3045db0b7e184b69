import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Locator } from 'playwright';
import { type Asking, onAsking } from './asking.ts';
import { becomes } from './becomes.ts';
import { cleanPage } from './clean-page.ts';
import { photographer } from './photographer.ts';
import { noBrowser, places } from './stages.ts';
import { ApprovalCard, SecretsScreen } from './window-pages.ts';

// A request that waits while a dialog lies over the room: it is seen, answered without losing what was typed, and no
// press that was meant for the dialog reaches it.

for (const place of places) {
  const shown = (title: string, use: (asking: Asking) => Promise<void>) =>
    test(`${title} (host: ${place})`, { skip: noBrowser }, () => onAsking(place, use));

  shown('a press that was meant for a dialog reaches no card', async (asking) => {
    const { page, card, call, upstream } = asking;
    const screen = new SecretsScreen(page);
    await page.getByRole('button', { name: 'Add secret' }).first().click();
    await screen.dialog('Add secret').getByLabel('Name').fill('HALF_TYPED');
    const answer = call();
    await page.locator('.approval').waitFor({ state: 'attached' });
    await page.waitForTimeout(1_200);
    assert.equal(await screen.dialog('Add secret').getByLabel('Name').inputValue(), 'HALF_TYPED');
    assert.equal(await page.locator('.approval .button.end').getAttribute('aria-disabled'), 'true', 'behind a dialog');
    await page.keyboard.press('Escape');
    await screen.dialog().waitFor({ state: 'detached' });
    assert.equal(await card.armed(), false, 'nor just after it');
    await becomes(() => card.armed(), true);
    await card.deny.click();
    assert.equal(await answer, 403);
    assert.equal(upstream.requests.length, 0);
  });

  shown('a request that comes while a dialog is open is a line in it, and is answered on top of it', async (asking) => {
    const { stage, page, call, upstream } = asking;
    const screen = new SecretsScreen(page);
    const picture = photographer(stage);
    await page.getByRole('button', { name: 'Add secret' }).first().click();
    const dialog = screen.dialog('Add secret');
    const name = dialog.getByLabel('Name');
    const keysIn = (field: Locator) => field.evaluate((element) => element === document.activeElement);
    await name.fill('HALF_TYPED');
    const box = await dialog.boundingBox();
    const first = call();
    const line = dialog.getByText('claude in web-shop wants to use openai/chat-completions', { exact: true });
    await line.waitFor();
    assert.equal(await keysIn(name), true, 'the keys stayed');
    assert.deepEqual(await dialog.boundingBox(), box, 'nothing moved');
    await dialog
      .getByRole('status')
      .getByText(/and waits for you\.$/)
      .waitFor({ state: 'attached' });
    await picture(page, 'dialog-waiting');

    const answer = dialog.getByRole('button', { name: 'Answer…' });
    const onTop = screen.dialog('Waiting for you');
    await answer.click();
    await onTop.waitFor();
    const inside = new ApprovalCard(page, onTop);
    await becomes(() => keysIn(inside.deny), true);
    await becomes(() => inside.armed(), true);
    await picture(page, 'dialog-asking');
    // As at 200 % zoom: who asks and both answers are in view.
    await page.setViewportSize({ width: 640, height: 400 });
    for (const part of [inside.card.getByRole('heading'), inside.deny, inside.allow])
      await becomes(async () => {
        const { y, height } = (await part.boundingBox())!;
        return y >= 0 && y + height <= 360;
      }, true);
    await becomes(() => inside.armed(), true);
    await page.setViewportSize({ width: 1280, height: 800 });
    await onTop.getByRole('button', { name: 'Close' }).click();
    await onTop.waitFor({ state: 'detached' });
    assert.equal(await keysIn(name), true, 'back where they were');

    // By the keys alone: the line is the last thing in the dialog.
    for (let tabs = 0; tabs < 12 && !(await keysIn(answer)); tabs += 1) await page.keyboard.press('Tab');
    assert.equal(await keysIn(answer), true);
    await page.keyboard.press('Enter');
    await becomes(() => keysIn(inside.deny), true);
    assert.equal(await inside.armed(), false);
    await page.keyboard.press('Escape');
    assert.equal(await first, 403);
    await onTop.waitFor({ state: 'detached' });
    await line.waitFor({ state: 'detached' });
    assert.equal(await name.inputValue(), 'HALF_TYPED');
    await becomes(() => keysIn(name), true, 'the line they were on has gone');
    assert.equal(upstream.requests.length, 0);
  });

  shown('the palette has the line as well, and opens over no dialog', async ({ page, call, stage }) => {
    const screen = new SecretsScreen(page);
    await page.keyboard.press('Control+k');
    const palette = screen.dialog('Search or run a command');
    const answer = call();
    await palette.getByRole('button', { name: 'Answer…' }).click();
    const inside = new ApprovalCard(page, screen.dialog('Waiting for you'));
    await becomes(() => inside.armed(), true);
    await page.keyboard.press('Control+k');
    assert.equal(await screen.dialog().count(), 2, 'it goes by itself only');
    await inside.allow.click();
    assert.equal(await answer, 200);
    await becomes(() => palette.getByRole('combobox').evaluate((box) => box === document.activeElement), true);
    await cleanPage(page, stage);
    await page.keyboard.press('Control+k');
    await palette.waitFor({ state: 'detached' });
    await page.keyboard.press('n');
    await screen.dialog('Add secret').getByLabel('Name').fill('HALF_TYPED');
    await page.keyboard.press('Control+k');
    await page.waitForTimeout(100);
    assert.equal(await palette.count(), 0, 'a command would take the place of what is open');
  });
}
