// Which window `npm start` opens: the desktop app where its runtime is here or arrives, else the browser console.

import { execFile, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { promisify } from 'node:util';

const connectPatienceMs = 3_000;
const downloadPatienceMs = 120_000;

/** Answers one line for the person: which window was opened, and why that one. `connect` is how the runtime's server is tried. */
export async function openDesktop(
  root: string,
  openConsole: () => { baseUrl: string; redirectFile: string },
  connect: (to: net.TcpNetConnectOpts) => net.Socket = net.connect,
): Promise<string> {
  const shell = path.join(root, 'dist/desktop/app.mjs');
  if (!existsSync(shell)) return consoleLine(openConsole, 'the desktop app is not built');
  const runtime = findRuntime(root) ?? (await fetchRuntime(root, connect));
  if (runtime === null)
    return consoleLine(openConsole, 'the desktop runtime is not installed and could not be fetched');
  if (process.platform === 'linux' && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY) {
    return consoleLine(openConsole, 'there is no display');
  }
  spawn(runtime, [root], { detached: true, stdio: 'ignore' }).unref();
  return 'the desktop app is opening';
}

function consoleLine(openConsole: () => { baseUrl: string; redirectFile: string }, why: string): string {
  try {
    return `in a browser, because ${why}: open file://${openConsole().redirectFile}`;
  } catch {
    return `none, because ${why}, and the console did not open`;
  }
}

/** The runtime's program, without loading its package (that would start a download of its own). */
export function findRuntime(root: string): string | null {
  const folder = process.env.ELECTRON_OVERRIDE_DIST_PATH ?? path.join(root, 'node_modules/electron/dist');
  const named = path.join(root, 'node_modules/electron/path.txt');
  const program = path.join(folder, existsSync(named) ? readFileSync(named, 'utf8').trim() : 'electron');
  return existsSync(program) ? program : null;
}

/** One attempt: its server has to answer within 3 s. */
async function fetchRuntime(root: string, connect: (to: net.TcpNetConnectOpts) => net.Socket): Promise<string | null> {
  const installer = path.join(root, 'node_modules/electron/install.js');
  if (!existsSync(installer) || !(await answers(connect({ host: 'github.com', port: 443 })))) return null;
  try {
    await promisify(execFile)(process.execPath, [installer], { timeout: downloadPatienceMs });
  } catch {
    return null;
  }
  return findRuntime(root);
}

function answers(socket: net.Socket): Promise<boolean> {
  return new Promise((resolve) => {
    const done = (answered: boolean) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(answered);
    };
    const timer = setTimeout(done, connectPatienceMs, false);
    socket.once('connect', () => done(true)).once('error', () => done(false));
  });
}
