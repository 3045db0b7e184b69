import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

// The package as people get it: packed, installed globally into an empty folder, run from there with nothing of this
// checkout around it.

const execute = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));
let folder = '';
let files: readonly string[] = [];
let port = 0;

const npm = (words: readonly string[], cwd: string) =>
  execute('npm', [...words, '--no-audit', '--no-fund', '--loglevel=error'], { cwd, maxBuffer: 16 * 1024 * 1024 });

const aivault = async (...words: string[]) => {
  const bin = path.join(folder, 'global', 'bin');
  const env = { PATH: `${bin}:${process.env.PATH}`, HOME: folder, AIVAULT_PORT: String(port) };
  return (await execute(path.join(bin, 'aivault'), words, { cwd: folder, env })).stdout;
};

/** The usual port may be somebody's on this machine. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port: found } = server.address() as AddressInfo;
  server.close();
  return found;
}

describe('the installed package', () => {
  before(async () => {
    port = await freePort();
    folder = await mkdtemp(path.join(tmpdir(), 'aivault-installed-'));
    const { stdout } = await npm(['pack', '--json', '--ignore-scripts', `--pack-destination=${folder}`], root);
    const [packed] = JSON.parse(stdout);
    files = packed.files.map(({ path: file }: { path: string }) => file);
    await npm(['install', '--global', `--prefix=${folder}/global`, path.join(folder, packed.filename)], folder);
  });
  after(async () => {
    await aivault('shutdown').catch(() => {});
    await rm(folder, { recursive: true, force: true });
  });

  test('the package holds what runs and what explains it: no sources, tests or maps', () => {
    const outside = files.filter(
      (file) => !/^(?:dist\/|package\.json$|README\.md$|SECURITY\.md$|CHANGELOG\.md$|LICENSE$)/.test(file),
    );
    assert.deepEqual(outside, []);
    assert.deepEqual(
      files.filter((file) => /\.(?:ts|map)$|\.test\./.test(file)),
      [],
    );
    for (const file of ['dist/aivault.mjs', 'dist/aivaultd.mjs', 'README.md']) assert.ok(files.includes(file), file);
  });

  test('both programs are installed and of one version', async () => {
    assert.deepEqual((await readdir(path.join(folder, 'global', 'bin'))).toSorted(), ['aivault', 'aivaultd']);
    assert.match(await aivault('--version'), /^aivault \d+\.\d+\.\d+\n$/);
  });

  test('it starts its own host and does its main job, with the vault in the home folder', async () => {
    const status = JSON.parse(await aivault('status', '--json'));
    assert.equal(status.state, 'unlocked');
    assert.equal(status.paths.vault, path.join(folder, '.aivault', 'data', 'vault'));
    assert.equal(status.paths.key, path.join(folder, '.aivault', 'keys', 'kek.key'));
    const created = await aivault(
      'secrets',
      'create',
      '--name',
      'TELEGRAM_BOT_TOKEN',
      '--value',
      '123456:not-a-real-one',
    );
    assert.match(
      created,
      /^Secret created: TELEGRAM_BOT_TOKEN \(pinned to provider: telegram\)\nCredential auto-provisioned: telegram/,
    );
    assert.equal(JSON.parse(await aivault('secrets', 'list', '--json')).length, 1);
  });
});
