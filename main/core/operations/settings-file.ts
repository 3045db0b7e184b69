import { readFileSync } from 'node:fs';
import { mkdir, open, rename } from 'node:fs/promises';
import path from 'node:path';
import { type Settings, settings } from '#contract/schemas/host.ts';

export interface SettingsFile {
  /** The settings now; defaults for what was never set or cannot be read. Nothing secret is in it. */
  current(): Settings;
  /** Changes some and writes them, all or nothing. */
  change(part: { readonly [K in keyof Settings]?: Settings[K] | undefined }): Promise<Settings>;
}

/** In place of a proxy that cannot be read: nothing has such a name (RFC 6761 §6.4), so calls end and go around nothing. */
const unreadableProxy = 'http://unreadable.invalid:1';

/** Settings in the state folder, which the host reads before anybody has unlocked. `fallback` decides what was never set. */
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

/** What was chosen, setting by setting: one that cannot be read takes no other with it. */
function read(file: string): Partial<Settings> {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? {} : { upstreamProxy: unreadableProxy };
  }
  const found = parse(text);
  if (found === null) return { upstreamProxy: unreadableProxy };
  const chosen: Record<string, unknown> = {};
  for (const [name, schema] of Object.entries(settings.shape)) {
    if (!Object.hasOwn(found, name)) continue;
    const parsed = schema.safeParse(found[name]);
    if (parsed.success) chosen[name] = parsed.data;
    else if (name === 'upstreamProxy') chosen[name] = unreadableProxy;
  }
  return chosen as Partial<Settings>;
}

function parse(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}
