import { Menu, type MenuItemConstructorOptions } from 'electron';

/** The application menu: what a person expects of a window and nothing that reloads, inspects or navigates it. */
export function applicationMenu(platform: NodeJS.Platform, acts: { lock(): void; openWindow(): void }): void {
  const own: MenuItemConstructorOptions[] = [
    { label: 'Open aivault', click: acts.openWindow },
    { label: 'Lock now', accelerator: 'CommandOrControl+L', click: acts.lock },
    { type: 'separator' },
    ...(platform === 'darwin'
      ? ([{ role: 'hide' }, { role: 'hideOthers' }, { role: 'unhide' }, { type: 'separator' }] as const)
      : []),
    { role: 'quit' },
  ];
  Menu.setApplicationMenu(
    Menu.buildFromTemplate([
      { label: 'aivault', submenu: own },
      { label: 'Edit', submenu: [{ role: 'cut' }, { role: 'copy' }, { role: 'paste' }, { role: 'selectAll' }] },
      {
        label: 'View',
        submenu: [{ role: 'resetZoom' }, { role: 'zoomIn' }, { role: 'zoomOut' }, { role: 'togglefullscreen' }],
      },
      { role: 'windowMenu' },
    ]),
  );
}
