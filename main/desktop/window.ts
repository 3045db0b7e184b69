import { BrowserWindow, nativeTheme, screen, type WebPreferences } from 'electron';
import { keepOutOfRecordings, pageOrigin } from './lockdown.ts';

// The three windows: the rooms, and two small ones, to unlock and to answer requests that wait. Closing any leaves the app
// in the tray.

export interface Windows {
  /** Shows the main window, making it if need be. */
  show(): void;
  /** Shows the small unlock window in front of whatever the person does. */
  showUnlock(): void;
  closeUnlock(): void;
  /** Shows the small window with the requests that wait, above all others; `quietly` without taking the keys. */
  showApprovals(quietly: boolean): void;
  closeApprovals(): void;
  /** Whether the main window is what the person works with. */
  inFront(): boolean;
  /** Called when the main window comes to the front. */
  onFront(listener: () => void): void;
  /** Every window we made that still lives. */
  all(): readonly BrowserWindow[];
  /** From now on closing a window really closes it. */
  letGo(): void;
}

/** Colours of the page behind the first paint, so that opening a window never flashes. */
const paper = { light: '#f6f5f1', dark: '#121311' } as const;

interface Shape {
  readonly path: string;
  readonly width: number;
  readonly height: number;
  readonly resizable: boolean;
  /** At the upper right end of the screen the person works on. */
  readonly aside?: boolean;
  /** Shown without taking the keys. */
  readonly quietly?: boolean;
}

const margin = 16;

function asidePosition(width: number): { x: number; y: number } {
  const { workArea } = screen.getDisplayNearestPoint(screen.getCursorScreenPoint());
  return { x: workArea.x + workArea.width - width - margin, y: workArea.y + margin };
}

export function createWindows(preferences: WebPreferences, icon: string): Windows {
  let main: BrowserWindow | null = null;
  let unlock: BrowserWindow | null = null;
  let approvals: BrowserWindow | null = null;
  const frontListeners = new Set<() => void>();
  let leaving = false;

  const open = ({ path, width, height, resizable, aside = false, quietly = false }: Shape): BrowserWindow => {
    const window = new BrowserWindow({
      width,
      height,
      ...(aside ? asidePosition(width) : {}),
      minWidth: Math.min(width, 480),
      minHeight: Math.min(height, 360),
      resizable,
      show: false,
      title: 'aivault',
      icon,
      autoHideMenuBar: true,
      backgroundColor: nativeTheme.shouldUseDarkColors ? paper.dark : paper.light,
      webPreferences: preferences,
    });
    keepOutOfRecordings(window);
    window.once('ready-to-show', () => (quietly ? window.showInactive() : window.show()));
    void window.loadURL(`${pageOrigin}/${path}`);
    return window;
  };

  const raise = (window: BrowserWindow): void => {
    if (window.isMinimized()) window.restore();
    window.show();
    window.focus();
  };

  return {
    show() {
      if (main !== null) return raise(main);
      main = open({ path: '', width: 1280, height: 800, resizable: true });
      main.on('close', (event) => {
        if (leaving) return;
        event.preventDefault();
        main?.hide();
      });
      main.on('closed', () => {
        main = null;
      });
      main.on('focus', () => {
        for (const listener of frontListeners) listener();
      });
    },
    showUnlock() {
      if (unlock !== null) return raise(unlock);
      unlock = open({ path: '#unlock', width: 340, height: 440, resizable: false });
      unlock.setAlwaysOnTop(true);
      unlock.on('closed', () => {
        unlock = null;
      });
    },
    closeUnlock() {
      unlock?.close();
    },
    showApprovals(quietly) {
      if (approvals !== null) {
        if (!quietly) raise(approvals);
        return;
      }
      approvals = open({ path: '#approvals', width: 480, height: 480, resizable: true, aside: true, quietly });
      approvals.setAlwaysOnTop(true);
      approvals.on('closed', () => {
        approvals = null;
      });
    },
    closeApprovals() {
      approvals?.close();
    },
    inFront: () => main?.isFocused() === true && main.isVisible(),
    onFront: (listener) => void frontListeners.add(listener),
    all: () => [main, unlock, approvals].filter((window) => window !== null),
    letGo() {
      leaving = true;
    },
  };
}
