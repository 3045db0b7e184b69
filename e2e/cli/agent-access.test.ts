import assert from 'node:assert/strict';
import { execFile, execFileSync, spawn, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { type FakeUpstream, startFakeUpstream } from '../fake-upstream.ts';

// setup agent-access with a second user of this machine: it may invoke what its token names, over the group socket, and
// nothing of the operator's. Makes a user, and takes it away again.

const programs = process.env.AIVAULT_PROGRAMS ?? fileURLToPath(new URL('../../dist/bin', import.meta.url));
const isRoot = process.getuid?.() === 0;
const skip = isRoot ? false : 'needs root: it makes a user of this machine';
if (!isRoot && process.env.REQUIRE_ALL === '1') throw new Error(`A part is missing: ${skip}`);
const agent = 'aivault-agent-t';
let folder = '';
/** The group is of the whole machine: it goes again unless it was there before. */
let madeGroup = false;
let upstream: FakeUpstream;
let environment: NodeJS.ProcessEnv = {};

interface Done {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number;
}

/** Never synchronously: the upstream lives in this process and has to answer meanwhile. */
function execute(program: string, words: readonly string[], env: NodeJS.ProcessEnv): Promise<Done> {
  return new Promise((resolve) => {
    execFile(program, words, { env }, (error, stdout, stderr) => {
      resolve({ stdout, stderr, code: error === null ? 0 : Number(error.code) });
    });
  });
}

const run = (program: string, ...words: string[]) => execute(path.join(programs, program), words, environment);

/** As the agent: its own home, no vault of its own, only the shared socket's address. */
const asAgent = (...words: string[]) => {
  const { PATH, AIVAULTD_SHARED_SOCKET } = environment;
  const env = [`PATH=${PATH}`, `HOME=${folder}/agent`, `AIVAULTD_SHARED_SOCKET=${AIVAULTD_SHARED_SOCKET}`];
  return execute(
    'runuser',
    ['-u', agent, '--', 'env', '-i', ...env, path.join(programs, 'aivault'), ...words],
    environment,
  );
};

describe('an agent of another user', () => {
  before(async () => {
    if (!isRoot) return;
    upstream = await startFakeUpstream({ names: ['api.openai.com'] });
    folder = mkdtempSync(path.join(tmpdir(), 'aivault-agent-'));
    chmodSync(folder, 0o755);
    environment = {
      PATH: `${path.dirname(process.execPath)}:/usr/bin:/bin:/usr/sbin:/sbin`,
      HOME: folder,
      AIVAULT_DIR: path.join(folder, 'vault'),
      AIVAULTD_SHARED_SOCKET: path.join(folder, 'shared', 'aivaultd.sock'),
      AIVAULT_DEV_RESOLVE: upstream.resolve('api.openai.com'),
      AIVAULT_DEV_CA_CERT_PATH: upstream.authority.certPath,
    };
    madeGroup = spawnSync('getent', ['group', 'aivault']).status !== 0;
    execFileSync('useradd', ['--system', '--create-home', '--home-dir', path.join(folder, 'agent'), agent]);
  });

  after(async () => {
    if (!isRoot) return;
    await run('aivault', 'shutdown');
    await upstream.close();
    spawnSync('userdel', ['--force', agent]);
    if (madeGroup) spawnSync('groupdel', ['aivault']);
    rmSync(folder, { recursive: true, force: true });
  });

  test('a user that is not there is said before anything is changed', { skip }, async () => {
    const words = ['setup', 'agent-access', '--agent-user', 'aivault-nobody', '--daemon-user', userInfo().username];
    const refused = await run('aivault', ...words);
    assert.equal(refused.code, 2, refused.stderr);
    assert.match(refused.stderr, /There is no user aivault-nobody on this machine/);
    if (madeGroup) assert.notEqual(spawnSync('getent', ['group', 'aivault']).status, 0, 'no group was made');
    assert.equal(existsSync(path.join(folder, 'shared')), false);
  });

  test('an agent of another user invokes with the token written for its group, and nothing else', {
    skip,
  }, async () => {
    const made = await run(
      'aivault',
      'secrets',
      'create',
      '--name',
      'OPENAI_API_KEY',
      '--value',
      'sk-proj-0123456789abcdef0123',
    );
    assert.equal(made.code, 0, made.stderr);
    const set = await run(
      'aivault',
      'setup',
      'agent-access',
      '--agent-user',
      agent,
      '--daemon-user',
      userInfo().username,
      '--capability',
      'openai/models',
    );
    assert.equal(set.code, 0, set.stderr + set.stdout);
    assert.doesNotMatch(set.stdout, /avp_/);

    const token = statSync(path.join(folder, 'shared', 'agent.token'));
    assert.equal((token.mode & 0o777).toString(8), '640');
    assert.equal((statSync(path.join(folder, 'shared')).mode & 0o7777).toString(8), '2750');
    assert.equal((await run('aivault', 'shutdown')).code, 0);

    const daemon = spawn(path.join(programs, 'aivaultd'), ['--shared'], { env: environment, stdio: 'ignore' });
    try {
      for (let tries = 0; tries < 200 && !existsSync(environment.AIVAULTD_SHARED_SOCKET!); tries++) {
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      const invoked = await asAgent('json', 'openai/models');
      assert.equal(invoked.code, 0, invoked.stderr);
      assert.equal(upstream.requests.at(-1)?.header('authorization')[0], 'Bearer sk-proj-0123456789abcdef0123');

      const refused = await asAgent('invoke', 'openai/embeddings', '--body', '{}');
      assert.equal(refused.code, 5, refused.stderr);
      for (const words of [
        ['secrets', 'list'],
        ['token', 'list'],
        ['audit'],
        ['credential', 'list'],
        ['lock'],
        ['token', 'mint', '--capability', 'openai/models'],
      ]) {
        const asked = await asAgent(...words);
        assert.equal(asked.code, 5, `${words.join(' ')}: ${asked.stdout}${asked.stderr}`);
        assert.match(asked.stderr, /^error: operator_required: /);
      }
      // The vault itself is out of reach of the agent's hands as well.
      assert.notEqual(spawnSync('runuser', ['-u', agent, '--', 'ls', environment.AIVAULT_DIR!]).status, 0);
      const entries = JSON.parse((await run('aivault', 'audit', '--json', '--limit', '5')).stdout);
      assert.ok(entries.some(({ actor }: { actor: string }) => /^agent:tok_/.test(actor)));
    } finally {
      daemon.kill('SIGTERM');
      await new Promise((resolve) => daemon.once('exit', resolve));
    }
  });
});
