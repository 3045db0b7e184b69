import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { CanarySweep } from '../canary.ts';
import { compare, type Outcome, type Script, type Step } from './script.ts';
import { type ControlledUpstream, startControlledUpstream } from './upstream-control.ts';

// Runs a script the way a person would: a shell, the built programs on PATH, a vault folder of its own.

const root = fileURLToPath(new URL('../..', import.meta.url));
const stepMs = 60_000;
/** The programs under test: this checkout's, or those of another build or an installed package. */
const programs = process.env.AIVAULT_PROGRAMS ?? `${root}dist/bin`;

interface Place {
  readonly folder: string;
  readonly vault: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly canary: string;
}

/** The tools beside aivault, each as a little program on PATH. */
function writeTools(bin: string): void {
  for (const tool of ['get', 'upstream', 'at-terminal', 'sql']) {
    const file = path.join(bin, tool);
    writeFileSync(file, `#!/bin/sh\nexec '${process.execPath}' '${root}e2e/cli/tools/${tool}.ts' "$@"\n`);
    chmodSync(file, 0o755);
  }
}

function prepare(script: Script, upstream: ControlledUpstream | null): Place {
  const folder = mkdtempSync(path.join(tmpdir(), 'aivault-script-'));
  const [vault, work, home, bin] = ['vault', 'work', 'home', 'bin'].map((name) => path.join(folder, name)) as [
    string,
    string,
    string,
    string,
  ];
  for (const place of [work, home, bin]) mkdirSync(place);
  writeTools(bin);
  const canary = `sk-canary-${randomBytes(20).toString('hex')}`;
  const contained = script.directives.get('vault') !== 'home';
  const environment: Record<string, string> = {
    PATH: `${programs}:${bin}:${process.env.PATH ?? ''}`,
    HOME: home,
    LANG: 'C.UTF-8',
    CANARY: canary,
    STATE: path.join(folder, 'state'),
    ...(contained ? { AIVAULT_DIR: vault } : {}),
  };
  if (upstream !== null) {
    const names = script.directives.get('upstream')!.split(/\s+/);
    environment.UPSTREAM_CONTROL = upstream.control;
    environment.AIVAULT_DEV_RESOLVE = upstream.upstream.resolve(...names);
    environment.AIVAULT_DEV_CA_CERT_PATH = upstream.upstream.authority.certPath;
  }
  writeFileSync(environment.STATE!, '');
  return { folder, vault: contained ? vault : path.join(home, '.aivault'), environment, canary };
}

/** One step in a shell of its own; variables and functions it sets are there in the next. */
function runStep(step: Step, place: Place): Promise<Outcome> {
  const text = `set -a; . "$STATE"; ${step.command}\nrc=$?; { export -p | grep -v ' rc='; declare -f; } > "$STATE"; exit $rc`;
  const child = spawn('bash', ['-c', text], {
    cwd: path.join(place.folder, 'work'),
    env: place.environment,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const timer = setTimeout(() => child.kill('SIGKILL'), stepMs);
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (chunk) => (stdout += chunk));
  child.stderr.setEncoding('utf8').on('data', (chunk) => (stderr += chunk));
  return new Promise((resolve) => {
    child.once('close', (code) => {
      clearTimeout(timer);
      resolve({ stdout, stderr, exit: code ?? -1 });
    });
  });
}

/** Ends the host the script started, if it still runs, and waits until it is gone. */
async function endHost(place: Place): Promise<void> {
  const discovery = path.join(place.vault, 'run', 'host.json');
  if (!existsSync(discovery)) return;
  const { pid } = JSON.parse(readFileSync(discovery, 'utf8')) as { pid: number };
  try {
    process.kill(pid, 'SIGTERM');
    for (let tries = 0; tries < 500; tries++) {
      process.kill(pid, 0);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    process.kill(pid, 'SIGKILL');
  } catch {
    // It is gone.
  }
}

/** Where the script's secret can be found that it should not be: on its screens and in the vault's folder. */
function leaks(place: Place, printed: readonly string[]): readonly string[] {
  const sweep = new CanarySweep([place.canary]);
  sweep.bytes('what was printed', printed.join('\n'));
  if (existsSync(place.vault)) sweep.folder('vault folder', place.vault);
  return sweep.hits.map(({ where, form }) => `The secret was found: ${form} in ${where}`);
}

/** The first step that went wrong explains most of the others. */
function shortened(differences: readonly string[]): string {
  const more = differences.length - 5;
  return [...differences.slice(0, 5), ...(more > 0 ? [`and ${more} more`] : [])].join('\n');
}

/** Runs the whole script. Throws with every step that differs, and where the canary was left behind. */
export async function runScript(script: Script): Promise<void> {
  const names = script.directives.get('upstream');
  const upstream = names === undefined ? null : await startControlledUpstream(names.split(/\s+/));
  const place = prepare(script, upstream);
  const printed: string[] = [];
  const differences: string[] = [];
  try {
    for (const step of script.steps) {
      const outcome = await runStep(step, place);
      printed.push(outcome.stdout, outcome.stderr);
      const difference = compare(step, outcome);
      if (difference !== null) differences.push(difference);
    }
    await endHost(place);
    differences.push(...leaks(place, printed));
    if (differences.length > 0) throw new Error(shortened(differences));
  } finally {
    await endHost(place);
    await upstream?.close();
    rmSync(place.folder, { recursive: true, force: true });
  }
}
