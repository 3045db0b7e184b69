import assert from 'node:assert/strict';
import { type ChildProcess, execFile, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { launchdPlan, systemdPlan } from '../../main/cli/setup-services.ts';
import { missing } from '../needs.ts';

// setup systemd and setup launchd, done and not only shown: the files they leave, read by systemd itself and by another
// reader of property lists, and a host started by exactly the words that stand in them.

const programs = process.env.AIVAULT_PROGRAMS ?? fileURLToPath(new URL('../../dist/bin', import.meta.url));
const aivault = path.join(programs, 'aivault');

/** The real systemctl in a mount namespace: it links and unlinks, and starts nothing on this machine. */
function noNamespace(): string | false {
  const absent = missing('systemd');
  if (absent !== false) return absent;
  if (spawnSync('unshare', ['--mount', 'true']).status === 0) return false;
  if (process.env.REQUIRE_ALL === '1') throw new Error('A part is missing: needs root, for a mount namespace');
  return 'needs root, for a mount namespace';
}

interface Done {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}
const modeOf = (file: string) => (statSync(file).mode & 0o7777).toString(8);

describe('hosts that start by themselves', () => {
  let home: string;
  const started: ChildProcess[] = [];
  beforeEach(() => {
    home = mkdtempSync(path.join(tmpdir(), 'aivault-service-'));
  });
  afterEach(async () => {
    for (const child of started.splice(0)) {
      if (child.exitCode === null && child.kill('SIGKILL')) await once(child, 'exit');
    }
    rmSync(home, { recursive: true, force: true });
  });

  function run(words: readonly string[], environment: NodeJS.ProcessEnv = {}): Promise<Done> {
    const env = { PATH: process.env.PATH, HOME: home, AIVAULT_PORT: '0', ...environment };
    return new Promise((resolve) => {
      execFile(words[0]!, words.slice(1), { env, cwd: '/' }, (error, out, err) =>
        resolve({ code: typeof error?.code === 'number' ? error.code : error === null ? 0 : 1, out, err }),
      );
    });
  }

  /** Runs the words a service would, and asks the host that must come of it; it ends as a service's host may: with 0. */
  async function serves(words: readonly string[]): Promise<void> {
    const shared = path.join(home, 'shared', 'aivaultd.sock');
    mkdirSync(path.dirname(shared), { mode: 0o2750 });
    const env = { PATH: '/usr/bin:/bin', HOME: home, AIVAULT_PORT: '0', AIVAULTD_SHARED_SOCKET: shared };
    const child = spawn(words[0]!, words.slice(1), { env, cwd: '/', stdio: ['ignore', 'ignore', 'pipe'] });
    started.push(child);
    let said = '';
    child.stderr!.on('data', (chunk) => (said += String(chunk)));
    for (let tries = 0; tries < 200 && child.exitCode === null && !existsSync(shared); tries += 1) await setTimeout(50);
    const status = await run([aivault, 'status', '--json'], { AIVAULTD_AUTOSTART: '0' });
    assert.equal(status.code, 0, `${status.err}${said}`);
    const { pid, state } = JSON.parse(status.out) as { pid: number; state: string };
    assert.equal(state, 'unlocked');
    // An older Node runs the one the package brings along.
    const parent = Number(/^PPid:\s+(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
    assert.ok(pid === child.pid || parent === child.pid, 'another host answered');
    assert.ok(existsSync(shared), 'agents of other users reach it too');
    assert.equal((await run([aivault, 'shutdown'])).code, 0);
    if (child.exitCode === null) await once(child, 'exit');
    assert.equal(child.exitCode, 0, 'so that it is not started again');
  }

  describe('systemd', { skip: noNamespace() }, () => {
    const unitName = 'aivaultd-shared.service';
    const inNamespace = 'mount --bind "$0" /etc/systemd/system && exec "$@"';
    const setUp = (folder: string, user = userInfo().username) => {
      const words = ['setup', 'systemd', '--daemon-user', user];
      return run(['unshare', '--mount', 'sh', '-c', inNamespace, folder, aivault, ...words], { SYSTEMD_OFFLINE: '1' });
    };

    test('the unit is written, enabled, the same when done twice, and systemd finds nothing wrong with it', async () => {
      const folder = path.join(home, 'units');
      mkdirSync(folder);
      const unit = path.join(folder, unitName);
      const first = await setUp(folder);
      assert.equal(first.code, 0, first.err);
      assert.equal(modeOf(unit), '644');
      const link = path.join(folder, 'multi-user.target.wants', unitName);
      assert.equal(readlinkSync(link), `/etc/systemd/system/${unitName}`);
      const text = readFileSync(unit, 'utf8');
      const again = await setUp(folder);
      assert.equal(again.code, 0, again.err);
      assert.equal(readFileSync(unit, 'utf8'), text);
      assert.deepEqual(readdirSync(folder).sort(), [unitName, 'multi-user.target.wants'].sort(), 'no draft is left');

      const verified = await run(['systemd-analyze', 'verify', unit]);
      assert.deepEqual([verified.code, verified.err], [0, '']);
      const words = /^ExecStart=(\S.*)$/m.exec(text)![1]!.split(' ');
      assert.ok(
        words.every((word) => /^[\w@+=:,./-]+$/.test(word)),
        'nothing here needs quotes',
      );
      await serves(words);
    });

    test('a unit of somebody else’s is left as it is, and nothing is enabled', async () => {
      const folder = path.join(home, 'units');
      mkdirSync(folder);
      const unit = path.join(folder, unitName);
      for (const place of [
        () => writeFileSync(unit, '[Service]\nExecStart=/bin/true\n'),
        () => symlinkSync('/dev/null', unit),
      ]) {
        rmSync(unit, { force: true });
        place();
        const before = readFileSync(unit, 'utf8');
        const { code, err } = await setUp(folder);
        assert.equal(code, 6);
        assert.match(err, /^error: already_exists: .*nothing was changed/);
        assert.equal(readFileSync(unit, 'utf8'), before);
        assert.deepEqual(readdirSync(folder), [unitName]);
      }
    });

    test('a user that is not there is said before a unit is written', async () => {
      const folder = path.join(home, 'units');
      mkdirSync(folder);
      const { code, err } = await setUp(folder, 'aivault-nobody');
      assert.equal(code, 2, err);
      assert.match(err, /There is no user aivault-nobody on this machine/);
      assert.deepEqual(readdirSync(folder), []);
    });

    test('a program in a folder with an odd name is found by systemd', async () => {
      // systemd takes no quotes and no backslash in a program's own path, in whatever spelling.
      const folder = path.join(home, 'at 100%n of $HOME');
      mkdirSync(folder);
      const program = path.join(folder, 'node');
      writeFileSync(program, '#!/bin/sh\n', { mode: 0o755 });
      const script = path.join(folder, `it's "odd" \\`, 'aivaultd.mjs');
      const { steps } = systemdPlan('root', { aivaultd: [program, script] });
      const [step] = steps;
      assert.ok(step?.kind === 'write');
      const unit = path.join(home, unitName);
      writeFileSync(unit, await step.content());
      const verified = await run(['systemd-analyze', 'verify', unit]);
      assert.deepEqual([verified.code, verified.err], [0, '']);
      const argument = /" "(.*)" --shared$/m.exec(step.shown)?.[1];
      const meant = argument
        ?.replaceAll('%%', '%')
        .replaceAll('$$', () => '$')
        .replaceAll(/\\(.)/g, '$1');
      assert.equal(meant, script);
    });
  });

  describe('launchd', { skip: missing('python3') }, () => {
    const label = 'com.aivault.aivaultd.shared';
    const readPlist = (bytes: string): Record<string, unknown> =>
      JSON.parse(
        execFileSync(
          'python3',
          ['-c', 'import json,plistlib,sys; print(json.dumps(plistlib.loads(sys.stdin.buffer.read())))'],
          {
            input: bytes,
            encoding: 'utf8',
          },
        ),
      );
    /** The CLI on what it takes for a Mac; launchctl is not there, so a file stands in that writes down what it is told. */
    async function setUp(): Promise<Done> {
      const bin = path.join(home, 'bin');
      mkdirSync(bin, { recursive: true });
      const told = path.join(home, 'told');
      // As the real one: what is loaded cannot be loaded again, what is not cannot be unloaded.
      const script = `#!/bin/sh\necho "$1" >> '${told}'\ncase "$1" in\nbootstrap) [ ! -e '${told}.in' ] && touch '${told}.in' ;;\nbootout) rm '${told}.in' 2>/dev/null ;;\nesac\n`;
      writeFileSync(path.join(bin, 'launchctl'), script, { mode: 0o755 });
      const mac = `data:text/javascript,Object.defineProperty(process,"platform",{value:"darwin"})`;
      const program = path.join(programs, '..', 'aivault.mjs');
      return run([process.execPath, '--import', mac, program, 'setup', 'launchd'], {
        PATH: `${bin}:${process.env.PATH}`,
      });
    }

    test('the agent is written where nothing was, loaded, loaded anew when done twice, and any reader reads it', async () => {
      const first = await setUp();
      assert.equal(first.code, 0, first.err);
      const file = path.join(home, 'Library', 'LaunchAgents', `${label}.plist`);
      assert.equal(modeOf(file), '644');
      for (const folder of ['.aivault', '.aivault/logs']) assert.equal(modeOf(path.join(home, folder)), '700', folder);
      const text = readFileSync(file, 'utf8');
      const again = await setUp();
      assert.equal(again.code, 0, again.err);
      assert.equal(readFileSync(file, 'utf8'), text);
      const told = readFileSync(path.join(home, 'told'), 'utf8').trim().split('\n');
      assert.deepEqual(told, ['bootout', 'bootstrap', 'bootout', 'bootstrap']);

      const agent = readPlist(text);
      assert.deepEqual([agent.Label, agent.RunAtLoad, agent.KeepAlive], [label, true, { SuccessfulExit: false }]);
      assert.equal(agent.StandardErrorPath, path.join(home, '.aivault', 'logs', 'aivaultd.log'));
      await serves(agent.ProgramArguments as string[]);
    });

    test('an agent of somebody else’s is left as it is, and nothing is loaded', async () => {
      const file = path.join(home, 'Library', 'LaunchAgents', `${label}.plist`);
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, '<plist/>');
      const { code, err } = await setUp();
      assert.equal(code, 6);
      assert.match(err, /^error: already_exists: .*nothing was changed/);
      assert.equal(readFileSync(file, 'utf8'), '<plist/>');
      assert.equal(existsSync(path.join(home, 'told')), false);
    });

    test('a program in a folder with an odd name is what the list says', async () => {
      const words = ['/odd <&> "name"/node', "/it's/aivaultd.mjs"];
      const step = launchdPlan('/Users/a & b', 501, { aivaultd: words }).steps.find(({ kind }) => kind === 'write');
      assert.ok(step?.kind === 'write');
      assert.deepEqual(readPlist(await step.content()).ProgramArguments, [...words, '--shared']);
    });
  });

  test('without root nothing is begun, and a place that cannot be written is named', {
    skip: noNamespace(),
  }, async () => {
    const nobody = ['runuser', '-u', 'nobody', '--', 'env', `HOME=${home}`];
    const refused = await run([...nobody, aivault, 'setup', 'systemd', '--daemon-user', 'nobody']);
    assert.match(refused.err, /error: operator_required: /);
    const empty = path.join(home, 'empty');
    mkdirSync(empty);
    const words = [aivault, 'setup', 'systemd', '--daemon-user', 'root'];
    const readOnly =
      'mount --bind "$0" /etc/systemd/system && mount -o remount,bind,ro "$0" /etc/systemd/system; exec "$@"';
    const { code, err } = await run(['unshare', '--mount', 'sh', '-c', readOnly, empty, ...words]);
    assert.equal(code, 3, err);
    assert.match(err, /^error: storage_unavailable: The file \/etc\/systemd\/system\/aivaultd-shared\.service cannot/);
    assert.deepEqual(readdirSync(empty), []);
  });
});
