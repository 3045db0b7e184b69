import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright';
import { cleanPage } from './clean-page.ts';
import type { Stage } from './stage.ts';

// Pictures for people to look at: artefacts/screens/<host>/<name>-<colour>-<width>.png

const folder = fileURLToPath(new URL('../../artefacts/screens/', import.meta.url));

/** Pictures what is on the page in every look (elsewhere than in the console: in one), and checks it in both colours. */
export function photographer(stage: Stage) {
  const { place } = stage;
  mkdirSync(join(folder, place), { recursive: true });
  const shades = place === 'console' ? (['light', 'dark'] as const) : (['light'] as const);
  return async (page: Page, name: string, widths: readonly number[] = [1280, 800], height = 800): Promise<void> => {
    for (const colorScheme of shades) {
      await page.emulateMedia({ colorScheme });
      for (const width of place === 'console' ? widths : widths.slice(0, 1)) {
        await page.setViewportSize({ width, height });
        await page.waitForFunction(() => document.querySelector('[aria-busy=true]') === null);
        await page.screenshot({ path: join(folder, place, `${name}-${colorScheme}-${width}.png`) });
      }
      await cleanPage(page, stage);
    }
    await page.setViewportSize({ width: 1280, height: 800 });
  };
}
