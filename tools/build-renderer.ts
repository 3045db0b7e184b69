// What vite builds for the window: dist/renderer and dist/desktop/preload.cjs. The shell itself shares the host's bundle.

import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type InlineConfig } from 'vite';
import type { ThirdParty } from './third-party.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Settings every build shares: no config file, no env files, nothing inlined, no source maps in what ships. */
const base: InlineConfig = { configFile: false, envDir: false, logLevel: 'warn', clearScreen: false };

/** Builds the renderer into `<outDir>/renderer`: no inline script, no preload polyfill, no data: assets (the CSP allows none). */
export async function buildRenderer(outDir: string, thirdParty: ThirdParty): Promise<void> {
  await build({
    ...base,
    root: join(root, 'renderer'),
    publicDir: join(root, 'renderer/public'),
    plugins: [thirdParty.plugin()],
    build: {
      outDir: join(outDir, 'renderer'),
      emptyOutDir: true,
      target: 'chrome140',
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      sourcemap: false,
      reportCompressedSize: false,
      // lucide-react marks modules for React servers; there is none here.
      rolldownOptions: { onLog: (level, log, next) => log.code === 'MODULE_LEVEL_DIRECTIVE' || next(level, log) },
    },
  });
}

/** Bundles the preload: one CommonJS script that requires electron only (a sandboxed preload cannot load modules). */
export async function buildPreload(outDir: string, thirdParty: ThirdParty): Promise<void> {
  await build({
    ...base,
    root,
    plugins: [thirdParty.plugin()],
    build: {
      ssr: join(root, 'preload/bridge.ts'),
      outDir: join(outDir, 'desktop'),
      emptyOutDir: false,
      target: 'node24',
      rolldownOptions: { external: ['electron'], output: { entryFileNames: 'preload.cjs', format: 'cjs' } },
    },
  });
}
