import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { type Authority, createAuthority } from '../authority.ts';
import { consent, type IdentityProvider, startIdentityProvider } from '../broker/identity-provider.ts';
import { type FakeUpstream, startFakeUpstream } from '../fake-upstream.ts';
import { missing } from '../needs.ts';

// aivault oauth connect, from the address it prints to the first call with the account, against a real authorization
// server.

const programs = process.env.AIVAULT_PROGRAMS ?? fileURLToPath(new URL('../../dist/bin', import.meta.url));

describe('connecting an account', { skip: missing('openssl') }, () => {
  let folder = '';
  let authority: Authority;
  let identity: IdentityProvider;
  let api: FakeUpstream;
  let env: NodeJS.ProcessEnv = {};

  const start = (...words: string[]) => {
    const child = spawn(path.join(programs, 'aivault'), words, { env, stdio: ['pipe', 'pipe', 'pipe'] });
    const said = { stdout: '', stderr: '' };
    child.stdout.on('data', (chunk) => (said.stdout += chunk));
    child.stderr.on('data', (chunk) => (said.stderr += chunk));
    return { child, said, end: once(child, 'close').then(([code]) => code as number) };
  };
  const run = async (...words: string[]) => {
    const { said, end, child } = start(...words);
    child.stdin.end();
    assert.equal(await end, 0, `${words.join(' ')}: ${said.stderr}`);
    return said.stdout;
  };
  /** The address it prints, once it has. */
  async function address(said: { stderr: string }): Promise<string> {
    for (let tries = 0; tries < 400; tries++) {
      const found = /https:\/\/\S+/.exec(said.stderr)?.[0];
      if (found !== undefined && said.stderr.endsWith('\n')) return found;
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
    throw new Error(`no address was printed: ${said.stderr}`);
  }

  before(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'aivault-connect-'));
    authority = createAuthority();
    identity = await startIdentityProvider(authority, 600);
    api = await startFakeUpstream({ authority, names: ['api.test'] });
    env = {
      PATH: process.env.PATH,
      HOME: folder,
      AIVAULT_DIR: path.join(folder, 'vault'),
      AIVAULT_DEV_RESOLVE: `api.test=127.0.0.1:${api.port},id.test=127.0.0.1:${identity.port}`,
      AIVAULT_DEV_CA_CERT_PATH: authority.certPath,
    };
    await run('secrets', 'create', '--name', 'ACCOUNT', '--value', '{"clientId":"public-app"}');
    const auth = [
      '--auth',
      'oauth2',
      '--token-endpoint',
      'https://id.test/token',
      '--authorization-endpoint',
      'https://id.test/auth',
      '--authorization-parameter',
      'prompt=consent',
    ];
    const scopes = ['--scope', 'openid', '--scope', 'offline_access'];
    const hosts = ['--host', 'api.test', '--host', 'id.test'];
    await run(
      'credential',
      'create',
      'account',
      '--provider',
      'acme',
      '--secret',
      'ACCOUNT',
      ...auth,
      ...scopes,
      ...hosts,
    );
    await run(
      'capability',
      'create',
      'acme/all',
      '--credential',
      'account',
      '--method',
      'GET',
      '--path',
      '/v1',
      '--host',
      'api.test',
    );
  });
  after(async () => {
    spawnSync(path.join(programs, 'aivault'), ['shutdown'], { env });
    await api.close();
    await identity.close();
    authority.close();
    rmSync(folder, { recursive: true, force: true });
  });

  test('consent in the browser makes the account usable; no token is ever printed', async () => {
    const { said, end } = start('oauth', 'connect', '--credential', 'account', '--no-open', '--json');
    const back = await consent(identity, authority, await address(said));
    assert.match(back, /^http:\/\/127\.0\.0\.1:\d+\//);
    assert.equal((await fetch(back)).status, 200);
    assert.equal(await end, 0, said.stderr);
    assert.equal(JSON.parse(said.stdout).name, 'ACCOUNT');
    assert.equal(JSON.parse(await run('json', 'acme/all')).target, '/v1');
    const bearer = api.requests.at(-1)!.header('authorization')[0]!.replace('Bearer ', '');
    assert.ok(await identity.knows(bearer));
    assert.ok(!`${said.stdout}${said.stderr}`.includes(bearer));
  });

  test('interrupted, it gives up: the way back is closed', async () => {
    const { child, said, end } = start('oauth', 'connect', '--credential', 'account', '--no-open');
    const url = new URL(await address(said));
    child.kill('SIGINT');
    assert.equal(await end, 130);
    await assert.rejects(fetch(url.searchParams.get('redirect_uri')!));
  });
});
