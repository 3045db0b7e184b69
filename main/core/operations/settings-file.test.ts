import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { openSettingsFile } from './settings-file.ts';

test('changes made at once are all kept, and the file holds what was changed last', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'aivault-settings-'));
  try {
    const file = openSettingsFile(folder);
    await Promise.all([
      file.change({ launchAtLogin: true }),
      file.change({ appearance: 'dark' }),
      file.change({ endpointPort: 20_123 }),
    ]);
    const expected = { launchAtLogin: true, appearance: 'dark', endpointPort: 20_123 };
    assert.deepEqual(file.current(), expected);
    assert.deepEqual(openSettingsFile(folder).current(), expected);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('a setting that cannot be read is left out alone, and one that belongs into the vault counts for nothing here', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'aivault-settings-'));
  const file = path.join(folder, 'settings.json');
  const read = (text: string) => {
    writeFileSync(file, text);
    return openSettingsFile(folder).current();
  };
  try {
    assert.deepEqual(openSettingsFile(folder).current(), {}, 'no file: nothing was ever set');
    assert.deepEqual(read('{"endpointPort":20123,"appearance":"pink","ofTomorrow":1}'), { endpointPort: 20_123 });
    assert.deepEqual(read('{"upstreamProxy":"http://p:3128","idleLockMinutes":1440}'), {});
    for (const text of ['', '{"endpointPort":5', 'null', '"none"', '[]']) assert.deepEqual(read(text), {}, text);
    rmSync(file);
    mkdirSync(file);
    assert.deepEqual(openSettingsFile(folder).current(), {});
  } finally {
    rmSync(folder, { recursive: true });
  }
});
