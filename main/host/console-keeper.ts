import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type Console, type ConsoleDeps, openConsole } from '#transports/console.ts';

const redirectLifetimeMs = 2 * 60_000;

/** Opens the browser console when it is asked for, once; asking again gives another browser window a way in. */
export interface ConsoleKeeper {
  open(): Promise<{ baseUrl: string; redirectFile: string }>;
  close(): Promise<void>;
}

/** `folder` is private to this user: the redirect files carry one-time codes, which are never on a command line. */
export function createConsoleKeeper(folder: string, deps: ConsoleDeps): ConsoleKeeper {
  let running: Promise<Console> | null = null;
  const files = new Set<string>();
  const remove = (file: string) => {
    rmSync(file, { force: true });
    files.delete(file);
  };
  const start = async (): Promise<Console> => {
    const opened = await openConsole(deps);
    void opened.ended.then(() => {
      running = null;
    });
    return opened;
  };
  return {
    async open() {
      running ??= start();
      const { baseUrl, mintCode } = await running;
      const redirectFile = path.join(folder, `console-${deps.randomToken().slice(0, 12)}.html`);
      writeFileSync(redirectFile, redirectPage(`${baseUrl}/#code=${mintCode()}`), { mode: 0o600, flag: 'wx' });
      files.add(redirectFile);
      setTimeout(remove, redirectLifetimeMs, redirectFile).unref();
      return { baseUrl, redirectFile };
    },
    async close() {
      for (const file of files) remove(file);
      await (await running)?.close();
    },
  };
}

function redirectPage(url: string): string {
  return `<!doctype html><meta charset="utf-8"><meta name="referrer" content="no-referrer"><title>aivault</title><meta http-equiv="refresh" content="0;url=${url}">\n`;
}
