import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

// `npm test` on a machine that lacks a part of the system: said by name and skipped, or failed where nothing may be
// missing (REQUIRE_ALL=1, as .ci/run sets it).

const root = fileURLToPath(new URL('..', import.meta.url));

/** Every Node of the run believes that the keyring daemon is not installed. */
const withoutKeyring = `data:text/javascript,${encodeURIComponent(`
  import fs from 'node:fs';
  import { syncBuiltinESMExports } from 'node:module';
  const really = fs.existsSync;
  fs.existsSync = (file) => !String(file).endsWith('/gnome-keyring-daemon') && really(file);
  syncBuiltinESMExports();`)}`;

function runKeyringTests(extra: Record<string, string>) {
  const { REQUIRE_ALL: _, NODE_TEST_CONTEXT: __, ...environment } = process.env;
  const { stdout, status } = spawnSync(process.execPath, ['tools/test.ts', '--no-build', 'core/keyring'], {
    cwd: root,
    env: { ...environment, NODE_OPTIONS: `--import=${withoutKeyring}`, ...extra },
    encoding: 'utf8',
  });
  return { lines: stdout.trimEnd().split('\n'), status };
}

test('a missing part is named, with how to get it, and its tests are skipped', () => {
  const { lines, status } = runKeyringTests({});
  assert.ok(lines.includes('missing: gnome-keyring (apt-get install gnome-keyring)'), lines.join('\n'));
  assert.match(lines.at(-1)!, /^[1-9]\d* passed, 0 failed, [1-9]\d* skipped$/);
  assert.equal(status, 0);
});

test('with REQUIRE_ALL=1 a missing part fails', () => {
  const { lines, status } = runKeyringTests({ REQUIRE_ALL: '1' });
  assert.match(lines.at(-1)!, /^\d+ passed, [1-9]\d* failed$/);
  assert.ok(
    lines.some((line) => line.includes('A part is missing: needs gnome-keyring')),
    lines.join('\n'),
  );
  assert.equal(status, 1);
});
