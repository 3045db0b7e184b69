// Everything that ships, into dist/: the CLI (runs on Node 20), the bootstrap of the host, the host with its workers,
// and the window's pages, its preload and its shell. No source maps and no tests get in.

import { chmodSync, existsSync, globSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build, type InlineConfig } from 'vite';
import { billOfMaterials } from './bill-of-materials.ts';
import { buildPreload, buildRenderer } from './build-renderer.ts';
import { registryPlugin } from './registry-plugin.ts';
import { licenceText, ThirdParty } from './third-party.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
/** Where what ships is built; a test that needs a build of its own passes another folder inside the project. */
const usualFolder = path.join(root, 'dist');

interface Bundle {
  /** Name of the emitted file (without .mjs) → source. */
  readonly entries: Readonly<Record<string, string>>;
  readonly target: 'node20' | 'node24';
  /** Where pieces that are loaded on demand go, under dist/. */
  readonly chunks: string;
  /** Gathers what three pieces share in one file: loading a file costs the CLI more than reading past what it can spare. */
  readonly gather?: true;
}

/** Native code stays outside; electron is never here. */
const native = ['keytar', 'electron'];

async function bundle(
  dist: string,
  thirdParty: ThirdParty,
  { entries, target, chunks, gather }: Bundle,
): Promise<void> {
  const config: InlineConfig = {
    configFile: false,
    envDir: false,
    root,
    logLevel: 'warn',
    clearScreen: false,
    plugins: [registryPlugin(), thirdParty.plugin()],
    ssr: { noExternal: true, external: native },
    build: {
      ssr: true,
      outDir: dist,
      emptyOutDir: false,
      copyPublicDir: false,
      target,
      minify: false,
      reportCompressedSize: false,
      rolldownOptions: {
        input: Object.fromEntries(Object.entries(entries).map(([name, file]) => [name, path.join(root, file)])),
        external: [/^node:/, ...native],
        output: {
          format: 'es',
          entryFileNames: '[name].mjs',
          chunkFileNames: `${chunks}/[name]-[hash].mjs`,
          codeSplitting: gather ? { groups: [{ name: 'shared', minShareCount: 3 }] } : true,
        },
      },
    },
  };
  await build(config);
}

/** Worker threads are files of their own, beside the bundle that starts them: `host/store-worker.mjs`. */
function workers(): Record<string, string> {
  const files = globSync('main/core/**/*-worker.ts', { cwd: root });
  return Object.fromEntries(files.map((file) => [`host/${path.basename(file, '.ts')}`, file]));
}

/** `dist/bin` holds the names people type; the checkout's PATH line points there. */
function linkPrograms(dist: string): void {
  mkdirSync(path.join(dist, 'bin'), { recursive: true });
  for (const name of ['aivault', 'aivaultd']) {
    const program = path.join(dist, `${name}.mjs`);
    if (!existsSync(program)) continue;
    chmodSync(program, 0o755);
    rmSync(path.join(dist, 'bin', name), { force: true });
    symlinkSync(`../${name}.mjs`, path.join(dist, 'bin', name));
  }
}

function describeContents(dist: string, thirdParty: ThirdParty): void {
  const packages = thirdParty.packages();
  writeFileSync(path.join(dist, 'THIRD-PARTY.txt'), licenceText(packages));
  writeFileSync(path.join(dist, 'sbom.cdx.json'), billOfMaterials(packages));
}

/** What can be built by name (`npm run build -- cli host`). */
const parts = {
  cli: (dist: string, thirdParty: ThirdParty) =>
    bundle(dist, thirdParty, {
      entries: { aivault: 'main/cli/aivault.ts' },
      target: 'node20',
      chunks: 'cli',
      gather: true,
    }),
  // The shell holds the same core as the daemon: one build, so that both find the workers in one folder.
  host: (dist: string, thirdParty: ThirdParty) =>
    bundle(dist, thirdParty, {
      entries: { aivaultd: 'main/daemon/aivaultd.ts', 'desktop/app': 'main/desktop/app.ts' },
      target: 'node20',
      chunks: 'host',
    }),
  workers: (dist: string, thirdParty: ThirdParty) =>
    bundle(dist, thirdParty, { entries: workers(), target: 'node24', chunks: 'host' }),
  window: buildRenderer,
  preload: buildPreload,
};
export type Part = keyof typeof parts;
const everyPart = Object.keys(parts) as Part[];

/** Builds everything from nothing, or only the named parts. */
export async function buildAll(names: readonly Part[] = everyPart, dist = usualFolder): Promise<void> {
  if (names.length === everyPart.length) rmSync(dist, { recursive: true, force: true });
  const thirdParty = new ThirdParty();
  await Promise.all(names.map((name) => parts[name](dist, thirdParty)));
  if (names.length === everyPart.length) describeContents(dist, thirdParty);
  linkPrograms(dist);
}

if (import.meta.main) {
  const start = performance.now();
  const { values, positionals } = parseArgs({ allowPositionals: true, options: { out: { type: 'string' } } });
  const named = everyPart.filter((part) => positionals.includes(part));
  if (named.length < new Set(positionals).size) {
    process.stderr.write(`There is no such part. There are: ${everyPart.join(', ')}.\n`);
    process.exit(2);
  }
  await buildAll(named.length === 0 ? everyPart : named, path.resolve(values.out ?? usualFolder));
  process.stdout.write(`built in ${((performance.now() - start) / 1000).toFixed(1)} s\n`);
}
