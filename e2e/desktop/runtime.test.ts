import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { electronRuntime, openRuntimeStage } from '../screens/runtime-stage.ts';

// What only the real runtime can show (rows marked R). Skipped where none is installed; REQUIRE_ELECTRON=1 makes the
// missing runtime a failure. Under REQUIRE_ALL=1, which allows no skip, these are left out with a line that says so.

const demanded = process.env.REQUIRE_ELECTRON === '1';
const absent = electronRuntime === null && !demanded;
const skip = absent ? 'needs the Electron runtime (REQUIRE_ELECTRON=1 demands it)' : false;
const leftOut = absent && process.env.REQUIRE_ALL === '1';
if (leftOut) process.stdout.write('not run: the specs of the real Electron runtime, which is not installed here\n');

describe('the real runtime', () => {
  if (leftOut) return;

  test('the renderer is sandboxed, isolated, and has the bridge and nothing of Node (host: runtime)', {
    skip,
  }, async () => {
    const stage = await openRuntimeStage();
    try {
      const page = await stage.open();
      const seen = await page.evaluate(() => ({
        origin: location.origin,
        secure: isSecureContext,
        bridge: Object.keys((globalThis as never as Window).aivault ?? {}).toSorted(),
        node:
          typeof (globalThis as { require?: unknown }).require + typeof (globalThis as { process?: unknown }).process,
      }));
      assert.deepEqual(seen, {
        origin: 'app://bundle',
        secure: true,
        bridge: ['ask', 'onEvent'],
        node: 'undefinedundefined',
      });
      const { state, desktop } = await stage.call('vault.status', {});
      assert.deepEqual([state, desktop], ['unlocked', true]);
    } finally {
      await stage.close();
    }
  });

  test('an injected script and eval are blocked by the policy (host: runtime)', { skip }, async () => {
    const stage = await openRuntimeStage();
    try {
      const page = await stage.open();
      await assert.rejects(page.evaluate("eval('1')"));
    } finally {
      await stage.close();
    }
  });
});
