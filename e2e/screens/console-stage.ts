import { readFileSync } from 'node:fs';
import type { Browser, Page } from 'playwright';
import type { AivaultError } from '#contract/errors.ts';
import type { KeyProviderChoice } from '#contract/schemas/vault.ts';
import { startTestHost, type TestHost } from '../test-host.ts';
import { type Look, newContext, type Watch, watchPage } from './browser.ts';
import { furnish } from './furnish.ts';
import type { Stage, StageOptions } from './stage.ts';

// The window in a browser: aivaultd as a process, its console, a one-time code, real Chromium.

/** The address `aivault console` would open: read from the redirect file, as a browser does. */
async function consoleAddress(host: TestHost): Promise<string> {
  const { redirectFile } = await host.call('console.open', {});
  const url = /url=([^"]+)"/.exec(readFileSync(redirectFile, 'utf8'))?.[1];
  if (url === undefined) throw new Error('the redirect file names no address');
  return url;
}

export async function openConsoleStage(browser: Browser, options: StageOptions = {}): Promise<Stage> {
  const host = await startTestHost({ environment: options.environment ?? {} });
  const choice: KeyProviderChoice | null = options.choice === undefined ? { provider: 'file' } : options.choice;
  if (choice !== null) await host.call('vault.init', { choice });
  if (options.furnished === true) await furnish((name, input) => host.call(name, input));
  // A locked vault opens no console: a page on one has the address that was asked for before.
  const before = await consoleAddress(host);
  const pages: Page[] = [];
  const watches: Watch[] = [];
  return {
    place: 'console',
    call: (name, input, presence) => host.call(name, input, presence),
    watches,
    async open(look: Look = {}) {
      const url = await consoleAddress(host).catch((error: unknown) => {
        if ((error as AivaultError).code !== 'vault_locked') throw error;
        return before;
      });
      const context = await newContext(browser, look);
      const page = await context.newPage();
      watches.push(watchPage(page, new URL(url).origin));
      pages.push(page);
      await page.goto(url);
      return page;
    },
    output: () => host.output(),
    folder: host.folder,
    baseUrl: host.baseUrl,
    async close() {
      await Promise.all(pages.map((page) => page.context().close()));
      await host.close();
    },
  };
}
