import { readFileSync } from 'node:fs';
import { mkdir, open, rename } from 'node:fs/promises';
import path from 'node:path';
import type { z } from 'zod';
import { settings } from '#contract/schemas/host.ts';

/** Which settings lie in the file; all others lie in the vault (settings.ts). */
export const keptInFile = { endpointPort: true, launchAtLogin: true, appearance: true, globalShortcut: true } as const;
const inFile = settings.pick(keptInFile);
type FileSettings = Partial<z.output<typeof inFile>>;

export interface SettingsFile {
  /** What was chosen; nothing for what was never set or cannot be read. */
  current(): FileSettings;
  /** Changes some and writes them, all or nothing. */
  change(part: FileSettings): Promise<void>;
}

/** The settings that the host reads before anybody has unlocked, in the state folder. */
export function openSettingsFile(folder: string): SettingsFile {
  const file = path.join(folder, 'settings.json');
  let chosen = read(file);
  let last: Promise<unknown> = Promise.resolve();
  const write = async (given: FileSettings): Promise<void> => {
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
  };
  return {
    current: () => chosen,
    change(part) {
      // One after the other: two changes at once would start from the same settings and share one draft.
      const written = last.then(() => write(part));
      last = written.catch(() => undefined);
      return written;
    },
  };
}

/** What was chosen, setting by setting: one that cannot be read takes no other with it, and none of another kind counts. */
function read(file: string): FileSettings {
  const found = parse(file);
  const chosen: Record<string, unknown> = {};
  for (const [name, schema] of Object.entries(inFile.shape)) {
    const parsed = schema.safeParse(found[name]);
    if (Object.hasOwn(found, name) && parsed.success) chosen[name] = parsed.data;
  }
  return chosen as FileSettings;
}

function parse(file: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(readFileSync(file, 'utf8'));
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
