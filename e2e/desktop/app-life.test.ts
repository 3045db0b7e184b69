import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { AivaultError } from '#contract/errors.ts';
import { staleBy } from '#contract/events.ts';
import type { VaultStatus } from '#contract/schemas/vault.ts';
import { findHost } from '#transports/find-host.ts';
import { linkHost } from '../../main/desktop/host-link.ts';
import { startTestHost } from '../test-host.ts';
import { electron, type StartedApp, startApp } from './start-app.ts';

// The life of the shell: tray, locking, second start, quitting, taking over. On the recording double (host: double).

const { app, control, powerMonitor, system, windows } = electron;

async function withApp(
  use: (app: StartedApp) => Promise<void>,
  options: Parameters<typeof startApp>[0] = {},
): Promise<void> {
  const started = await startApp(options);
  try {
    await use(started);
  } finally {
    await started.quit();
  }
}

const labels = () => (system.tray?.menu ?? []).map(({ label }) => label ?? '—');
async function press(started: StartedApp, label: string): Promise<void> {
  await started.until(() => labels().includes(label), `${label} in the tray`);
  (system.tray?.menu.find((item) => item.label === label)?.click as (() => void) | undefined)?.();
}
async function status(started: StartedApp): Promise<VaultStatus> {
  const result = await started.ask('vault.status', {});
  assert.ok(result.ok);
  return result.value;
}
const init = (started: StartedApp) =>
  started.ask('vault.init', { choice: { provider: 'passphrase', passphrase: 'four words are enough' } });

test('the tray shows the state, locks, opens the unlock window, and closes it after unlocking', () =>
  withApp(async (started) => {
    await init(started);
    await press(started, 'Lock now');
    await started.until(() => labels()[0]?.startsWith('Locked') === true, 'the tray says locked');
    assert.match(system.tray?.image.path ?? '', /tray-locked/);
    assert.equal(system.tray?.toolTip, 'aivault: locked');
    assert.equal((await status(started)).state, 'locked');
    await press(started, 'Unlock…');
    assert.equal(windows.length, 2);
    assert.equal(windows[1]?.url, 'app://bundle/#unlock');
    assert.equal(windows[1]?.contentProtected, true);
    await started.ask('vault.unlock', { passphrase: 'four words are enough' });
    await started.until(() => windows.length === 1, 'the unlock window closes');
    await started.until(() => system.tray?.image.path.includes('tray-unlocked') === true, 'the tray says unlocked');
  }));

test('the endpoint is paused and resumed from the tray', () =>
  withApp(async (started) => {
    await init(started);
    await press(started, 'Pause endpoint');
    await started.until(() => labels()[0]?.includes('endpoint paused') === true, 'paused');
    assert.equal((await status(started)).endpoint?.paused, true);
    await press(started, 'Resume endpoint');
    await started.until(() => labels().includes('Pause endpoint'), 'resumed');
  }));

for (const event of ['suspend', 'lock-screen', 'shutdown', 'user-did-resign-active']) {
  test(`the vault locks on ${event}`, () =>
    withApp(async (started) => {
      await init(started);
      await started.until(() => labels()[0]?.startsWith('Unlocked') === true, 'unlocking');
      powerMonitor.emit(event);
      await started.until(() => labels()[0]?.startsWith('Locked') === true, 'locking');
      assert.equal((await status(started)).state, 'locked');
    }));
}

test('the vault locks once nobody has been at the keyboard for as long as the settings say', async () => {
  const ticks: (() => void)[] = [];
  const plain = globalThis.setInterval;
  await withApp(
    async (started) => {
      globalThis.setInterval = plain;
      await init(started);
      await started.ask('settings.set', { idleLockMinutes: 5 });
      await started.until(() => labels()[0]?.startsWith('Unlocked') === true, 'unlocking');
      const tick = () => {
        for (const one of ticks) one();
      };
      system.idleSeconds = 5 * 60 - 1;
      tick();
      assert.equal((await status(started)).state, 'unlocked');
      system.idleSeconds = 5 * 60;
      tick();
      await started.until(() => labels()[0]?.startsWith('Locked') === true, 'locking');
    },
    {
      before() {
        // Only the timers the shell starts: its look at the system's idle time is one of them.
        globalThis.setInterval = ((act: () => void, ...rest: [number]) => {
          ticks.push(act);
          return plain(act, ...rest);
        }) as typeof setInterval;
      },
    },
  );
});

test('on Linux the vault locks when logind says the session was locked', {
  skip: process.platform !== 'linux',
}, async () => {
  const bin = mkdtempSync(join(tmpdir(), 'aivault-gdbus-'));
  const session = '/org/freedesktop/login1/session/_32';
  // Stands in for gdbus: names the session, then says its lock once the file `now` is there.
  const script = `#!/bin/sh
if [ "$1" = call ]; then echo "(objectpath '${session}',)"; exit 0; fi
while [ ! -e '${bin}/now' ]; do sleep 0.05; done
echo '${session}: org.freedesktop.login1.Session.Lock ()'
exec sleep 60
`;
  writeFileSync(join(bin, 'gdbus'), script, { mode: 0o755 });
  const path = process.env.PATH;
  process.env.PATH = `${bin}:${path}`;
  try {
    await withApp(async (started) => {
      await init(started);
      await started.until(() => labels()[0]?.startsWith('Unlocked') === true, 'unlocking');
      writeFileSync(join(bin, 'now'), '');
      await started.until(() => labels()[0]?.startsWith('Locked') === true, 'locking');
    });
  } finally {
    process.env.PATH = path;
    rmSync(bin, { recursive: true, force: true });
  }
});

test('where the lock of the session cannot be heard the doctor says so, and where it can it does not', {
  skip: process.platform !== 'linux',
}, async () => {
  const bin = mkdtempSync(join(tmpdir(), 'aivault-gdbus-'));
  const path = process.env.PATH;
  const check = async (started: StartedApp) => {
    const report = await started.ask('host.doctor', {});
    assert.ok(report.ok);
    return report.value.checks.find(({ id }) => id === 'screen-lock');
  };
  const becomesDeaf = async (started: StartedApp, deaf: boolean) => {
    for (
      const deadline = Date.now() + 5_000;
      Date.now() < deadline && ((await check(started)) !== undefined) !== deaf;
    )
      await new Promise((resolve) => setTimeout(resolve, 20));
    assert.equal((await check(started))?.state, deaf ? 'attention' : undefined);
  };
  try {
    process.env.PATH = bin;
    await withApp(async (started) => {
      await init(started);
      await becomesDeaf(started, true);
      assert.match((await check(started))?.text ?? '', /^Locking the screen does not lock the vault on this machine/);
    });
    // One that listens, until it ends.
    const script = `#!/bin/sh
if [ "$1" = call ]; then echo "(objectpath '/org/freedesktop/login1/session/_32',)"; exit 0; fi
while [ ! -e '${bin}/end' ]; do /bin/sleep 0.05; done
`;
    writeFileSync(join(bin, 'gdbus'), script, { mode: 0o755 });
    await withApp(async (started) => {
      await init(started);
      assert.equal(await check(started), undefined);
      writeFileSync(join(bin, 'end'), '');
      await becomesDeaf(started, true);
    });
  } finally {
    process.env.PATH = path;
    rmSync(bin, { recursive: true, force: true });
  }
});

test('the tray opens the window that was closed, and quits', () =>
  withApp(async (started) => {
    windows[0]?.emitter.emit('close', { preventDefault() {} });
    assert.equal(windows[0]?.visible, false);
    await press(started, 'Open aivault');
    assert.equal(windows[0]?.visible, true);
    await press(started, 'Quit');
    assert.ok(control.when('app.quit') >= 0);
  }));

test('closing the window hides it; the app lives on and a second start shows it again', () =>
  withApp(async () => {
    const [window] = windows;
    let prevented = false;
    window?.emitter.emit('close', { preventDefault: () => (prevented = true) });
    assert.equal(prevented, true);
    assert.equal(window?.visible, false);
    app.emit('window-all-closed');
    assert.equal(control.when('app.quit'), -1);
    app.emit('second-instance', {}, ['--anything'], '/');
    assert.equal(window?.visible, true);
    assert.equal(windows.length, 1);
  }));

test('a second instance quits at once and opens nothing', async () => {
  const started = await startApp({ before: () => control.denySingleInstance(), expectWindow: false });
  await started.until(() => control.when('app.quit') >= 0, 'quitting');
  assert.equal(windows.length, 0);
  await started.quit();
});

test('started at login it shows its tray only; on a desktop without a tray it shows the window', async () => {
  await withApp(async () => assert.equal(windows.length, 0), { arguments: ['--hidden'] });
  await withApp(async () => assert.equal(windows.length, 1), {
    arguments: ['--hidden'],
    before: () => (system.hasTray = false),
  });
});

test('quitting locks, lets running calls end, and frees the vault for the next host', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'aivault-life-'));
  try {
    await withApp(async (started) => void (await init(started)), { folder });
    const host = await startTestHost({ folder });
    assert.equal((await host.call('vault.status', {})).state, 'locked');
    await host.close({ keep: true });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('beside a running aivaultd it is its client, notices nothing, and can take over', async () => {
  const host = await startTestHost();
  await host.call('vault.init', { choice: { provider: 'file' } });
  await host.call('secrets.create', { name: 'FROM_THE_DAEMON', value: 'a value of the daemon' });
  await withApp(
    async (started) => {
      const list = await started.ask('secrets.list', {});
      assert.ok(list.ok && list.value.secrets[0]?.name === 'FROM_THE_DAEMON');
      assert.equal((await status(started)).desktop, false);
      await host.call('secrets.create', { name: 'ANOTHER', value: 'told by an event' });
      await started.until(
        () =>
          windows[0]?.contents.sent.some(([, event]) => (event as { event: string }).event === 'secrets.changed') ===
          true,
        'an event of the daemon',
      );
      await press(started, 'Take over from aivaultd');
      await started.until(() => !labels().includes('Take over from aivaultd'), 'taking over');
      assert.equal((await status(started)).desktop, true);
      assert.equal((await status(started)).pid, process.pid);
      const after = await started.ask('secrets.list', {});
      assert.ok(after.ok && after.value.secrets.length === 2);
      const told = new Set((windows[0]?.contents.sent ?? []).map(([, event]) => (event as { event: string }).event));
      assert.deepEqual([...told].toSorted(), Object.keys(staleBy).toSorted(), 'after it, everything counts as stale');
    },
    { folder: host.folder },
  );
  await host.close();
});

test('a take-over that fails says why and leaves the app, which tries again or quits as the person says', async () => {
  const host = await startTestHost();
  await host.call('vault.init', { choice: { provider: 'file' } });
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const asked = () => control.log().filter(({ name }) => name === 'dialog.showMessageBox').length;
  const port = process.env.AIVAULT_PORT;
  try {
    await withApp(
      async (started) => {
        // The daemon yields, and then the port this host is to have is another program's.
        process.env.AIVAULT_PORT = String((other.address() as AddressInfo).port);
        await press(started, 'Take over from aivaultd');
        await started.until(() => asked() === 1, 'the question');
        const box = control.log().find(({ name }) => name === 'dialog.showMessageBox')?.words[0];
        const { detail, buttons } = box as { detail: string; buttons: string[] };
        assert.match(detail, /^Port \d+ on 127\.0\.0\.1 is taken by another program\.$/);
        assert.deepEqual(buttons, ['Leave it', 'Try again', 'Quit aivault']);
        assert.equal(control.when('app.quit'), -1, 'left as it is');
        system.dialogResponse = 2;
        await press(started, 'Take over from aivaultd');
        await started.until(() => control.when('app.quit') >= 0, 'quitting');
        system.dialogResponse = 1;
        await press(started, 'Take over from aivaultd');
        await started.until(() => asked() > 3, 'trying again');
        other.close();
        await started.until(() => !labels().includes('Take over from aivaultd'), 'taking over');
        assert.equal((await status(started)).pid, process.pid);
      },
      { folder: host.folder },
    );
  } finally {
    if (port === undefined) delete process.env.AIVAULT_PORT;
    else process.env.AIVAULT_PORT = port;
    other.close();
    await host.close();
  }
});

test('a take-over from a daemon that does not yield leaves the app its client', async () => {
  const host = await startTestHost();
  const daemon = (await findHost({ environment: { AIVAULT_DIR: host.folder } }))!;
  let waited = 0;
  const link = await linkHost({
    open: async () => {
      throw new AivaultError('host_busy', 'Another host owns this vault.');
    },
    // A daemon that agrees and goes on.
    find: async () => ({
      ...daemon,
      call: async (name, ...rest) =>
        name === 'host.shutdown' ? { ok: true, value: {} as never } : daemon.call(name, ...rest),
      close: async () => {},
    }),
    wait: async (ms) => {
      waited += ms;
    },
  });
  await assert.rejects(link.takeOver(), { code: 'host_busy' });
  assert.ok(waited >= 12_000 && waited < 13_000, `${waited} ms of patience`);
  assert.equal(link.hosting(), false);
  const status = await link.ask('vault.status', {});
  assert.ok(status.ok && status.value.pid === host.pid, 'still its client');
  await link.close();
  await daemon.close();
  await host.close();
});

test('settings reach the shell: appearance, launch at login, global shortcut', () =>
  withApp(async (started) => {
    await init(started);
    await started.ask('settings.set', { appearance: 'dark', launchAtLogin: true, globalShortcut: 'Control+Alt+V' });
    await started.until(() => electron.nativeTheme.themeSource === 'dark', 'appearance');
    const entry = join(started.folder, 'config', 'autostart', 'aivault.desktop');
    await started.until(() => existsSync(entry), 'the autostart entry');
    assert.match(readFileSync(entry, 'utf8'), /^\[Desktop Entry\]\n(.*\n)*Exec=".+" --hidden\n/);
    windows[0]?.emitter.emit('close', { preventDefault() {} });
    system.shortcuts.get('Control+Alt+V')?.();
    assert.equal(windows[0]?.visible, true);
    await started.ask('settings.set', { launchAtLogin: false, globalShortcut: null });
    await started.until(() => !existsSync(entry) && system.shortcuts.size === 0, 'taking it back');
  }));

test('settings of the shell hold from the start, though the vault is locked; nothing locks it again and again', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'aivault-life-'));
  const plain = globalThis.setInterval;
  const ticks: (() => void)[] = [];
  try {
    await withApp(
      async (started) => {
        await init(started);
        await started.ask('settings.set', { appearance: 'dark', globalShortcut: 'Control+Alt+V', idleLockMinutes: 1 });
      },
      { folder },
    );
    await withApp(
      async (started) => {
        globalThis.setInterval = plain;
        await started.until(() => electron.nativeTheme.themeSource === 'dark', 'appearance');
        assert.ok(system.shortcuts.has('Control+Alt+V'));
        assert.equal((await status(started)).state, 'locked');
        system.idleSeconds = 3600;
        for (const tick of ticks) tick();
        await started.ask('vault.unlock', { passphrase: 'four words are enough' });
        const locks = await started.ask('audit.list', { kind: 'vault.lock' });
        assert.equal(locks.ok && locks.value.entries.length, 1, 'the one at quitting');
      },
      {
        folder,
        before() {
          globalThis.setInterval = ((act: () => void, ...rest: [number]) => {
            ticks.push(act);
            return plain(act, ...rest);
          }) as typeof setInterval;
        },
      },
    );
  } finally {
    globalThis.setInterval = plain;
    rmSync(folder, { recursive: true, force: true });
  }
});

test("launch at login on macOS and Windows is the system's own switch", () =>
  withApp(async () => {
    const { setAutostart } = await import('../../main/desktop/autostart.ts');
    for (const [platform, on] of [
      ['darwin', true],
      ['win32', false],
    ] as const)
      setAutostart(on, { platform, configFolder: '/nowhere', program: '/nothing' });
    const told = control.log().filter(({ name }) => name === 'app.setLoginItemSettings');
    assert.deepEqual(
      told.map(({ words }) => words),
      [[{ openAtLogin: true, args: ['--hidden'] }], [{ openAtLogin: false, args: ['--hidden'] }]],
    );
  }));
