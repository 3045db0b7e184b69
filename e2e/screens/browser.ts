import { type Browser, type BrowserContext, type ConsoleMessage, chromium, type Page } from 'playwright';

// Debian's Chromium, headless, with nothing of its own going on: any request that leaves is ours to explain.

const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-dev-shm-usage',
  '--disable-background-networking',
  '--disable-component-update',
  '--no-first-run',
  '--disable-sync',
  '--disable-default-apps',
];

export function launchBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: '/usr/bin/chromium', args: flags });
}

/** What a page did that no page of ours may do. */
export interface Watch {
  /** Errors and warnings in the console, uncaught exceptions, CSP violations. */
  readonly errors: string[];
  /** Requests to anywhere but the page's own origin. */
  readonly foreign: string[];
}

/** Writes down every console error and every request to another origin, from before the first byte. */
export function watchPage(page: Page, origin: string): Watch {
  const watch: Watch = { errors: [], foreign: [] };
  page.on('console', (message: ConsoleMessage) => {
    if (message.type() === 'error' || message.type() === 'warning') watch.errors.push(message.text());
  });
  page.on('pageerror', (error) => watch.errors.push(String(error)));
  page.on('request', (request) => {
    const url = new URL(request.url());
    if (url.origin !== origin && url.protocol !== 'blob:') watch.foreign.push(request.url());
  });
  return watch;
}

export interface Look {
  readonly scheme?: 'light' | 'dark';
  readonly width?: number;
  readonly height?: number;
}

/** Patience for one step: everything here is local, so what takes longer is not coming. */
const stepMs = 8_000;

export async function newContext(
  browser: Browser,
  { scheme = 'light', width = 1280, height = 800 }: Look = {},
): Promise<BrowserContext> {
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme: scheme,
    reducedMotion: 'reduce',
    serviceWorkers: 'block',
  });
  context.setDefaultTimeout(stepMs);
  return context;
}
