// npm run package: builds dist/ and packs it with electron-builder. Words after -- go to electron-builder. Where the
// Electron runtime cannot be fetched, `npm run package -- --stub` packs for Linux around a stub: the archive, the
// unpacked native file, the fuses and the resources are real, the program does not start.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildAll } from './build.ts';
import { writeStubRuntime } from './stub-runtime.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

/** The Electron version the package is pinned to. */
function electronVersion(): string {
  return JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).devDependencies.electron;
}

/** Runs electron-builder. Never publishes. Throws with what it printed where it fails. */
function pack(words: readonly string[]): void {
  const builder = join(root, 'node_modules/.bin/electron-builder');
  const run = spawnSync(builder, [...words, '--publish', 'never', '-c', 'electron-builder.yml'], {
    cwd: root,
    encoding: 'utf8',
  });
  if (run.status !== 0) throw new Error(`electron-builder ended with ${run.status}:\n${run.stdout}${run.stderr}`);
}

/** Packs for Linux around a stub runtime into `output`. */
export function packStub(output: string): void {
  const runtime = mkdtempSync(join(tmpdir(), 'aivault-stub-'));
  try {
    writeStubRuntime(runtime, electronVersion());
    pack(['--linux', '--dir', `-c.electronDist=${runtime}`, `-c.directories.output=${output}`]);
  } finally {
    rmSync(runtime, { recursive: true, force: true });
  }
}

if (import.meta.main) {
  const words = process.argv.slice(2);
  await buildAll();
  const stub = words.includes('--stub');
  if (stub) packStub(join(root, 'release'));
  else pack(words);
  const note = stub ? ', around a stub runtime: it shows the contents, it does not start' : '';
  process.stdout.write(`Packed into release/${note}.\n`);
}
