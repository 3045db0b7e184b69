// Renders assets/*.svg into the icons each platform wants: PNG for Linux and the tray, ICO for Windows, ICNS for macOS.
// Run after a drawing changed; what it writes is committed, so that a build needs no browser.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium, type Page } from 'playwright';

const assets = fileURLToPath(new URL('../assets', import.meta.url));
const out = join(assets, 'icons');
const appSizes = [16, 24, 32, 48, 64, 128, 256, 512, 1024];
const trayStates = ['locked', 'unlocked', 'attention'];

async function render(page: Page, svg: string, size: number): Promise<Buffer> {
  await page.setViewportSize({ width: size, height: size });
  await page.setContent(`<style>*{margin:0}svg{display:block;width:${size}px;height:${size}px}</style>${svg}`);
  return page.screenshot({ omitBackground: true });
}

/** ICONDIR with PNG images (Windows Vista and later read them). */
function ico(images: readonly { readonly size: number; readonly png: Buffer }[]): Buffer {
  const head = Buffer.alloc(6 + 16 * images.length);
  head.writeUInt16LE(1, 2);
  head.writeUInt16LE(images.length, 4);
  let offset = head.length;
  images.forEach(({ size, png }, index) => {
    const at = 6 + 16 * index;
    head.writeUInt8(size >= 256 ? 0 : size, at);
    head.writeUInt8(size >= 256 ? 0 : size, at + 1);
    head.writeUInt16LE(1, at + 4);
    head.writeUInt16LE(32, at + 6);
    head.writeUInt32LE(png.length, at + 8);
    head.writeUInt32LE(offset, at + 12);
    offset += png.length;
  });
  return Buffer.concat([head, ...images.map(({ png }) => png)]);
}

/** The types of an ICNS file whose content is a PNG of that size. */
const icnsTypes: Readonly<Record<number, readonly string[]>> = {
  32: ['ic11'],
  64: ['ic12'],
  128: ['ic07'],
  256: ['ic08', 'ic13'],
  512: ['ic09', 'ic14'],
  1024: ['ic10'],
};

function icns(images: readonly { readonly size: number; readonly png: Buffer }[]): Buffer {
  const entries = images.flatMap(({ size, png }) =>
    (icnsTypes[size] ?? []).map((type) => {
      const head = Buffer.alloc(8);
      head.write(type, 0, 'latin1');
      head.writeUInt32BE(png.length + 8, 4);
      return Buffer.concat([head, png]);
    }),
  );
  const body = Buffer.concat(entries);
  const head = Buffer.alloc(8);
  head.write('icns', 0, 'latin1');
  head.writeUInt32BE(body.length + 8, 4);
  return Buffer.concat([head, body]);
}

async function renderAll(): Promise<void> {
  mkdirSync(out, { recursive: true });
  const browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu'],
  });
  const page = await browser.newPage();
  const app = readFileSync(join(assets, 'icon.svg'), 'utf8');
  const images = [];
  for (const size of appSizes) images.push({ size, png: await render(page, app, size) });
  for (const { size, png } of images) if (size <= 512) writeFileSync(join(out, `icon-${size}.png`), png);
  writeFileSync(join(out, 'icon.ico'), ico(images.filter(({ size }) => size <= 256)));
  writeFileSync(join(out, 'icon.icns'), icns(images));
  for (const state of trayStates) {
    const drawing = readFileSync(join(assets, `tray-${state}.svg`), 'utf8');
    for (const [suffix, colour] of [
      ['', '#8a8a86'],
      ['Template', '#000'],
    ] as const) {
      const svg = drawing.replaceAll('currentColor', colour);
      writeFileSync(join(out, `tray-${state}${suffix}.png`), await render(page, svg, 16));
      writeFileSync(join(out, `tray-${state}${suffix}@2x.png`), await render(page, svg, 32));
    }
  }
  await browser.close();
}

if (import.meta.main) await renderAll();
