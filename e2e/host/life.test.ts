import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { connectHost, findHost, type HostClient } from '#transports/find-host.ts';
import { createAuthority } from '../authority.ts';

describe('the life of a host', () => {
  // One host per vault: how it is found, started, refused and ended. Real processes, each with a vault of its own.

  const daemon = fileURLToPath(new URL('../../main/daemon/aivaultd.ts', import.meta.url));
  let folder: string;
  let environment: Record<string, string>;
  const clients: HostClient[] = [];

  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'aivault-life-'));
    environment = { PATH: process.env.PATH ?? '', HOME: folder, AIVAULT_DIR: path.join(folder, 'vault') };
  });
  afterEach(async () => {
    for (const client of clients.splice(0)) await client.close();
    await stop(environment);
    fs.rmSync(folder, { recursive: true, force: true });
  });

  async function stop(of: Record<string, string>): Promise<void> {
    const { AIVAULTD_DISABLE: _, ...rest } = of;
    const client = await findHost({ environment: rest }).catch(() => null);
    const answer = await client?.call('host.shutdown', { graceMs: 0 }).catch(() => null);
    await client?.close();
    if (answer?.ok) await gone(answer.value.pid);
  }
  async function gone(pid: number): Promise<void> {
    for (let i = 0; i < 500 && alive(pid); i++) await new Promise((resolve) => setTimeout(resolve, 10));
    assert.equal(alive(pid), false, 'the host has ended');
  }
  function alive(pid: number): boolean {
    try {
      // A dead process that nobody has collected counts as ended, but only once its last thread has let go of its files.
      const threads = fs.readdirSync(`/proc/${pid}/task`).length;
      return threads > 1 || !fs.readFileSync(`/proc/${pid}/stat`, 'latin1').includes(') Z');
    } catch {
      return false;
    }
  }
  async function connect(extra: Record<string, string> = {}): Promise<HostClient> {
    const client = await connectHost({ environment: { ...environment, ...extra } });
    clients.push(client);
    return client;
  }
  async function status(client: HostClient) {
    const result = await client.call('vault.status', {});
    assert.ok(result.ok, JSON.stringify(result));
    return result.value;
  }

  test('a first question starts a host; everybody who asks at the same moment reaches the same one', async () => {
    const answers = await Promise.all([1, 2, 3, 4].map(async () => status(await connect())));
    assert.equal(new Set(answers.map(({ pid }) => pid)).size, 1);
    const [{ pid, endpoint }] = answers as [(typeof answers)[0]];
    assert.ok(alive(pid));
    assert.match(endpoint!.baseUrl, /^http:\/\/127\.0\.0\.1:\d+$/);
    assert.equal((await fetch(`${endpoint!.baseUrl}/aivault/health`)).status, 200);
  });

  test('a host whose log cannot be written, as on a full disk, goes on', async () => {
    const full = fs.openSync('/dev/full', 'w');
    const child = spawn(process.execPath, [daemon], { env: environment, stdio: ['ignore', full, full] });
    fs.closeSync(full);
    const ended = once(child, 'exit');
    try {
      let client = await findHost({ environment });
      for (let tries = 0; client === null && tries < 500; tries += 1) {
        await new Promise((resolve) => setTimeout(resolve, 20));
        client = await findHost({ environment });
      }
      assert.ok(client, 'it serves');
      clients.push(client);
      assert.ok((await client.call('vault.init', { choice: { provider: 'file' } })).ok);
      // Each of these is a bug or a full disk to the host: it writes down where it came from.
      for (let times = 0; times < 3; times += 1) {
        const answer = await client.call('backup.create', { path: '/dev/full/backup', passphrase: 'any at all' });
        assert.ok(!answer.ok, 'there is no such folder');
      }
      assert.equal((await status(client)).pid, child.pid);
      assert.equal(child.exitCode, null);
    } finally {
      child.kill('SIGTERM');
      assert.deepEqual(await ended, [0, null]);
    }
  });

  test('D05: of two aivaultd started at once one serves, the other ends with host_busy', async () => {
    const both = [1, 2].map(() =>
      spawn(process.execPath, [daemon], { env: environment, stdio: ['ignore', 'pipe', 'pipe'] }),
    );
    const outcome = (child: (typeof both)[0]) =>
      new Promise<string>((resolve) => {
        child.stdout.once('data', () => resolve('serves'));
        let complaint = '';
        child.stderr.on('data', (text) => {
          complaint += text;
        });
        child.once('exit', (code) => resolve(`${code} ${complaint.split('\n')[0]}`));
      });
    const outcomes = await Promise.all(both.map(outcome));
    assert.deepEqual(outcomes.sort(), ['3 error: host_busy: Another host owns this vault.', 'serves']);
  });

  test('a host that was killed leaves nothing in the way: socket, lock and discovery file are taken over', async () => {
    const first = await status(await connect());
    process.kill(first.pid, 'SIGKILL');
    await gone(first.pid);
    assert.ok(fs.existsSync(first.paths.socket!), 'the dead socket is still there');
    const second = await status(await connect());
    assert.notEqual(second.pid, first.pid);
    assert.equal(second.fingerprint, first.fingerprint);
  });

  test('SIGTERM ends the host cleanly: no socket, no discovery file, the lock is free', async () => {
    const { pid, paths } = await status(await connect());
    process.kill(pid, 'SIGTERM');
    await gone(pid);
    assert.equal(fs.existsSync(paths.socket!), false);
    assert.equal(await findHost({ environment }), null);
    assert.ok(!fs.existsSync(path.join(environment.AIVAULT_DIR!, 'run', 'host.json')));
  });

  test('a host whose vault folder was removed ends by itself', async () => {
    const { pid } = await status(await connect());
    fs.rmSync(environment.AIVAULT_DIR!, { recursive: true, force: true });
    for (let i = 0; i < 100 && alive(pid); i++) await new Promise((resolve) => setTimeout(resolve, 100));
    assert.equal(alive(pid), false);
  });

  test('SIGUSR1 opens no debugger: the host serves on and listens where it listened before', async () => {
    const client = await connect();
    const { pid } = await status(client);
    process.kill(pid, 'SIGUSR1');
    await new Promise((resolve) => setTimeout(resolve, 300));
    assert.equal((await status(client)).pid, pid);
    await assert.rejects(fetch('http://127.0.0.1:9229/json/version'));
  });

  test('V11: with umask 000 every file is 0600 and every folder 0700', async () => {
    const before = process.umask(0);
    try {
      await status(await connect());
    } finally {
      process.umask(before);
    }
    const entries = fs.readdirSync(environment.AIVAULT_DIR!, { recursive: true, withFileTypes: true });
    assert.ok(entries.length > 6);
    for (const entry of entries) {
      const file = path.join(entry.parentPath, entry.name);
      assert.equal((fs.lstatSync(file).mode & 0o777).toString(8), entry.isDirectory() ? '700' : '600', file);
    }
  });

  test('V11: an empty folder that others could read is closed when a vault is made in it, one that holds other things is not', async () => {
    const vault = environment.AIVAULT_DIR!;
    fs.mkdirSync(vault, { mode: 0o755 });
    await status(await connect());
    assert.equal((fs.statSync(vault).mode & 0o777).toString(8), '700');
    await stop(environment);
    environment = { ...environment, AIVAULT_DIR: path.join(folder, 'project') };
    fs.mkdirSync(environment.AIVAULT_DIR!, { mode: 0o755 });
    fs.writeFileSync(path.join(environment.AIVAULT_DIR!, 'README'), 'of somebody else');
    await status(await connect());
    assert.equal((fs.statSync(environment.AIVAULT_DIR!).mode & 0o777).toString(8), '755');
  });

  test('B3: a port that is taken is an error naming it, never a silent other one', async () => {
    const squatter = net.createServer().listen(0, '127.0.0.1');
    await once(squatter, 'listening');
    const { port } = squatter.address() as net.AddressInfo;
    await assert.rejects(connect({ AIVAULT_PORT: String(port) }), (error: Error & { code?: string; hint?: string }) => {
      assert.equal(error.code, 'host_unreachable');
      assert.match(error.message, new RegExp(`Port ${port} `));
      assert.match(error.hint ?? '', /AIVAULT_PORT/);
      return true;
    });
    squatter.close();
  });

  test('AIVAULTD_AUTOSTART=0 starts nothing; a host that runs is used', async () => {
    await assert.rejects(connect({ AIVAULTD_AUTOSTART: '0' }), { code: 'host_unreachable' });
    assert.ok(!fs.existsSync(environment.AIVAULT_DIR!));
    await connect();
    assert.ok((await status(await connect({ AIVAULTD_AUTOSTART: '0' }))).pid);
  });

  test('AIVAULTD_DISABLE=1 asks a private host without socket or port, which ends with the question', async () => {
    const client = await connect({ AIVAULTD_DISABLE: '1' });
    const { pid, endpoint, paths } = await status(client);
    assert.equal(endpoint, null);
    assert.equal(paths.socket, null);
    const created = await client.call('secrets.create', {
      name: 'MINE',
      value: 'value-of-mine',
      scope: 'global',
    });
    assert.ok(created.ok, JSON.stringify(created));
    await client.close();
    await gone(pid);
    const { counts } = await status(await connect());
    assert.equal(counts?.secrets, 1);
  });

  test('AIVAULTD_DISABLE=1 beside a running host is host_busy, at once', async () => {
    await connect();
    await assert.rejects(connect({ AIVAULTD_DISABLE: '1' }), { code: 'host_busy' });
  });

  test('AIVAULTD_DISABLE=1 twice at once: the second private host waits for the first', async () => {
    const ask = async (): Promise<string> => {
      const client = await connectHost({ environment: { ...environment, AIVAULTD_DISABLE: '1' } });
      try {
        return (await status(client)).state;
      } finally {
        await client.close();
      }
    };
    assert.deepEqual(await Promise.all([ask(), ask()]), ['unlocked', 'unlocked']);
  });

  test('AIVAULTD_SOCKET names the socket, and a host is started there if need be (G43)', async () => {
    const socket = path.join(folder, 'elsewhere', 'my.sock');
    const { paths } = await status(await connect({ AIVAULTD_SOCKET: socket }));
    assert.equal(paths.socket, socket);
    assert.equal(fs.lstatSync(path.dirname(socket)).mode & 0o777, 0o700);
    const asked = performance.now();
    const elsewhere = path.join(folder, 'third', 'other.sock');
    await assert.rejects(connect({ AIVAULTD_SOCKET: elsewhere }), { code: 'host_busy' });
    assert.ok(performance.now() - asked < 20_000, 'it does not wait for a host that is well');
  });

  test('a vault folder with a path too long for a socket is served all the same', async () => {
    const long = path.join(folder, 'd'.repeat(90), 'vault');
    environment = { ...environment, AIVAULT_DIR: long, XDG_RUNTIME_DIR: folder };
    const { paths } = await status(await connect());
    assert.ok(Buffer.byteLength(paths.socket!) <= 107, paths.socket!);
    assert.equal(fs.lstatSync(path.dirname(paths.socket!)).mode & 0o777, 0o700);
  });

  test('D4, G21: what a hostile parent sets does not reach the host it starts', async () => {
    const hostile = {
      NODE_OPTIONS: '--title=hijacked',
      LD_PRELOAD: '/nowhere.so',
      NODE_EXTRA_CA_CERTS: '/nowhere.pem',
      NODE_TLS_REJECT_UNAUTHORIZED: '0',
      HTTPS_PROXY: 'http://127.0.0.1:1',
      SSLKEYLOGFILE: path.join(folder, 'keys.log'),
      AIVAULT_TOKEN: 'avp_not_for_the_host',
    };
    const { pid } = await status(await connect(hostile));
    const inherited = fs.readFileSync(`/proc/${pid}/environ`, 'utf8');
    for (const name of Object.keys(hostile)) assert.ok(!inherited.includes(`${name}=`), name);
  });

  test('development hooks are refused on a vault that was not created with them, and kept on one that was', async () => {
    const authority = createAuthority();
    const hooks = { AIVAULT_DEV_RESOLVE: 'up.test=127.0.0.1:9', AIVAULT_DEV_CA_CERT_PATH: authority.certPath };
    await status(await connect());
    await stop(environment);
    await assert.rejects(connect(hooks), (error: Error & { code?: string }) => {
      assert.equal(error.code, 'invalid_request');
      assert.match(error.message, /Development hooks/);
      return true;
    });
    const development = { AIVAULT_DIR: path.join(folder, 'development') };
    assert.equal((await status(await connect({ ...hooks, ...development }))).development, true);
    await stop({ ...environment, ...development });
    assert.equal(
      (await status(await connect(development))).development,
      true,
      'without the hooks it is served as ever',
    );
    await stop({ ...environment, ...development });
    await assert.rejects(connect({ AIVAULT_DEV_ALLOW_HTTP_LOCAL: '1', ...development }), { code: 'invalid_request' });
  });

  test('what keeps a host from starting arrives as its own error', async () => {
    await assert.rejects(connect({ AIVAULT_PORT: 'x' }), { code: 'invalid_request' });
    fs.writeFileSync(path.join(folder, 'file'), '');
    await assert.rejects(
      connect({ AIVAULT_DIR: path.join(folder, 'file') }),
      (error: Error & { code?: string }) => error.code !== undefined,
    );
  });
});
