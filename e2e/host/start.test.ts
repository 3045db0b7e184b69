import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

// `npm start` in a checkout that was never built, on a machine without a vault and without a display; then what it
// printed is typed in.

const run = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));

describe('npm start', () => {
  let base: string;
  let checkout: string;
  let environment: Record<string, string>;
  let printed: readonly string[];

  before(async () => {
    base = fs.mkdtempSync(path.join(os.tmpdir(), 'aivault-start-'));
    checkout = path.join(base, 'checkout');
    const files = ['package.json', 'package-lock.json', '.npmrc'];
    for (const part of ['main', 'preload', 'renderer', 'registry', 'tools', 'assets', ...files]) {
      fs.cpSync(path.join(root, part), path.join(checkout, part), { recursive: true });
    }
    fs.symlinkSync(path.join(root, 'node_modules'), path.join(checkout, 'node_modules'));
    const runtime = path.join(base, 'runtime');
    fs.mkdirSync(runtime);
    // Where the desktop runtime stands nothing is fetched; without a display it is not started.
    fs.writeFileSync(path.join(runtime, 'electron'), '');
    environment = {
      PATH: process.env.PATH ?? '',
      HOME: path.join(base, 'home'),
      AIVAULT_PORT: String(await freePort()),
      ELECTRON_OVERRIDE_DIST_PATH: runtime,
      npm_config_update_notifier: 'false',
    };
    fs.mkdirSync(environment.HOME!);
    const { stdout } = await run('npm', ['start', '--silent'], { cwd: checkout, env: environment });
    printed = stdout.split('\n');
  });
  after(async () => {
    await typed('aivault shutdown').catch(() => {});
    fs.rmSync(base, { recursive: true, force: true });
  });

  /** The usual port may be somebody's on this machine. */
  async function freePort(): Promise<number> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    server.close();
    return port;
  }
  const lineWith = (start: string) => {
    const line = printed.find((each) => each.trimStart().startsWith(start));
    assert.ok(line !== undefined, `a line with ${start} in:\n${printed.join('\n')}`);
    return line.trim();
  };
  /** In a shell of its own, after the line that was printed for PATH. */
  const typed = async (command: string) =>
    (await run('bash', ['-c', `${lineWith('export PATH=')}\n${command}`], { cwd: base, env: environment })).stdout;

  test('says where the host listens, and it does', async () => {
    const baseUrl = lineWith('Endpoint').split(/\s+/)[1]!;
    assert.equal(baseUrl, `http://127.0.0.1:${environment.AIVAULT_PORT}`);
    assert.equal((await fetch(`${baseUrl}/aivault/health`)).status, 200);
  });

  test('says which window is open and why', async () => {
    const [, why, file] = /^Window +in a browser, because (.*): open file:\/\/(.*)$/.exec(lineWith('Window')) ?? [];
    assert.equal(why, 'there is no display');
    assert.equal(fs.statSync(file!).mode & 0o777, 0o600);
  });

  test('the line for PATH makes aivault a command, and what is to be typed next works', async () => {
    const status = JSON.parse(await typed('aivault status --json'));
    assert.equal(status.state, 'unlocked');
    assert.equal(status.paths.key, path.join(environment.HOME!, '.aivault', 'keys', 'kek.key'));
    const create = lineWith('aivault secrets create');
    assert.equal(create, 'aivault secrets create --name OPENAI_API_KEY --scope global');
    const created = await typed(`printf sk-proj-0123456789abcdefghijklmn | ${create} --value-stdin`);
    assert.match(
      created,
      /^Secret created: OPENAI_API_KEY \(pinned to provider: openai\)\nCredential auto-provisioned: openai \(17 capabilities enabled\)\n/,
    );
    assert.match(await typed(lineWith('aivault capability list')), /17 capabilities, 17 ready\.\n$/);
    assert.match(await typed(lineWith('aivault token mint')), /^avp_[A-Za-z0-9_-]{43}\n$/);
    const [, stop] = /^Stop the host with `(.*)`\.$/.exec(lineWith('Stop the host')) ?? [];
    assert.equal(await typed(stop!), 'Host stopped.\n');
  });
});
