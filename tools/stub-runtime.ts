import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

// A stand-in for an Electron distribution: enough for `electron-builder --linux --dir` to pack a real app.asar, unpack
// real native files and flip real fuses on a machine that cannot fetch the runtime. It starts nothing.

/** Marks the fuse wire inside an Electron executable (@electron/fuses looks for it). */
const sentinel = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX';
/** Version 1 with Electron's own defaults, nine fuses, ASCII 0 and 1. */
const defaultWire = '101100011';

export function writeStubRuntime(folder: string, version: string): void {
  for (const part of ['resources', 'locales']) mkdirSync(join(folder, part), { recursive: true });
  const padding = Buffer.alloc(64);
  const wire = Buffer.concat([Buffer.from([1, defaultWire.length]), Buffer.from(defaultWire)]);
  const program = Buffer.concat([Buffer.from('#!/bin/sh\nexit 97\n'), padding, Buffer.from(sentinel), wire, padding]);
  writeFileSync(join(folder, 'electron'), program);
  chmodSync(join(folder, 'electron'), 0o755);
  writeFileSync(join(folder, 'version'), version);
  for (const name of ['LICENSE', 'LICENSES.chromium.html']) writeFileSync(join(folder, name), '');
}
