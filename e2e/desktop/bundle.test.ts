import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { describe, test } from 'node:test';
import { electron, startApp } from './start-app.ts';

// What ships, not its source: dist/desktop/app.mjs with its shared pieces, workers and pages (host: double).

const entry = new URL('../../dist/desktop/app.mjs', import.meta.url);

describe('the built shell', () => {
  test('starts, serves its pages, finds its preload, and hosts a vault', async () => {
    assert.ok(existsSync(entry), 'npm run build comes first');
    const app = await startApp({ entry });
    try {
      const [window] = electron.windows;
      assert.ok(
        existsSync(window?.options.webPreferences?.preload ?? ''),
        'the preload is where the window looks for it',
      );
      assert.equal(window?.options.webPreferences?.devTools, false, 'no developer tools in what ships');
      assert.equal(window?.options.webPreferences?.spellcheck, false);
      const pages = electron.defaultSession.pages.get('app');
      assert.equal((await pages?.(new Request('app://bundle/')))?.status, 200);
      assert.ok(existsSync(electron.system.tray?.image.path ?? ''), 'the tray icon is where the tray looks for it');
      const made = await app.ask('vault.init', {
        choice: { provider: 'passphrase', passphrase: 'four words are enough' },
      });
      assert.ok(made.ok, 'the key derivation worker runs');
      const stored = await app.ask('secrets.create', {
        name: 'OPENAI_API_KEY',
        value: 'sk-proj-bundled0000000000000000',
      });
      assert.ok(stored.ok, 'the registry is compiled in');
      assert.equal(stored.value.secret.pinnedProvider, 'openai');
    } finally {
      await app.quit();
    }
  });
});
