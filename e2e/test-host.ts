import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Input, Output, Presence } from '#contract/call.ts';
import { errorFromBody } from '#contract/errors.ts';
import type { OperationName } from '#contract/operations.ts';
import { findHost, type HostClient } from '#transports/find-host.ts';

// A real host for a test: aivaultd as a process of its own, with a vault folder of its own, asked over its own socket.

export interface TestHost {
  /** AIVAULT_DIR. */
  readonly folder: string;
  readonly baseUrl: string;
  readonly pid: number;
  readonly client: HostClient;
  /** Everything the process printed so far. */
  output(): string;
  /** Asks an operation; a refusal is thrown as AivaultError. */
  call<N extends OperationName>(name: N, input: Input<N>, presence?: Presence): Promise<Output<N>>;
  /** SIGKILL, and waits for the end. The folder stays. */
  kill9(): Promise<void>;
  /** Asks the process to end and waits; removes the folder unless told to keep it. */
  close(options?: { keep?: boolean }): Promise<void>;
}

export interface TestHostOptions {
  /** A folder that is already a vault's, for a host that starts again. */
  readonly folder?: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** Milliseconds until a host that does not serve is given up. */
  readonly patienceMs?: number;
  readonly arguments?: readonly string[];
  /** The program to run: by default aivaultd from source. Measurements run the built one. */
  readonly program?: string;
}

const source = new URL('../main/daemon/aivaultd.ts', import.meta.url).pathname;
/** What `npm run build` wrote. */
export const builtHost = new URL('../dist/aivaultd.mjs', import.meta.url).pathname;

/** Starts aivaultd from source and waits until it serves. Throws with what it printed where it does not. */
export async function startTestHost(options: TestHostOptions = {}): Promise<TestHost> {
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'aivault-test-'));
  const environment = { PATH: process.env.PATH ?? '', HOME: folder, AIVAULT_DIR: folder, ...options.environment };
  const child = spawn(process.execPath, [options.program ?? source, ...(options.arguments ?? [])], {
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (printed += String(chunk)));
  const client = await untilServing(child, environment, () => printed, options.patienceMs ?? 20_000);
  const baseUrl = await publishedBy(child.pid!, join(folder, 'run', 'host.json'));

  const ended = async (signal: NodeJS.Signals): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exit = once(child, 'exit');
    child.kill(signal);
    await exit;
  };
  return {
    folder,
    baseUrl,
    pid: child.pid!,
    client,
    output: () => printed,
    async call(name, input, presence) {
      const result = await client.call(name, input, presence === undefined ? {} : { presence });
      if (!result.ok) throw errorFromBody(result.error);
      return result.value;
    },
    kill9: () => ended('SIGKILL'),
    async close({ keep = false } = {}) {
      await client.close();
      await ended('SIGTERM');
      if (!keep) rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The endpoint's address, once this process has written it: a killed host leaves its file behind. */
async function publishedBy(pid: number, file: string): Promise<string> {
  for (let tries = 0; tries < 500; tries += 1) {
    try {
      const discovery = JSON.parse(readFileSync(file, 'utf8')) as { baseUrl: string; pid: number };
      if (discovery.pid === pid) return discovery.baseUrl;
    } catch {
      // Not there yet.
    }
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error('aivaultd did not say where it listens');
}

async function untilServing(
  child: ChildProcess,
  environment: Readonly<Record<string, string>>,
  printed: () => string,
  patienceMs: number,
): Promise<HostClient> {
  const deadline = Date.now() + patienceMs;
  while (Date.now() < deadline) {
    if (child.exitCode !== null) break;
    const client = await findHost({ environment }).catch(() => null);
    if (client !== null) return client;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  child.kill('SIGKILL');
  throw new Error(`aivaultd did not serve:\n${printed()}`);
}
