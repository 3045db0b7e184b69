import { fileURLToPath } from 'node:url';
import type { Browser, Page, Route } from 'playwright';
import { build, type Rolldown } from 'vite';
import { errorFromBody } from '#contract/errors.ts';
import type { KeyProviderChoice } from '#contract/schemas/vault.ts';
import { electron, type StartedApp, startApp } from '../desktop/start-app.ts';
import { type Look, newContext, type Watch, watchPage } from './browser.ts';
import { furnish } from './furnish.ts';
import type { Stage, StageOptions } from './stage.ts';

// The window as the desktop app shows it, with the recording double in Electron's place: the real preload, the real
// IPC handlers, the real app:// handler and a real host, in real Chromium. (host: double)

const webOrigin = 'https://bundle.test';
let preload: Promise<string> | null = null;

/** The real preload, bundled against the page's side of the double. */
async function preloadScript(): Promise<string> {
  const built = (await build({
    configFile: false,
    logLevel: 'error',
    resolve: { alias: { electron: fileURLToPath(new URL('../desktop/page-electron.ts', import.meta.url)) } },
    build: {
      write: false,
      minify: false,
      lib: {
        entry: fileURLToPath(new URL('../../preload/bridge.ts', import.meta.url)),
        formats: ['iife'],
        name: 'preload',
      },
    },
  })) as Rolldown.RolldownOutput[];
  const [chunk] = built[0]?.output ?? [];
  if (chunk === undefined) throw new Error('the preload did not build');
  return chunk.code;
}

export async function openDoubleStage(browser: Browser, options: StageOptions = {}): Promise<Stage> {
  for (const [name, value] of Object.entries(options.environment ?? {})) process.env[name] = value;
  const app: StartedApp = await startApp();
  preload ??= preloadScript();
  const call: Stage['call'] = async (name, input, presence) => {
    const result = await app.ask(name, input, presence);
    if (!result.ok) throw errorFromBody(result.error);
    return result.value;
  };
  const choice: KeyProviderChoice | null = options.choice === undefined ? { provider: 'file' } : options.choice;
  if (choice !== null) await call('vault.init', { choice });
  if (options.furnished === true) await furnish(call);
  const pages: Page[] = [];
  const watches: Watch[] = [];
  const open = async (look: Look = {}): Promise<Page> => {
    const context = await newContext(browser, look);
    await context.exposeBinding('__ipc', async (source, channel: string, words: unknown[]) => {
      try {
        const origin = new URL(source.frame.url()).origin.replace(webOrigin, 'app://bundle');
        const frame = { origin, parent: source.frame.parentFrame() };
        return { ok: await electron.control.invoke(channel, frame, electron.windows[0]?.contents ?? {}, ...words) };
      } catch (error) {
        return { thrown: String(error) };
      }
    });
    await context.addInitScript({ content: await preload! });
    const page = await context.newPage();
    watches.push(watchPage(page, webOrigin));
    pages.push(page);
    await page.route('**/*', answerFromAppScheme);
    const window = electron.windows[0];
    if (window === undefined) throw new Error('the app opened no window');
    window.deliver = (channel, ...words) => {
      for (const shown of pages) {
        // The page may be closing; then nobody is there to be told.
        void shown
          .evaluate(
            ([to, what]) =>
              (globalThis as never as { __deliver(...all: unknown[]): void }).__deliver(to, ...(what as unknown[])),
            [channel, words] as const,
          )
          .catch(() => undefined);
      }
    };
    await page.goto((window.url ?? '').replace('app://bundle', webOrigin));
    return page;
  };
  const status = await call('vault.status', {});
  return {
    place: 'double',
    call,
    open,
    watches,
    output: () => JSON.stringify(electron.control.log()),
    answerDialog(button) {
      electron.system.dialogResponse = button;
    },
    folder: app.folder,
    baseUrl: status.endpoint?.baseUrl ?? '',
    async close() {
      for (const window of electron.windows) window.deliver = null;
      await Promise.all(pages.map((page) => page.context().close()));
      await app.quit();
      for (const name of Object.keys(options.environment ?? {})) delete process.env[name];
    },
  };
}

async function answerFromAppScheme(route: Route): Promise<void> {
  const request = route.request();
  const handler = electron.defaultSession.pages.get('app');
  if (handler === undefined || !request.url().startsWith(webOrigin)) return route.abort();
  const response = await handler(
    new Request(request.url().replace(webOrigin, 'app://bundle'), { method: request.method() }),
  );
  await route.fulfill({
    status: response.status,
    headers: Object.fromEntries(response.headers),
    body: Buffer.from(await response.arrayBuffer()),
  });
}
