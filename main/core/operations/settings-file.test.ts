import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { openSettingsFile } from './settings-file.ts';

test('changes made at once are all kept, and the file holds what was answered last', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'aivault-settings-'));
  try {
    const fallback = () => ({
      idleLockMinutes: null,
      endpointPort: null,
      pathRequestsPerMinute: null,
      upstreamProxy: 'none',
      launchAtLogin: false,
      appearance: 'system' as const,
      globalShortcut: null,
    });
    const file = openSettingsFile(folder, fallback);
    await Promise.all([
      file.change({ idleLockMinutes: 15 }),
      file.change({ appearance: 'dark' }),
      file.change({ endpointPort: 20_123 }),
    ]);
    const expected = { ...fallback(), idleLockMinutes: 15, appearance: 'dark', endpointPort: 20_123 };
    assert.deepEqual(file.current(), expected);
    assert.deepEqual(openSettingsFile(folder, fallback).current(), expected);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
