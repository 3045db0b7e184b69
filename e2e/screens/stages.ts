import { after, before } from 'node:test';
import type { Browser } from 'playwright';
import { missing } from '../needs.ts';
import { launchBrowser } from './browser.ts';
import { openConsoleStage } from './console-stage.ts';
import { openDoubleStage } from './double-stage.ts';
import { electronRuntime, openRuntimeStage } from './runtime-stage.ts';
import type { Stage, StageOptions } from './stage.ts';

export type Place = Stage['place'];
/** Every place the window can be shown on this machine; the real runtime only where it is installed. */
export const places: readonly Place[] =
  electronRuntime === null ? ['console', 'double'] : ['console', 'double', 'runtime'];

/** Why the specs cannot run here, or false. */
export const noBrowser = missing('chromium');

let browser: Browser | null = null;
before(async () => {
  if (noBrowser === false) browser = await launchBrowser();
});
after(() => browser?.close());

const openers = {
  console: openConsoleStage,
  double: openDoubleStage,
  runtime: (_browser: Browser, options: StageOptions) => openRuntimeStage(options),
};

/** Runs `use` on a fresh stage and closes it whatever happens. */
export async function onStage(
  place: Place,
  options: StageOptions,
  use: (stage: Stage) => Promise<void>,
): Promise<void> {
  if (browser === null) throw new Error('the browser did not start');
  const stage = await openers[place](browser, options);
  try {
    await use(stage);
  } finally {
    await stage.close();
  }
}
