import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import fc from 'fast-check';
import { electron, type StartedApp, startApp } from './start-app.ts';

// Toolchain rows 1-6, 8-15, 17, 18 of the Electron checklist, on the recording double (host: double).

describe('the lockdown', () => {
  let started: StartedApp;
  before(async () => {
    started = await startApp();
  });
  after(() => started.quit());
  const { control, defaultSession, windows } = electron;

  test('the app scheme and the sandbox are set up before ready, and nothing else comes first', () => {
    const order = ['protocol.registerSchemesAsPrivileged', 'app.enableSandbox', 'ready', 'BrowserWindow'].map(
      control.when,
    );
    assert.ok(
      order.every((at) => at >= 0),
      String(order),
    );
    assert.deepEqual(
      order,
      order.toSorted((a, b) => a - b),
    );
  });

  test('the app scheme is standard and secure and bypasses nothing', () => {
    const registered = control.log()[control.when('protocol.registerSchemesAsPrivileged')]?.words;
    assert.deepEqual(registered?.[0], [
      { scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true } },
    ]);
  });

  test('every window loads our scheme, sandboxed, isolated, without Node, protected from capture', () => {
    assert.ok(windows.length > 0);
    for (const { url, options, contentProtected } of windows) {
      assert.match(url ?? '', /^app:\/\/bundle\//);
      assert.equal(contentProtected, true);
      const { preload, ...preferences } = options.webPreferences ?? {};
      assert.match(preload ?? '', /dist\/desktop\/preload\.cjs$/);
      assert.equal(preferences.sandbox, true);
      assert.equal(preferences.contextIsolation, true);
      assert.equal(preferences.nodeIntegration, false);
      assert.equal(preferences.nodeIntegrationInWorker, false);
      assert.equal(preferences.nodeIntegrationInSubFrames, false);
      for (const key of [
        'webSecurity',
        'allowRunningInsecureContent',
        'experimentalFeatures',
        'enableBlinkFeatures',
        'webviewTag',
        'additionalArguments',
        'partition',
        'session',
      ]) {
        assert.ok(!(key in preferences), `${key} is set`);
      }
    }
  });

  /** Every name Electron's own types know. */
  const types = readFileSync(new URL('../../node_modules/electron/electron.d.ts', import.meta.url), 'utf8');
  const permissions = new Set(
    [...types.matchAll(/\bpermission: ((?:'[\w-]+'(?: \| )?)+)/g)].flatMap(([, union]) =>
      [...(union ?? '').matchAll(/'([\w-]+)'/g)].map(([, name]) => name ?? ''),
    ),
  );

  test('every permission is denied, by request, by check and by device', () => {
    assert.ok(permissions.size > 40 && permissions.has('local-network'), 'the types were read');
    for (const permission of permissions) {
      const answers: boolean[] = [];
      defaultSession.permissionRequest?.(
        {} as never,
        permission as never,
        (granted) => answers.push(granted),
        {} as never,
      );
      assert.deepEqual(answers, [false], permission);
      assert.equal(
        defaultSession.permissionCheck?.({} as never, permission as never, 'app://bundle', {} as never),
        false,
        permission,
      );
    }
    assert.equal(defaultSession.devicePermission?.({} as never), false);
    const streams: unknown[] = [];
    defaultSession.displayMedia?.({} as never, (given) => streams.push(given));
    assert.deepEqual(streams, [{}]);
  });

  test('no navigation, redirect, frame navigation or webview goes through, in any web contents', () => {
    const contents = windows.at(-1)?.contents;
    for (const event of ['will-navigate', 'will-frame-navigate', 'will-redirect', 'will-attach-webview']) {
      let prevented = 0;
      contents?.emit(event, { preventDefault: () => (prevented += 1) }, 'https://evil.test/');
      assert.equal(prevented, 1, event);
    }
  });

  test('no page opens a window; only https pages the registry links to go to the browser', async () => {
    const open = windows.at(-1)?.openHandler;
    const opened = () =>
      control
        .log()
        .filter(({ name }) => name === 'shell.openExternal')
        .map(({ words }) => words[0]);
    for (const url of [
      'https://platform.openai.com/docs',
      'https://evil.test/',
      'http://platform.openai.com/',
      'javascript:alert(1)',
      'file:///etc/passwd',
      'https://platform.openai.com@evil.test/',
    ]) {
      assert.deepEqual(open?.({ url } as never), { action: 'deny' });
    }
    await started.until(() => opened().length > 0, 'opening the one allowed page');
    assert.deepEqual(opened(), ['https://platform.openai.com/docs']);
    // Where an account's consent is given; a page of our own asks for it by a link.
    const consent = 'https://accounts.google.com/o/oauth2/v2/auth?client_id=app&scope=a%20b&state=x';
    assert.deepEqual(open?.({ url: consent } as never), { action: 'deny' });
    await started.until(() => opened().length > 1, 'opening the consent page');
    assert.deepEqual(opened().at(-1), consent);
  });

  test('whatever URL a page asks for, only an allowed https origin is handed to the system', async () => {
    const { mayOpenOutside } = await import('../../main/desktop/outside.ts');
    const origins = new Set(['https://docs.good.test']);
    const schemes = fc.constantFrom(
      'https:',
      'http:',
      'file:',
      'javascript:',
      'data:',
      'smb:',
      'ms-settings:',
      'HTTPS:',
      ' https:',
      'view-source:https:',
    );
    const hosts = fc.constantFrom(
      'docs.good.test',
      'DOCS.GOOD.TEST',
      'docs.good.test.evil.test',
      'evil.test',
      'docs.good.test@evil.test',
      'evil.test\\@docs.good.test',
      'docs.good.test:8443',
      'docs.good.test:443',
      '127.0.0.1',
      '',
    );
    const shape = fc.tuple(schemes, fc.constantFrom('//', '/', '', '///'), hosts, fc.string({ maxLength: 30 }));
    fc.assert(
      fc.property(shape, ([scheme, slashes, host, rest]) => {
        const url = `${scheme}${slashes}${host}${rest}`;
        if (!mayOpenOutside(url, origins)) return;
        const parsed = new URL(url);
        assert.equal(parsed.origin, 'https://docs.good.test');
        assert.equal(parsed.username + parsed.password + parsed.port, '');
      }),
      { numRuns: 20_000 },
    );
    assert.equal(mayOpenOutside('https://docs.good.test/a?b=c', origins), true);
  });
});
