import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { openSettingsFile } from './settings-file.ts';

const fallback = () => ({
  idleLockMinutes: null,
  endpointPort: null,
  pathRequestsPerMinute: null,
  upstreamProxy: 'none',
  launchAtLogin: false,
  appearance: 'system' as const,
  globalShortcut: null,
});

test('changes made at once are all kept, and the file holds what was answered last', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'aivault-settings-'));
  try {
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

test('a setting that cannot be read is left out alone, and a proxy among them is not gone around', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'aivault-settings-'));
  const file = path.join(folder, 'settings.json');
  const read = (text: string) => {
    writeFileSync(file, text);
    return openSettingsFile(folder, fallback).current();
  };
  try {
    assert.deepEqual(openSettingsFile(folder, fallback).current(), fallback(), 'no file: nothing was ever set');
    const one = read('{"idleLockMinutes":5,"appearance":"pink","ofTomorrow":1,"upstreamProxy":"http://p:3128"}');
    assert.deepEqual(one, { ...fallback(), idleLockMinutes: 5, upstreamProxy: 'http://p:3128' });

    const broken = [
      '',
      '{"idleLockMinutes":5',
      'null',
      '"none"',
      '{"upstreamProxy":null}',
      '{"upstreamProxy":"http://me:hunter2@p:1"}',
    ];
    for (const text of broken) assert.equal(read(text).upstreamProxy, 'http://unreadable.invalid:1', text);
    assert.equal(read('{}').upstreamProxy, 'none');
    rmSync(file);
    mkdirSync(file);
    assert.equal(openSettingsFile(folder, fallback).current().upstreamProxy, 'http://unreadable.invalid:1');
  } finally {
    rmSync(folder, { recursive: true });
  }
});
