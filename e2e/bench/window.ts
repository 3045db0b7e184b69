import { globSync, readFileSync } from 'node:fs';
import { availableParallelism, loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import type { Browser, Page } from 'playwright';
import { windowPages } from '#host/window-pages.ts';
import { launchBrowser, newContext } from '../screens/browser.ts';
import { openConsoleStage } from '../screens/console-stage.ts';
import { answerFromEntries } from './window-entries.ts';

// The window with long lists, in headless Chromium: the first three with a real host through the console, the last one
// with a host double, because a real log of that length takes longer to write than all the rest.

const wanted = { bundleKb: 150, firstMs: 700, keystrokeMs: 50, frameMs: 50 } as const;

function line(what: string, found: number, limit: number, unit: string): void {
  console.log(
    `  ${what.padEnd(58)} ${found.toFixed(found < 10 ? 1 : 0).padStart(6)} ${unit}  (wanted ≤ ${limit} ${unit})${found <= limit ? '' : '  MISSED'}`,
  );
}

const at = (sorted: readonly number[], share: number) =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
const sorted = (values: readonly number[]) => values.toSorted((a, b) => a - b);

function bundleKb(): number {
  const folder = fileURLToPath(new URL('../../dist/renderer/', import.meta.url));
  const files = globSync(['index.html', 'assets/*.js', 'assets/*.css'], { cwd: folder });
  return files.reduce((sum, file) => sum + gzipSync(readFileSync(folder + file), { level: 9 }).length, 0) / 1_000;
}

async function importMany(call: Awaited<ReturnType<typeof openConsoleStage>>['call'], count: number): Promise<void> {
  const step = 1_000;
  for (let from = 0; from < count; from += step) {
    const entries = Array.from({ length: step }, (_, index) => ({
      name: `SERVICE_${from + index}_API_KEY`,
      value: `value-of-${from + index}`,
    }));
    await call('secrets.import', { entries });
  }
}

/** From the navigation to a filter that answers: the list stands and a typed letter has been taken. */
async function firstInteractionMs(stage: Awaited<ReturnType<typeof openConsoleStage>>): Promise<number> {
  const page = await stage.open();
  await page.getByRole('listbox', { name: 'Secrets' }).getByRole('option').first().waitFor();
  await page.getByRole('searchbox', { name: 'Filter secrets' }).press('S');
  const ms = await page.evaluate(() => performance.now());
  await page.context().close();
  return ms;
}

/** Each key typed into the filter, from its event to the frame that shows its result. */
async function keystrokesMs(page: Page): Promise<number[]> {
  await page.getByRole('listbox', { name: 'Secrets' }).getByRole('option').first().waitFor();
  await page.evaluate(() => {
    const times: number[] = [];
    (globalThis as never as { times: number[] }).times = times;
    document.addEventListener(
      'keydown',
      () => {
        const start = performance.now();
        requestAnimationFrame(() => setTimeout(() => times.push(performance.now() - start), 0));
      },
      { capture: true },
    );
  });
  const box = page.getByRole('searchbox', { name: 'Filter secrets' });
  await box.focus();
  for (const key of ['SERVICE_7', '7', '12', 'key', 'API_K'].flatMap((word) => [
    ...word,
    ...Array(word.length).fill('Backspace'),
  ])) {
    await page.keyboard.press(key);
    await page.waitForTimeout(30);
  }
  return page.evaluate(() => (globalThis as never as { times: number[] }).times);
}

/** Frames while the list is scrolled to its end, loading page after page. */
async function scrollFramesMs(browser: Browser, total: number): Promise<{ frames: number[]; reached: number }> {
  const context = await newContext(browser);
  const answer = answerFromEntries(total, Date.now());
  const page = await context.newPage();
  const pages = windowPages();
  await page.route('**/*', async (route) => {
    const request = route.request();
    const { pathname } = new URL(request.url());
    if (pathname === '/session') return route.fulfill({ json: { session: 's' } });
    if (pathname === '/events') return route.abort();
    if (pathname.startsWith('/call/')) {
      const { input } = request.postDataJSON() as { input: unknown };
      return route.fulfill({ json: { ok: true, value: answer(pathname.slice('/call/'.length), input) } });
    }
    const { status, headers, body } = await pages(pathname);
    return route.fulfill({ status, headers, body: Buffer.from(body) });
  });
  await page.goto('https://bundle.test/#code=x');
  await page.getByRole('navigation', { name: 'Rooms' }).waitFor();
  await page.keyboard.press('3');
  await page.getByRole('listbox').getByRole('option').first().waitFor();
  const result = await page.evaluate(async (entries) => {
    const list = document.querySelector('[role=listbox]') as HTMLElement;
    const frames: number[] = [];
    const until = performance.now() + 90_000;
    let before = performance.now();
    for (;;) {
      await new Promise((resolve) => requestAnimationFrame(resolve));
      const now = performance.now();
      frames.push(now - before);
      before = now;
      list.scrollTop += 4_000;
      const shown = Math.round(list.scrollHeight / 37);
      if (now > until || (shown >= entries && list.scrollTop + list.clientHeight >= list.scrollHeight - 1))
        return { frames, reached: shown };
    }
  }, total);
  await context.close();
  return result;
}

const browser = await launchBrowser();
console.log(`  load ${loadavg()[0]?.toFixed(1)} on ${availableParallelism()} cores before the start`);
line('renderer bundle, gzipped, without fonts', bundleKb(), wanted.bundleKb, 'kB');
const stage = await openConsoleStage(browser);
await importMany(stage.call, 1_000);
const firsts = [];
for (let round = 0; round < 5; round += 1) firsts.push(await firstInteractionMs(stage));
line('first interaction, 1,000 secrets, median of 5', at(sorted(firsts), 0.5), wanted.firstMs, 'ms');
await importMany(stage.call, 10_000);
const keys = sorted(await keystrokesMs(await stage.open()));
line(`keystroke to paint, 10,000 secrets, p95 of ${keys.length}`, at(keys, 0.95), wanted.keystrokeMs, 'ms');
await stage.close();
const { frames, reached } = await scrollFramesMs(browser, 100_000);
line(
  `frame while scrolling ${reached.toLocaleString('en-GB')} entries (host double), p99 of ${frames.length}`,
  at(sorted(frames), 0.99),
  wanted.frameMs,
  'ms',
);
await browser.close();
