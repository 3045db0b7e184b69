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
export function electronVersion(): string {
  return JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).devDependencies.electron;
}

/** Runs electron-builder; returns its exit code. Never publishes. */
export function pack(words: readonly string[]): number {
  const builder = join(root, 'node_modules/.bin/electron-builder');
  const run = spawnSync(builder, [...words, '--publish', 'never', '-c', 'electron-builder.yml'], {
    cwd: root,
    stdio: 'inherit',
  });
  return run.status ?? 1;
}

/** Packs for Linux around a stub runtime into `output`. */
export function packStub(output: string): number {
  const runtime = mkdtempSync(join(tmpdir(), 'aivault-stub-'));
  try {
    writeStubRuntime(runtime, electronVersion());
    return pack(['--linux', '--dir', `-c.electronDist=${runtime}`, `-c.directories.output=${output}`]);
  } finally {
    rmSync(runtime, { recursive: true, force: true });
  }
}

if (import.meta.main) {
  const words = process.argv.slice(2);
  await buildAll();
  const stub = words.includes('--stub');
  const code = stub ? packStub(join(root, 'release')) : pack(words);
  if (code === 0 && stub)
    process.stdout.write(
      'Packed for Linux around a stub runtime: release/linux-unpacked. It shows the contents; it does not start.\n',
    );
  process.exitCode = code;
}
