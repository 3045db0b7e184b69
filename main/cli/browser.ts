import { spawn } from 'node:child_process';
import type { Environment } from '#contract/environment.ts';

const openers: Readonly<Record<string, readonly [string, ...string[]]>> = {
  darwin: ['open'],
  win32: ['rundll32', 'url.dll,FileProtocolHandler'],
};

/**
 * Opens an https or file address in the person's browser. False where there is no screen to open it on. The address
 * stands on a command line that every user of the machine can read: nothing secret may be in it.
 */
export function openInBrowser(address: string, environment: Environment): boolean {
  if (!/^(?:https|file):\/\//.test(address)) return false;
  const screen = environment.DISPLAY ?? environment.WAYLAND_DISPLAY ?? '';
  if (process.platform === 'linux' && screen === '') return false;
  const [program, ...words] = openers[process.platform] ?? ['xdg-open'];
  // A browser lives on for days, and our variables hold tokens, even the vault key.
  const env = Object.fromEntries(Object.entries(environment).filter(([name]) => !name.startsWith('AIVAULT')));
  const child = spawn(program, [...words, address], { stdio: 'ignore', detached: true, env });
  child.once('error', () => {});
  child.unref();
  return true;
}
