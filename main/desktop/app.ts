// The desktop app: a table of contents. Each line below is a room of its own; what must happen before Electron is
// ready comes first, and nothing of the host or the windows exists until the lockdown stands.

import { randomBytes } from 'node:crypto';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { app, dialog, ipcMain, type Session, session, shell, type WebContents } from 'electron';
import { errorFromBody } from '#contract/errors.ts';
import type { Settings } from '#contract/schemas/host.ts';
import { harden } from '#host/harden.ts';
import { logLine } from '#host/log-line.ts';
import { openHost } from '#host/open-host.ts';
import { ownPaths } from '#host/paths.ts';
import { windowPages } from '#host/window-pages.ts';
import { findHost } from '#transports/find-host.ts';
import { announce, type IpcDoor, serveIpc } from '#transports/ipc.ts';
import { createApprovalWindow } from './approvals.ts';
import { setAutostart } from './autostart.ts';
import { confirmPresence } from './confirm-presence.ts';
import { type HostLink, linkHost } from './host-link.ts';
import {
  denyEveryPermission,
  guardEveryPage,
  lockedPreferences,
  pageOrigin,
  registerAppScheme,
  sandboxEveryRenderer,
  servePages,
} from './lockdown.ts';
import { lockByItself } from './locking.ts';
import { applicationMenu } from './menu.ts';
import { createOutside } from './outside.ts';
import { createPreferences } from './preferences.ts';
import { presenceQuestion } from './presence-text.ts';
import { createScreenLock, type ScreenLock } from './screen-lock.ts';
import { createShellState } from './shell-state.ts';
import { takeOver } from './take-over.ts';
import { createTray } from './tray.ts';
import { createWindows } from './window.ts';

const fromSource = new URL(import.meta.url).pathname.endsWith('.ts');
const beside = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const preload = beside(fromSource ? '../../dist/desktop/preload.cjs' : './preload.cjs');
const icons = beside('../../assets/icons');

harden(logLine);
registerAppScheme();
sandboxEveryRenderer();
if (app.requestSingleInstanceLock()) void start().catch(sayWhyNot);
else app.quit();

async function start(): Promise<void> {
  await app.whenReady();
  const ours: Session = session.defaultSession;
  denyEveryPermission(ours);
  servePages(ours, windowPages());

  const screenLock = createScreenLock(process.platform, process.pid);
  const link = await openLink(screenLock.findings);
  const openOutside = createOutside(
    () => link.ask('providers.list', {}),
    (url) => shell.openExternal(url),
  );
  guardEveryPage((url) => void openOutside(url));

  const windows = createWindows(lockedPreferences(preload, fromSource), join(icons, 'icon-256.png'));
  const waitingRequests = async () => {
    const list = await link.ask('approvals.list', {});
    if (!list.ok) throw errorFromBody(list.error);
    return list.value.waiting;
  };
  serveIpc(ipcMain as unknown as IpcDoor, {
    origin: pageOrigin,
    isOurs: (sender) => windows.all().some((window) => window.webContents === sender),
    ask: (name, input, presence) => link.ask(name, input as never, presence),
    confirm: async (name, input, sender) =>
      confirmPresence(await presenceQuestion(name, input, waitingRequests), sender as WebContents),
  });

  const lock = () => void link.ask('vault.lock', {});
  const acts = {
    lock,
    unlock: windows.showUnlock,
    answer: () => windows.showApprovals(false),
    openWindow: windows.show,
    setPaused: (paused: boolean) => void link.ask('endpoint.setPaused', { paused }),
    takeOver: () => void takeOver(link, () => app.quit()),
    quit: () => app.quit(),
  };
  applicationMenu(process.platform, acts);
  const tray = createTray(
    (state) => join(icons, process.platform === 'darwin' ? `tray-${state}Template.png` : `tray-${state}.png`),
    acts,
  );
  const applyPreferences = createPreferences({ openWindow: windows.show, setAutostart: autostart });
  const approvalWindow = createApprovalWindow(windows);
  let settings: Settings | null = null;
  const state = createShellState(link, {
    onFacts(facts) {
      tray?.show(facts);
      if (facts.status !== null) applyPreferences(facts.status.window);
      if (facts.status?.state === 'unlocked') windows.closeUnlock();
    },
    onWaiting: (requests) => approvalWindow.waiting(requests.map(({ approvalId }) => approvalId)),
    onSettings(changed) {
      settings = changed;
    },
  });
  link.onEvent((event) => {
    announce(
      windows.all().map(({ webContents }) => webContents),
      event,
    );
    state.changed(event.event);
  });
  const stopLocking = lockByItself({
    lock,
    idleMinutes: () => settings?.idleLockMinutes ?? null,
    watchSession: screenLock.watch,
  });

  app.on('second-instance', windows.show);
  app.on('activate', windows.show);
  // The app lives on in the tray; only Quit ends it.
  app.on('window-all-closed', () => undefined);
  leaveCleanly(link, () => {
    windows.letGo();
    stopLocking();
  });
  if (tray === null || !process.argv.includes('--hidden')) windows.show();
  await state.refresh();
}

function openLink(findings: ScreenLock['findings']): Promise<HostLink> {
  return linkHost({
    open: () =>
      openHost({
        paths: ownPaths(),
        now: Date.now,
        randomBytes: (length) => new Uint8Array(randomBytes(length)),
        serve: true,
        desktop: true,
        findings,
        log: logLine,
      }),
    find: () => findHost(),
    wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  });
}

/** Quitting waits until running calls have ended and the lock is free; the second round of quitting goes through. */
function leaveCleanly(link: HostLink, before: () => void): void {
  let left = false;
  app.on('before-quit', before);
  app.on('will-quit', (event) => {
    if (left) return;
    event.preventDefault();
    void link.close().finally(() => {
      left = true;
      app.quit();
    });
  });
}

function autostart(on: boolean): void {
  const configFolder = process.env.XDG_CONFIG_HOME ?? join(homedir(), '.config');
  setAutostart(on, { platform: process.platform, configFolder, program: process.env.APPIMAGE ?? process.execPath });
}

/** The sentence of the error, never its cause. */
function sayWhyNot(error: unknown): void {
  dialog.showErrorBox('aivault cannot start', error instanceof Error ? error.message : 'Something went wrong.');
  app.quit();
}
