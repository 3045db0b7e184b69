import './use-double.ts';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Input, Output } from '#contract/call.ts';
import type { Result } from '#contract/errors.ts';
import type { OperationName } from '#contract/operations.ts';
import type * as Double from './electron-double.ts';

// Starts main/desktop/app.ts, unmodified, against the double, with a vault folder of its own. It hosts a real vault.

export const electron = (await import('electron')) as unknown as typeof Double;

export interface StartedApp {
  readonly folder: string;
  /** The main frame of our own page in the newest window. */
  readonly frame: { origin: string; parent: null };
  /** Asks through the IPC handler, as our own page would. */
  ask<N extends OperationName>(name: N, input: Input<N>, proof?: unknown): Promise<Result<Output<N>>>;
  /** Resolves once `test` is true; throws after five seconds. */
  until(test: () => boolean, what: string): Promise<void>;
  quit(): Promise<void>;
}

export interface StartOptions {
  readonly folder?: string;
  readonly before?: () => void;
  readonly arguments?: readonly string[];
  /** The module that is the app: its source, or what ships in dist/. */
  readonly entry?: URL;
  /** False where the app is expected not to come up. */
  readonly expectWindow?: boolean;
}

let starts = 0;

export async function startApp(options: StartOptions = {}): Promise<StartedApp> {
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'aivault-desktop-'));
  const environment = { AIVAULT_DIR: folder, XDG_CONFIG_HOME: join(folder, 'config') };
  const saved = Object.fromEntries(Object.keys(environment).map((name) => [name, process.env[name]]));
  const argv = [...process.argv];
  Object.assign(process.env, environment);
  process.argv.push(...(options.arguments ?? []));
  const { control, windows, system, app } = electron;
  control.reset();
  options.before?.();
  starts += 1;
  const entry = options.entry ?? new URL('../../main/desktop/app.ts', import.meta.url);
  await import(`${entry.href}?start=${starts}`);
  await control.goReady();
  const until = async (test: () => boolean, what: string): Promise<void> => {
    for (const deadline = Date.now() + 5_000; !test(); ) {
      if (Date.now() > deadline)
        throw new Error(`${what} did not happen; recorded: ${JSON.stringify(control.log().slice(-5))}`);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  };
  const frame = { origin: 'app://bundle', parent: null };
  const up = () => windows.length > 0 || (system.tray?.menu.length ?? 0) > 0;
  if (options.expectWindow !== false) await until(up, 'a window or a tray');
  return {
    folder,
    frame,
    until,
    ask: (name, input, proof) =>
      control.invoke('aivault:ask', frame, windows.at(-1)?.contents ?? {}, name, input, proof) as Promise<
        Result<never>
      >,
    async quit() {
      app.emit('before-quit', { preventDefault() {} });
      const quits = () => control.log().filter(({ name }) => name === 'app.quit').length;
      const before = quits();
      let waited = false;
      app.emit('will-quit', { preventDefault: () => (waited = true) });
      if (waited) await until(() => quits() > before, 'quitting');
      process.argv.splice(0, process.argv.length, ...argv);
      for (const [name, value] of Object.entries(saved)) {
        if (value === undefined) delete process.env[name];
        else process.env[name] = value;
      }
      if (options.folder === undefined) rmSync(folder, { recursive: true, force: true });
    },
  };
}
