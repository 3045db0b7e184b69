import { globalShortcut, nativeTheme } from 'electron';
import type { Settings } from '#contract/schemas/host.ts';

export interface PreferenceActs {
  openWindow(): void;
  setAutostart(on: boolean): void;
}

/** Makes the settings so, as far as they concern the shell; only what changed is touched. */
export function createPreferences(acts: PreferenceActs): (settings: Settings) => void {
  let before: Settings | null = null;
  return (settings) => {
    if (settings.appearance !== before?.appearance) nativeTheme.themeSource = settings.appearance;
    if (settings.launchAtLogin !== (before?.launchAtLogin ?? false)) acts.setAutostart(settings.launchAtLogin);
    if (settings.globalShortcut !== (before?.globalShortcut ?? null)) {
      if (before?.globalShortcut != null) globalShortcut.unregister(before.globalShortcut);
      if (settings.globalShortcut !== null) registerShortcut(settings.globalShortcut, acts.openWindow);
    }
    before = settings;
  };
}

/** A shortcut that is taken or misspelt is left alone: the setting stays, the window still opens from everywhere else. */
function registerShortcut(keys: string, act: () => void): void {
  try {
    globalShortcut.register(keys, act);
  } catch {
    // Electron throws for an accelerator it cannot read.
  }
}
