import { Menu, nativeImage, Tray } from 'electron';
import { type TrayActs, type TrayFacts, trayMenu, trayState, trayTooltip } from './tray-menu.ts';

export interface TrayIcon {
  show(facts: TrayFacts): void;
}

/** Puts the icon up. Null where the desktop has no tray: the launcher and a second start open the window instead. */
export function createTray(iconOf: (state: string) => string, acts: TrayActs): TrayIcon | null {
  let tray: Tray;
  try {
    tray = new Tray(nativeImage.createFromPath(iconOf('locked')));
  } catch {
    return null;
  }
  tray.on('click', acts.openWindow);
  return {
    show(facts) {
      tray.setImage(nativeImage.createFromPath(iconOf(trayState(facts))));
      tray.setToolTip(trayTooltip(facts));
      // Linux takes over changes only with a new menu.
      tray.setContextMenu(Menu.buildFromTemplate(trayMenu(facts, acts)));
    },
  };
}
