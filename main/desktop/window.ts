import { BrowserWindow, nativeTheme, type WebPreferences } from 'electron';
import { keepOutOfRecordings, pageOrigin } from './lockdown.ts';

// The two windows: the rooms, and the small one that only unlocks. Closing either leaves the app in the tray.

export interface Windows {
  /** Shows the main window, making it if need be. */
  show(): void;
  /** Shows the small unlock window in front of whatever the person does. */
  showUnlock(): void;
  closeUnlock(): void;
  /** Every window we made that still lives. */
  all(): readonly BrowserWindow[];
  /** From now on closing a window really closes it. */
  letGo(): void;
}

/** Colours of the page behind the first paint, so that opening a window never flashes. */
const paper = { light: '#f6f5f1', dark: '#121311' } as const;

export function createWindows(preferences: WebPreferences, icon: string): Windows {
  let main: BrowserWindow | null = null;
  let unlock: BrowserWindow | null = null;
  let leaving = false;

  const open = (path: string, width: number, height: number, resizable: boolean): BrowserWindow => {
    const window = new BrowserWindow({
      width,
      height,
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
    window.once('ready-to-show', () => window.show());
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
      main = open('', 1280, 800, true);
      main.on('close', (event) => {
        if (leaving) return;
        event.preventDefault();
        main?.hide();
      });
      main.on('closed', () => {
        main = null;
      });
    },
    showUnlock() {
      if (unlock !== null) return raise(unlock);
      unlock = open('#unlock', 340, 440, false);
      unlock.setAlwaysOnTop(true);
      unlock.on('closed', () => {
        unlock = null;
      });
    },
    closeUnlock() {
      unlock?.close();
    },
    all: () => [main, unlock].filter((window) => window !== null),
    letGo() {
      leaving = true;
    },
  };
}
