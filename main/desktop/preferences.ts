import { globalShortcut, nativeTheme } from 'electron';
import type { VaultStatus } from '#contract/schemas/vault.ts';

export interface PreferenceActs {
  openWindow(): void;
  setAutostart(on: boolean): void;
}

/** The settings that concern the shell. */
type Preferences = VaultStatus['window'];

/** Makes the settings so; only what changed is touched. */
export function createPreferences(acts: PreferenceActs): (settings: Preferences) => void {
  let before: Preferences | null = null;
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
