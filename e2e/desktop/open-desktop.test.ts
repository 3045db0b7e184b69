import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { openDesktop } from '../../tools/open-desktop.ts';

// Which window `npm start` opens, and what it says about it: one line that names the window and why that one.

describe('the window of npm start', () => {
  const names = ['ELECTRON_OVERRIDE_DIST_PATH', 'DISPLAY', 'WAYLAND_DISPLAY'] as const;
  const saved = names.map((name) => [name, process.env[name]] as const);
  let root: string;
  let consoles: number;
  const openConsole = () => {
    consoles += 1;
    return { baseUrl: 'http://127.0.0.1:1', redirectFile: '/run/console.html' };
  };
  const build = () => {
    mkdirSync(join(root, 'dist/desktop'), { recursive: true });
    writeFileSync(join(root, 'dist/desktop/app.mjs'), '');
  };
  /** A runtime that leaves a note of what it was started with. */
  const installRuntime = () => {
    const folder = join(root, 'runtime');
    mkdirSync(folder);
    writeFileSync(join(folder, 'electron'), `#!/bin/sh\necho "$1" > '${root}/started'\n`, { mode: 0o755 });
    process.env.ELECTRON_OVERRIDE_DIST_PATH = folder;
  };

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'aivault-open-'));
    consoles = 0;
    for (const name of names) delete process.env[name];
  });
  afterEach(() => {
    rmSync(root, { recursive: true, force: true });
    for (const [name, value] of saved) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  });

  test('the desktop app, where its runtime and a display are there', async () => {
    build();
    installRuntime();
    process.env.DISPLAY = ':99';
    assert.equal(await openDesktop(root, openConsole), 'the desktop app is opening');
    assert.equal(consoles, 0);
    for (const end = Date.now() + 5_000; !existsSync(join(root, 'started')); ) {
      assert.ok(Date.now() < end, 'the runtime was started');
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  });

  const elsewhere: readonly [string, () => void, string][] = [
    ['was not built', () => undefined, 'the desktop app is not built'],
    ['has no runtime, and none can be fetched', build, 'the desktop runtime is not installed and could not be fetched'],
    [
      'has no display',
      () => {
        build();
        installRuntime();
      },
      'there is no display',
    ],
  ];
  for (const [what, prepare, why] of elsewhere) {
    test(`the console, where the desktop app ${what}`, { skip: process.platform !== 'linux' }, async () => {
      prepare();
      const line = await openDesktop(root, openConsole);
      assert.equal(line, `in a browser, because ${why}: open file:///run/console.html`);
      assert.equal(consoles, 1);
      assert.equal(existsSync(join(root, 'started')), false);
    });
  }

  test('the console, where the server of the runtime says nothing for 3 s', async () => {
    build();
    mkdirSync(join(root, 'node_modules/electron'), { recursive: true });
    writeFileSync(join(root, 'node_modules/electron/install.js'), '');
    const tried: unknown[] = [];
    const silent = new Socket();
    const began = performance.now();
    const line = await openDesktop(root, openConsole, (to) => {
      tried.push(to);
      return silent;
    });
    const tookMs = performance.now() - began;
    assert.match(line, /^in a browser, because the desktop runtime is not installed and could not be fetched:/);
    assert.ok(tookMs >= 2_950 && tookMs < 4_500, `${tookMs} ms`);
    assert.deepEqual(tried, [{ host: 'github.com', port: 443 }], 'one attempt');
    assert.equal(silent.destroyed, true, 'and nothing is left of it');
  });

  test('neither, where the console does not open: it says so', async () => {
    const line = await openDesktop(root, () => {
      throw new Error('no host');
    });
    assert.equal(line, 'none, because the desktop app is not built, and the console did not open');
  });
});
