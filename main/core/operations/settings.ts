import { z } from 'zod';
import { type Settings, settings } from '#contract/schemas/host.ts';
import type { ReadTable, TableSpec, Tx } from '../vault/sealed.ts';
import { keptInFile, type SettingsFile } from './settings-file.ts';

// What counts only while the vault is open lies in it, sealed and proven like everything else there; what the host and its
// window need before anybody has unlocked lies in a file, where any program of this user could change it.

const sealedSettings = settings.omit(keptInFile);
type SealedSettings = z.output<typeof sealedSettings>;
type Name = keyof SealedSettings;

/** In place of a setting whose row does not open or may have been taken away: what gives the least. */
const closed: SealedSettings = {
  idleLockMinutes: 1,
  pathRequestsPerMinute: 1,
  // Nothing has such a name (RFC 6761 §6.4), so calls end and go around nothing.
  upstreamProxy: 'http://damaged.invalid:1',
  // Nothing is retired by a setting that cannot be proven.
  auditKeepDays: null,
};
const names = Object.keys(closed) as Name[];

/** One row for each setting that was ever chosen, named like it. */
const settingTable: TableSpec<{ readonly value: SealedSettings[Name] }> = {
  name: 'settings',
  parse: (value) => z.strictObject({ value: z.union([z.string(), z.number(), z.null()]) }).parse(value),
};

export interface SettingsStore {
  /** The settings now; defaults for what was never chosen, and for what is sealed while the vault is not open. */
  current(): Settings;
  /** Changes some. Only while the vault is open. */
  change(part: { readonly [K in keyof Settings]?: Settings[K] | undefined }): Promise<Settings>;
  /** Call when the vault opened or closed, or its rows may have changed. */
  stale(): void;
}

export interface SettingsDeps {
  readonly file: SettingsFile;
  /** The vault's table of a name; null while it is not open. */
  readonly table: <T>(spec: TableSpec<T>) => ReadTable<T> | null;
  readonly change: (body: (tx: Tx) => void) => Promise<void>;
  /** Decides what was never chosen. */
  readonly fallback: () => Settings;
}

/** All settings, wherever each is kept. */
export function createSettings({ file, table, change, fallback }: SettingsDeps): SettingsStore {
  let known: Settings | null = null;
  const current = (): Settings => {
    known ??= { ...fallback(), ...file.current(), ...readSealed(table(settingTable)) };
    return known;
  };
  return {
    current,
    async change(part) {
      const given = Object.fromEntries(Object.entries(part).filter(([, value]) => value !== undefined));
      const sealed = names.filter((name) => Object.hasOwn(given, name));
      if (sealed.length > 0) {
        await change((tx) => {
          for (const name of sealed) tx.put(settingTable, name, { value: given[name] as SealedSettings[Name] });
        });
      }
      const kept = Object.entries(given).filter(([name]) => !(names as string[]).includes(name));
      if (kept.length > 0) await file.change(Object.fromEntries(kept));
      known = null;
      return current();
    },
    stale() {
      known = null;
    },
  };
}

function readSealed(table: ReadTable<{ readonly value: unknown }> | null): Partial<SealedSettings> {
  const chosen: Record<string, unknown> = {};
  for (const name of table === null ? [] : names) {
    const state = table?.state(name);
    if (state === 'absent') continue;
    const parsed = state === 'present' ? sealedSettings.shape[name].safeParse(table?.get(name)?.value) : null;
    chosen[name] = parsed?.success === true ? parsed.data : closed[name];
  }
  return chosen as Partial<SealedSettings>;
}
