import { readFileSync } from 'node:fs';
import { mkdir, open, rename } from 'node:fs/promises';
import path from 'node:path';
import { type Settings, settings } from '#contract/schemas/host.ts';

export interface SettingsFile {
  /** The settings now; defaults where the file is missing or does not parse. Nothing secret is in it. */
  current(): Settings;
  /** Changes some and writes them, all or nothing. */
  change(part: { readonly [K in keyof Settings]?: Settings[K] | undefined }): Promise<Settings>;
}

/** Settings in the state folder, readable while the vault is locked. `fallback` decides what was never set. */
export function openSettingsFile(folder: string, fallback: () => Settings): SettingsFile {
  const file = path.join(folder, 'settings.json');
  let chosen = read(file);
  const current = (): Settings => ({ ...fallback(), ...chosen });
  let last: Promise<unknown> = Promise.resolve();
  const write = async (given: Partial<Settings>): Promise<Settings> => {
    const next = { ...chosen, ...given };
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const draft = await open(`${file}.new`, 'w', 0o600);
    try {
      await draft.writeFile(`${JSON.stringify(next, null, 2)}\n`);
      await draft.sync();
    } finally {
      await draft.close();
    }
    await rename(`${file}.new`, file);
    chosen = next;
    return current();
  };
  return {
    current,
    change(part) {
      const given = Object.fromEntries(Object.entries(part).filter(([, value]) => value !== undefined));
      // One after the other: two changes at once would start from the same settings and share one draft.
      const written = last.then(() => write(given));
      last = written.catch(() => undefined);
      return written;
    },
  };
}

function read(file: string): Partial<Settings> {
  try {
    const parsed = settings.partial().safeParse(JSON.parse(readFileSync(file, 'utf8')));
    return parsed.success ? (parsed.data as Partial<Settings>) : {};
  } catch {
    return {};
  }
}
