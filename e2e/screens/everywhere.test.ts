import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Locator, Page } from 'playwright';
import { becomes } from './becomes.ts';
import { cleanPage } from './clean-page.ts';
import { noBrowser, onStage, places } from './stages.ts';
import { CapabilitiesScreen, Frame, SecretsScreen, SettingsScreen } from './window-pages.ts';

// What holds on every screen: progress, no jumps, motion, type, zoom.

/** The console answers `operation` this much later. */
const slowDown = (page: Page, operation: string, ms: number) =>
  page.route(`**/call/${operation}`, async (route) => {
    await new Promise((resolve) => setTimeout(resolve, ms));
    await route.continue();
  });

test(
  'what takes more than 300 ms shows that it goes on, and the page stands still (host: console)',
  {
    skip: noBrowser,
  },
  () =>
    onStage('console', { furnished: true }, async (stage) => {
      const page = await stage.open();
      const screen = await new SettingsScreen(page).ready();
      await screen.go('Settings');
      await slowDown(page, 'host.doctor', 3_000);
      const check = page.getByRole('button', { name: 'Check now' });
      const bar = () => check.evaluate((button) => getComputedStyle(button, '::after').content !== 'none');
      await check.scrollIntoViewIfNeeded();
      const before = await check.boundingBox();
      const seen = await check.evaluateHandle((button) => {
        const at: Record<string, number> = {};
        new MutationObserver(() => {
          for (const name of ['busy', 'slow']) if (button.classList.contains(name)) at[name] ??= performance.now();
        }).observe(button, { attributeFilter: ['class'] });
        return at;
      });
      await check.click();
      await becomes(bar, true);
      const { busy = 0, slow = 0 } = await seen.jsonValue();
      assert.ok(busy > 0 && slow - busy >= 290, `no flicker for what is quick: ${slow - busy} ms`);
      assert.deepEqual(await check.boundingBox(), before, 'the button keeps its place and size');
      assert.equal(await check.getAttribute('aria-busy'), 'true');
      await page.getByText(/checks (are fine|needs? a look)/).waitFor();

      await slowDown(page, 'tokens.list', 2_000);
      await page.evaluate(() => {
        const shifts: number[] = [];
        Object.assign(globalThis, { shifts });
        new PerformanceObserver((list) => {
          for (const entry of list.getEntries()) shifts.push((entry as unknown as { value: number }).value);
        }).observe({ type: 'layout-shift', buffered: false });
      });
      await page.keyboard.press('4');
      await page.locator('.skeleton.shown').first().waitFor();
      await page.getByRole('option', { name: /nightly sync/ }).waitFor();
      assert.equal(await page.locator('.skeleton').count(), 0);
      const moved = await page.evaluate(() =>
        (globalThis as never as { shifts: number[] }).shifts.reduce((sum, one) => sum + one, 0),
      );
      assert.ok(moved < 0.02, `the layout moved by ${moved}`);
    }),
);

for (const place of places) {
  test(`motion is short where it is wanted and none where it is not (host: ${place})`, { skip: noBrowser }, () =>
    onStage(place, {}, async (stage) => {
      const page = await stage.open();
      await new Frame(page).ready();
      const longest = () =>
        page.evaluate(() =>
          Math.max(
            ...[...document.querySelectorAll('*')].flatMap((element) => {
              const { transitionDuration, animationDuration, animationName } = getComputedStyle(element);
              const times = transitionDuration.split(',');
              if (animationName !== 'none') times.push(...animationDuration.split(','));
              return times.map((time) => Number.parseFloat(time) * 1_000);
            }),
          ),
        );
      await page.emulateMedia({ reducedMotion: 'no-preference' });
      assert.equal(await longest(), 120);
      await page.emulateMedia({ reducedMotion: 'reduce' });
      assert.equal(await longest(), 0);
    }),
  );

  test(`words and names are set in the typefaces that ship with the app (host: ${place})`, { skip: noBrowser }, () =>
    onStage(place, { furnished: true }, async (stage) => {
      const page = await stage.open();
      const screen = await new SecretsScreen(page).ready();
      await screen.option('OPENAI_API_KEY').waitFor();
      await becomes(
        () =>
          page.evaluate(() =>
            [...document.fonts]
              .filter(({ status }) => status === 'loaded')
              .map(({ family }) => family)
              .filter((family, at, all) => all.indexOf(family) === at)
              .toSorted(),
          ),
        ['Inter', 'JB'],
      );
      const families = await page.evaluate(() => [
        ...new Set(
          [...document.querySelectorAll('body, button, input, h1, h2, code, .mono')].map(
            (element) => getComputedStyle(element).fontFamily.split(',')[0],
          ),
        ),
      ]);
      assert.deepEqual(families.toSorted(), ['Inter', 'JB']);
    }),
  );

  test(`at 200 % zoom every room is whole and can be used (host: ${place})`, { skip: noBrowser }, () =>
    onStage(place, { furnished: true }, async (stage) => {
      // 1280 × 800 at 200 %: what the page sees is half of it.
      const page = await stage.open({ width: 640, height: 400 });
      const frame = await new Frame(page).ready();
      for (const room of ['Secrets', 'Capabilities', 'Activity', 'Access', 'Paths', 'Settings'] as const) {
        await frame.go(room);
        const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
        assert.ok(over <= 0, `${room} is ${over} px too wide`);
        const bare = await page.locator('.header-actions button:not(:has(svg))').allTextContents();
        assert.deepEqual(bare, [], 'an action is its sign alone here');
      }
      await frame.go('Activity');
      const { y } = (await page.getByRole('listbox', { name: 'Entries, newest first' }).boundingBox())!;
      assert.ok(y <= 200, `half of the page is left for the entries, which begin at ${y}`);
      await page.keyboard.press('1');
      await page.keyboard.press('n');
      const dialog = frame.dialog('Add secret');
      await dialog.getByRole('button', { name: 'Cancel' }).scrollIntoViewIfNeeded();
      await cleanPage(page, stage);
      await dialog.getByRole('button', { name: 'Cancel' }).click();
      await dialog.waitFor({ state: 'detached' });
    }),
  );

  test(`in high contrast what is chosen and what is on can be told (host: ${place})`, { skip: noBrowser }, () =>
    onStage(place, { furnished: true }, async (stage) => {
      const page = await stage.open();
      await page.emulateMedia({ forcedColors: 'active' });
      const screen = await new CapabilitiesScreen(page).ready();
      await screen.go('Capabilities');
      await screen.find('openai/models');
      await screen.option(/ openai\/models/).click();
      const paint = (target: Locator, pseudo?: string) =>
        target.evaluate((element, of) => {
          const { outlineStyle, outlineColor, backgroundColor } = getComputedStyle(element, of);
          return `${outlineStyle} ${outlineStyle === 'none' ? '' : outlineColor} ${backgroundColor}`;
        }, pseudo);
      const differ = async (one: Locator, other: Locator) => assert.notEqual(await paint(one), await paint(other));
      await differ(
        screen.rail.getByRole('button', { name: 'Capabilities' }),
        screen.rail.getByRole('button', { name: 'Secrets' }),
      );
      await differ(page.getByRole('button', { name: /^All / }), page.getByRole('button', { name: /^Ready / }));
      await screen.find('openai/');
      await differ(screen.list.locator('[aria-selected=true]'), screen.list.locator('[aria-selected=false]').first());
      const enabled = screen.detail.getByRole('switch', { name: 'openai/models enabled' });
      const on = await paint(enabled);
      await enabled.click();
      await screen.detail.getByText('Disabled: every call is refused.').waitFor();
      await page.locator('h1').click();
      assert.notEqual(await paint(enabled), on);
    }),
  );

  test(`capabilities are browsed by provider and by category (host: ${place})`, { skip: noBrowser }, () =>
    onStage(place, { furnished: true }, async (stage) => {
      const page = await stage.open();
      const screen = await new CapabilitiesScreen(page).ready();
      await screen.go('Capabilities');
      await page.getByLabel('Category').selectOption('payments');
      await screen.list.getByText('Stripe', { exact: true }).waitFor();
      await becomes(() => screen.list.getByText('Anthropic', { exact: true }).count(), 0);
      await page.getByRole('button', { name: /^Ready/ }).click();
      await screen
        .option(/ stripe\//)
        .first()
        .waitFor();
      await page.getByRole('button', { name: /^Available/ }).click();
      await becomes(() => screen.list.getByText('ready', { exact: true }).count(), 0);
    }),
  );
}
