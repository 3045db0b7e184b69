import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { _electron, type Page } from 'playwright';
import { errorFromBody, type Result } from '#contract/errors.ts';
import { findRuntime } from '../../tools/open-desktop.ts';
import { type Watch, watchPage } from './browser.ts';
import { furnish } from './furnish.ts';
import type { Stage, StageOptions } from './stage.ts';

// The window in the real Electron runtime, where one is installed; nothing is ever downloaded for it. (host: runtime)

const root = fileURLToPath(new URL('../../', import.meta.url));

/** The runtime's program, or null. */
export const electronRuntime = findRuntime(root);

export async function openRuntimeStage(options: StageOptions = {}): Promise<Stage> {
  if (electronRuntime === null) throw new Error('the Electron runtime is not installed');
  const folder = mkdtempSync(join(tmpdir(), 'aivault-runtime-'));
  const environment = Object.fromEntries(
    Object.entries(process.env).filter(([, value]) => value !== undefined),
  ) as Record<string, string>;
  const app = await _electron.launch({
    executablePath: electronRuntime,
    args: [root],
    env: { ...environment, ...options.environment, AIVAULT_DIR: folder, XDG_CONFIG_HOME: join(folder, 'config') },
    timeout: 20_000,
  });
  const page = await app.firstWindow();
  page.setDefaultTimeout(8_000);
  const watches: Watch[] = [watchPage(page, 'app://bundle')];
  const call: Stage['call'] = async (name, input, presence) => {
    const ask = ([operation, words, proof]: readonly [string, unknown, unknown]) =>
      (globalThis as never as Window).aivault?.ask(operation, words, proof as never) as Promise<Result<never>>;
    const result: Result<never> = await page.evaluate(ask, [name, input, presence ?? null] as const);
    if (!result.ok) throw errorFromBody(result.error);
    return result.value;
  };
  const choice = options.choice === undefined ? ({ provider: 'file' } as const) : options.choice;
  if (choice !== null) await call('vault.init', { choice });
  if (options.furnished === true) await furnish(call);
  const status = await call('vault.status', {});
  return {
    place: 'runtime',
    call,
    watches,
    async open({ scheme = 'light', width = 1280, height = 800 } = {}): Promise<Page> {
      await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
      await page.setViewportSize({ width, height });
      await page.reload();
      return page;
    },
    answerDialog: (button) =>
      void app.evaluate(({ dialog }, response) => {
        dialog.showMessageBox = async () => ({ response, checkboxChecked: false });
      }, button),
    output: () => '',
    folder,
    baseUrl: status.endpoint?.baseUrl ?? '',
    async close() {
      await app.evaluate(({ app: shell }) => shell.quit()).catch(() => undefined);
      await app.close().catch(() => undefined);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
