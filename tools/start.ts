// `npm start`: builds, runs the host, and says where it listens and what to type next.

import { execFileSync, spawnSync } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildAll } from './build.ts';
import { openDesktop } from './open-desktop.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const program = path.join(root, 'dist', 'aivault.mjs');

interface Status {
  readonly state: string;
  readonly pid: number;
  readonly paths: { readonly vault: string; readonly key: string | null };
  readonly endpoint: { readonly baseUrl: string } | null;
}

/** Asks the CLI that was just built. Its own words go to the terminal when it refuses. */
function aivault(...args: string[]): string {
  return execFileSync(process.execPath, [program, ...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
}

async function start(): Promise<void> {
  await buildAll();
  // What runs afterwards is what was just built, also where an older host was running.
  if (
    spawnSync(process.execPath, [program, 'restart', '--json'], { stdio: ['ignore', 'ignore', 'inherit'] }).status !== 0
  ) {
    process.exitCode = 1;
    return;
  }
  const status = JSON.parse(aivault('status', '--json')) as Status;
  const lines = [
    '',
    `aivault is running (process ${status.pid}); the vault is ${status.state}.`,
    `  Vault      ${status.paths.vault}`,
    `  Endpoint   ${status.endpoint?.baseUrl ?? 'none'}`,
    `  Window     ${await openDesktop(root, () => JSON.parse(aivault('console', '--json')))}`,
    '',
    'Put `aivault` on your PATH:',
    `  export PATH="${path.join(root, 'dist', 'bin')}:$PATH"`,
    '',
    'Then store a first key, see what it opens, and call it:',
    '  aivault secrets create --name OPENAI_API_KEY --scope global',
    '  aivault capability list --ready',
    `  aivault invoke openai/chat-completions --body '{"model":"gpt-5.2","messages":[{"role":"user","content":"hello"}]}'`,
    '',
    'Give a tool a token instead of a key:',
    '  aivault token mint --capability openai/chat-completions --ttl 10m',
    '',
    'Stop the host with `aivault shutdown`.',
    '',
  ];
  process.stdout.write(lines.join('\n'));
}

await start();
