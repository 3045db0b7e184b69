import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { app } from 'electron';

// Launch at login: the system's own switch on macOS and Windows; an XDG autostart entry on Linux, where there is none.

export interface AutostartPlace {
  readonly platform: NodeJS.Platform;
  /** `$XDG_CONFIG_HOME`, else `~/.config`. */
  readonly configFolder: string;
  /** The program to start: the AppImage where there is one, else this executable. */
  readonly program: string;
}

/** Makes launching at login so. Idempotent; started this way the app shows no window, only its tray. */
export function setAutostart(on: boolean, place: AutostartPlace): void {
  if (place.platform !== 'linux') {
    app.setLoginItemSettings({ openAtLogin: on, args: ['--hidden'] });
    return;
  }
  const folder = join(place.configFolder, 'autostart');
  const file = join(folder, 'aivault.desktop');
  if (!on) {
    rmSync(file, { force: true });
    return;
  }
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, desktopEntry(place.program), { mode: 0o644 });
}

/** Desktop Entry Specification, "The Exec key": quoted, with the reserved characters escaped. */
function desktopEntry(program: string): string {
  const quoted = `"${program.replaceAll('\\', '\\\\\\\\').replaceAll(/["`$]/g, '\\\\$&').replaceAll('%', '%%')}"`;
  return `[Desktop Entry]\nType=Application\nName=aivault\nExec=${quoted} --hidden\nTerminal=false\nX-GNOME-Autostart-enabled=true\n`;
}
