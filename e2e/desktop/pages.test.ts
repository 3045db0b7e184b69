import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { electron, type StartedApp, startApp } from './start-app.ts';

// The app:// handler and the built files it serves (rows 1, 7, 18, 20). On the recording double (host: double).

describe('the pages', () => {
  let started: StartedApp;
  before(async () => {
    started = await startApp();
  });
  after(() => started.quit());

  const dist = fileURLToPath(new URL('../../dist/', import.meta.url));
  async function get(url: string, init: RequestInit = {}): Promise<Response> {
    const handler = electron.defaultSession.pages.get('app');
    assert.ok(handler, 'npm run build comes first');
    return handler(new Request(url, init));
  }

  test('every answer, 404s included, carries the strict policy', async () => {
    for (const path of ['/', '/index.html', '/icon.svg', '/nothing.js', '/assets/', '/%2e%2e/package.json']) {
      const response = await get(`app://bundle${path}`);
      const policy = response.headers.get('content-security-policy') ?? '';
      for (const part of [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
      ]) {
        assert.ok(policy.includes(part), `${path}: ${part}`);
      }
      assert.ok(!/unsafe|\*|http:/.test(policy), policy);
      assert.equal(response.headers.get('x-content-type-options'), 'nosniff', path);
    }
  });

  test('only our host, only GET, only plain names inside the folder', async () => {
    assert.equal((await get('app://bundle/')).status, 200);
    for (const url of [
      'app://evil/',
      'app://bundle:80/',
      'app://bundle/../package.json',
      'app://bundle/..%2fpackage.json',
      'app://bundle/.hidden.js',
      'app://bundle//etc/passwd.html',
      'app://bundle/assets/..%5c..%5cpackage.json',
    ]) {
      assert.equal((await get(url)).status, 404, url);
    }
    assert.equal((await get('app://bundle/', { method: 'POST' })).status, 404);
  });

  test('the page has no inline script or style and asks nobody else for anything', async () => {
    const html = await (await get('app://bundle/')).text();
    assert.ok(!/<script(?![^>]*\ssrc=)/.test(html) && !/<style|\son\w+=|javascript:/.test(html), html);
    assert.deepEqual(
      [...html.matchAll(/(?:src|href)="([^"]+)"/g)].filter(([, url]) => !url?.startsWith('/')),
      [],
    );
  });

  test('the built window holds no eval, no remote address, no webview and no Node', () => {
    for (const name of readdirSync(`${dist}renderer/assets`).filter((file) => /\.(js|css)$/.test(file))) {
      const text = readFileSync(`${dist}renderer/assets/${name}`, 'utf8');
      for (const banned of [
        /\beval\(/,
        /new Function\(/,
        /<webview/,
        /\brequire\(["']/,
        /from ["']node:/,
        /file:\/\//,
        /sourceMappingURL/,
      ]) {
        assert.ok(!banned.test(text), `${name}: ${banned}`);
      }
      const remote = [...text.matchAll(/https?:\/\/[a-z0-9.-]+/gi)].map(([url]) => url);
      // React names these in messages and namespaces; 127.0.0.1 is the endpoint in the examples, `http://host:port` how a
      // proxy is spelled. None is ever fetched.
      const known = /^https?:\/\/(?:host|react\.dev|www\.w3\.org|127\.0\.0\.1|github\.com|fb\.me|tanstack\.com)$/;
      assert.deepEqual(
        remote.filter((url) => !known.test(url)),
        [],
        name,
      );
    }
  });

  test('the built preload requires electron and nothing else, and names two functions', () => {
    const text = readFileSync(`${dist}desktop/preload.cjs`, 'utf8');
    assert.deepEqual(
      [...text.matchAll(/require\("([^"]+)"\)/g)].map(([, name]) => name),
      ['electron'],
    );
    assert.ok(!/process\.|global\.|ipcRenderer\.send|sendSync|postMessage/.test(text));
  });

  test('the preload exposes ask and onEvent, frozen, and passes no Electron object on', async () => {
    await import('../../preload/bridge.ts');
    const bridge = electron.exposed.get('aivault') as import('../../preload/window.d.ts').Bridge;
    assert.deepEqual([...electron.exposed.keys()], ['aivault']);
    assert.deepEqual(Object.keys(bridge).toSorted(), ['ask', 'onEvent']);
    assert.ok(Object.isFrozen(bridge));
    electron.preloadSender.frame = started.frame;
    electron.preloadSender.contents = electron.windows[0]?.contents ?? {};
    assert.equal((await bridge.ask('vault.status', {})).ok, true);
    const heard: unknown[][] = [];
    const stop = bridge.onEvent((...words) => heard.push(words));
    electron.control.tellPreload('aivault:event', { event: 'vault.changed', atMs: 1 });
    stop();
    electron.control.tellPreload('aivault:event', { event: 'vault.changed', atMs: 2 });
    assert.deepEqual(heard, [[{ event: 'vault.changed', atMs: 1 }]]);
    electron.system.dialogResponse = 0;
    const forged = await bridge.ask('backup.create', { path: '/tmp/x', passphrase: 'y' }, { confirmed: true });
    assert.ok(!forged.ok && ['presence_required', 'vault_missing', 'vault_locked'].includes(forged.error.error));
  });

  test('lockdown literals have no opposites anywhere in the shell, and IPC is handled in one place', () => {
    const shell = fileURLToPath(new URL('../../main/desktop/', import.meta.url));
    const sources = readdirSync(shell)
      .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
      .map((file) => [file, readFileSync(shell + file, 'utf8')] as const);
    const banned = [
      /nodeIntegration\w*: true/,
      /contextIsolation: false/,
      /sandbox: false/,
      /webSecurity/,
      /allowRunningInsecureContent/,
      /experimentalFeatures/,
      /enableBlinkFeatures/,
      /webviewTag/,
      /bypassCSP/,
      /file:\/\/[a-z/]/,
      /http:\/\/(?!')/,
      /executeJavaScript/,
      /ipcMain\.(?:handle|on)/,
    ];
    for (const [file, text] of sources) {
      const code = text.replaceAll(/^\s*(?:\/\/|\*|\/\*\*).*$/gm, '');
      for (const pattern of banned) assert.ok(!pattern.test(code), `${file}: ${pattern}`);
    }
  });

  test('Electron is pinned exactly, to a major that gets fixes, and packed as pinned', () => {
    const { devDependencies } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
    assert.match(devDependencies.electron, /^\d+\.\d+\.\d+$/);
    // The latest three majors do; 45 is the newest of November 2026.
    assert.ok(Number.parseInt(devDependencies.electron, 10) >= 43);
    const packed = readFileSync(new URL('../../electron-builder.yml', import.meta.url), 'utf8');
    assert.equal(/^electronVersion: (.+)$/m.exec(packed)?.[1], devDependencies.electron);
  });
});
