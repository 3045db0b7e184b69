import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, beforeEach, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { CanarySweep } from '../canary.ts';

// What the program that opens the browser is started with. Its arguments stand in /proc, where every user of the machine
// reads them; its environment outlives the command in the browser.

const programs = process.env.AIVAULT_PROGRAMS ?? fileURLToPath(new URL('../../dist/bin', import.meta.url));
const clientSecret = 'CANARY-client-secret-9a1b7c3d5e';
const opener = process.platform === 'darwin' ? 'open' : 'xdg-open';

describe('opening the browser', () => {
  let folder = '';
  let opened = '';
  let env: NodeJS.ProcessEnv = {};

  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'aivault-opener-'));
    opened = path.join(folder, 'opened');
    const bin = path.join(folder, 'bin');
    mkdirSync(bin);
    const program = path.join(bin, opener);
    // Whole before it is there: the test waits for the file.
    writeFileSync(
      program,
      `#!/bin/sh\n{ printf '%s\\0' "$@"; echo; env; } > '${opened}.new' && mv '${opened}.new' '${opened}'\nsleep 0.3\n`,
    );
    chmodSync(program, 0o755);
    env = {
      PATH: `${bin}:${process.env.PATH}`,
      HOME: folder,
      DISPLAY: ':7',
      AIVAULT_DIR: path.join(folder, 'vault'),
      AIVAULT_TOKEN: 'avp_CANARY-not-for-the-browser',
    };
    writeFileSync(path.join(folder, 'client-secret'), clientSecret, { mode: 0o600 });
  });
  after(() => {
    spawnSync(path.join(programs, 'aivault'), ['shutdown'], { env });
    rmSync(folder, { recursive: true, force: true });
  });
  beforeEach(() => rmSync(opened, { force: true }));

  const start = (words: readonly string[], around = env) => {
    const child = spawn(path.join(programs, 'aivault'), words, { env: around, stdio: ['ignore', 'pipe', 'pipe'] });
    const said = { stdout: '', stderr: '' };
    child.stdout.on('data', (chunk) => (said.stdout += chunk));
    child.stderr.on('data', (chunk) => (said.stderr += chunk));
    return { child, said };
  };
  const ended = async (child: ChildProcess): Promise<number> =>
    child.exitCode ?? ((await once(child, 'close'))[0] as number);
  const until = async (what: () => boolean): Promise<void> => {
    for (let tries = 0; tries < 800 && !what(); tries += 1) await new Promise((next) => setTimeout(next, 25));
    assert.ok(what());
  };
  /** Its arguments and its environment. */
  async function seen(): Promise<{ words: string[]; environment: string }> {
    await until(() => existsSync(opened));
    const [words, ...rest] = readFileSync(opened, 'utf8').split('\n');
    return { words: words!.split('\0').slice(0, -1), environment: rest.join('\n') };
  }
  const connect = ['oauth', 'connect', 'google-gmail', '--client-id', 'app; touch $(echo x) &', '--client-secret-file'];

  test('oauth connect gives it the consent address, one word and nothing else; nothing secret is in it', async () => {
    const sweep = new CanarySweep([clientSecret]);
    const stop = sweep.watchProcesses();
    const { child, said } = start([...connect, path.join(folder, 'client-secret')]);
    const { words, environment } = await seen();
    child.kill('SIGINT');
    await ended(child);
    stop();
    assert.equal(words.length, 1);
    assert.ok(said.stderr.includes(words[0]!), 'the address that is printed as well');
    const address = new URL(words[0]!);
    assert.equal(address.origin, 'https://accounts.google.com');
    assert.deepEqual([...address.searchParams.keys()].sort(), [
      'access_type',
      'client_id',
      'code_challenge',
      'code_challenge_method',
      'prompt',
      'redirect_uri',
      'response_type',
      'scope',
      'state',
    ]);
    assert.equal(address.searchParams.get('code_challenge_method'), 'S256', 'the challenge, not the verifier');
    assert.equal(address.searchParams.get('client_id'), 'app; touch $(echo x) &');
    assert.doesNotMatch(environment, /^AIVAULT|CANARY/m);
    assert.match(environment, /^DISPLAY=:7$/m);
    assert.deepEqual(sweep.hits, []);
  });

  test('console gives it a file of this user; the one-time code is in the file and on no command line', async () => {
    const { child, said } = start(['console']);
    const { words, environment } = await seen();
    assert.equal(await ended(child), 0, said.stderr);
    assert.equal(words.length, 1);
    assert.match(words[0]!, /^file:\/\/\/.*\/console-[\w-]+\.html$/);
    const file = fileURLToPath(words[0]!);
    assert.equal(statSync(file).mode & 0o777, 0o600);
    assert.equal(statSync(path.dirname(file)).mode & 0o777, 0o700);
    const code = /#code=([\w-]{20,})"/.exec(readFileSync(file, 'utf8'))?.[1];
    assert.ok(code !== undefined, 'the way in');
    const sweep = new CanarySweep([code]);
    sweep.bytes('arguments', words.join());
    sweep.bytes('environment', environment);
    sweep.bytes('printed', said.stdout + said.stderr);
    assert.deepEqual(sweep.hits, []);
    assert.doesNotMatch(environment, /^AIVAULT|CANARY/m);
  });

  test('is left out with --no-open, and where there is no screen', async () => {
    const { DISPLAY: _, ...dark } = env;
    const ways = process.platform === 'linux' ? [['console', '--no-open'], ['console']] : [['console', '--no-open']];
    for (const words of ways) {
      const { child, said } = start(words, words.length === 1 ? dark : env);
      assert.equal(await ended(child), 0, said.stderr);
      await new Promise((next) => setTimeout(next, 200));
      assert.ok(!existsSync(opened), words.join(' '));
    }
  });

  test('that cannot be started is no error: the address is printed', async () => {
    const node = path.dirname(process.execPath);
    const { child, said } = start(['console'], { ...env, PATH: node });
    assert.equal(await ended(child), 0, said.stderr);
    assert.match(said.stdout, /^Open this file in a browser/m);
    assert.equal(said.stderr, '');
  });
});
