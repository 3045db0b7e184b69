import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import type { Asker } from '#contract/call.ts';
import type { HostEvent } from '#contract/events.ts';
import type { Incoming } from '#contract/proxied.ts';
import { contractVersion } from '#contract/version.ts';
import { collect } from './body-bytes.ts';
import { type ControlSocket, type OperatorPlane, openControlSocket } from './control-socket.ts';
import { findHost } from './find-host.ts';
import type { HostClient } from './host-client.ts';

describe('the control socket', () => {
  let folder: string;
  let control: ControlSocket;
  let client: HostClient;
  let listeners: ((event: HostEvent) => void)[];
  let held: Promise<void> = Promise.resolve();
  const asked: { name: string; input: unknown; asker: Asker }[] = [];
  const invoked: Incoming[] = [];

  const plane: OperatorPlane = {
    dispatch: async (name, input, asker) => {
      asked.push({ name, input, asker });
      await held;
      if (name === 'vault.lock')
        return { ok: false, error: { error: 'vault_missing', message: 'No vault.', hint: 'Make one.' } };
      return { ok: true, value: { stopping: true, pid: 1 } };
    },
    invoke: async (incoming) => {
      invoked.push(incoming);
      const body = incoming.body;
      return {
        status: 207,
        statusText: 'Multi',
        headers: [
          ['x-a', '1'],
          ['x-a', '2'],
        ],
        body,
      };
    },
    onEvent: (listener) => {
      listeners.push(listener);
      return () => listeners.splice(listeners.indexOf(listener), 1);
    },
  };

  test('a question that is being answered when it closes is answered, however short the grace', async () => {
    let go = (): void => {};
    held = new Promise((resolve) => (go = resolve));
    const answer = client.call('host.shutdown', { graceMs: 0 });
    for (let tries = 0; asked.at(-1)?.name !== 'host.shutdown' && tries < 400; tries += 1)
      await new Promise((next) => setTimeout(next, 5));
    const closing = control.close(0);
    setTimeout(go, 150);
    assert.deepEqual(await answer, { ok: true, value: { stopping: true, pid: 1 } });
    await closing;
  });

  test('and one that is never answered does not keep it open', async () => {
    held = new Promise(() => {});
    const answer = client.call('host.shutdown', { graceMs: 0 }).catch(() => 'cut off');
    for (let tries = 0; asked.at(-1)?.name !== 'host.shutdown' && tries < 400; tries += 1)
      await new Promise((next) => setTimeout(next, 5));
    const started = performance.now();
    await control.close(0);
    assert.ok(performance.now() - started < 3_000);
    await answer;
  });

  beforeEach(async () => {
    held = Promise.resolve();
    asked.length = 0;
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'aivault-control-'));
    listeners = [];
    control = await openControlSocket(path.join(folder, 'run', 'a.sock'), plane);
    client = (await findHost({ environment: { AIVAULTD_SOCKET: control.path } }))!;
  });
  afterEach(async () => {
    await client?.close();
    await control.close(0);
    fs.rmSync(folder, { recursive: true, force: true });
  });

  const modeOf = (file: string) => fs.lstatSync(file).mode & 0o777;

  /** One raw request over the socket, as another program of this user could send it. */
  function ask(options: {
    path: string;
    method?: string;
    headers?: Record<string, string>;
    body?: string;
  }): Promise<{ ok?: boolean; error: { error: string; hint: string } }> {
    return new Promise((resolve, reject) => {
      const headers = { 'aivault-contract': contractVersion, ...options.headers };
      const request = http.request(
        { socketPath: control.path, method: 'POST', ...options, headers },
        async (response) => {
          resolve(JSON.parse(Buffer.from(await collect(response)).toString()));
        },
      );
      request.once('error', reject).end(options.body);
    });
  }

  test('D04, B4: the socket is 0600 in a folder that is 0700, whatever the umask says', async () => {
    assert.equal(modeOf(control.path), 0o600);
    assert.equal(modeOf(path.dirname(control.path)), 0o700);
    const before = process.umask(0);
    try {
      const open = await openControlSocket(path.join(folder, 'wide', 'b.sock'), plane);
      assert.equal(modeOf(open.path), 0o600);
      assert.equal(modeOf(path.dirname(open.path)), 0o700);
      await open.close(0);
    } finally {
      process.umask(before);
    }
  });

  test('a question and its answer cross the socket, refusals with their code and hint', async () => {
    assert.deepEqual(await client.call('vault.status', {}), { ok: true, value: { stopping: true, pid: 1 } });
    const refused = await client.call('vault.lock', {});
    assert.deepEqual(refused, {
      ok: false,
      error: { error: 'vault_missing', message: 'No vault.', hint: 'Make one.' },
    });
  });

  test('H2: the actor is set here, and only a passphrase counts as presence', async () => {
    const body = JSON.stringify({ input: {}, presence: { confirmed: true, passphrase: 'p' } });
    await ask({ path: '/call/vault.status', body });
    assert.deepEqual(asked.at(-1)!.asker, { actor: { kind: 'operator', via: 'cli' }, presence: { passphrase: 'p' } });
    await ask({ path: '/call/vault.status', body: JSON.stringify({ input: {}, presence: { confirmed: true } }) });
    assert.deepEqual(asked.at(-1)!.asker, { actor: { kind: 'operator', via: 'cli' } });
  });

  test('D02: what does not read is invalid_request and the socket goes on', async () => {
    const before = asked.length;
    for (const body of ['', '{', '[]', 'null', '"x"', '{"inputs":{}}', '{"input":{},"actor":{}}']) {
      assert.equal((await ask({ path: '/call/vault.status', body })).error.error, 'invalid_request', body);
    }
    for (const path of ['/', '/call', '/invoke/x', '/events', '/call/vault.status?x']) {
      const answer = await ask({ path, body: '{}' });
      assert.equal(answer.error?.error ?? 'invalid_request', 'invalid_request', path);
    }
    assert.equal((await ask({ path: '/invoke' })).error.error, 'invalid_request');
    assert.equal(
      (await ask({ path: '/invoke', headers: { 'aivault-incoming': 'bm9wZQ' } })).error.error,
      'invalid_request',
    );
    assert.equal(asked.length, before);
    assert.ok((await client.call('vault.status', {})).ok);
  });

  test('D02: a question over 32 MiB is too_large', async () => {
    const answer = await ask({ path: '/call/vault.status', body: `{"input":"${'x'.repeat(33 * 1024 * 1024)}"}` }).catch(
      (error) => error,
    );
    assert.ok(
      answer.error?.error === 'too_large' || answer.code === 'EPIPE' || answer.code === 'ECONNRESET',
      String(answer),
    );
    assert.ok((await client.call('vault.status', {})).ok);
  });

  test('another version is contract_mismatch naming restart, except for shutdown', async () => {
    const headers = { 'aivault-contract': '0.0.0' };
    const answer = await ask({ path: '/call/vault.status', headers, body: '{"input":{}}' });
    assert.equal(answer.error.error, 'contract_mismatch');
    assert.match(answer.error.hint, /aivault restart/);
    assert.equal((await ask({ path: '/call/host.shutdown', headers, body: '{"input":{}}' })).ok, true);
  });

  test('an invocation carries its head beside a raw body, and its answer comes back the same way', async () => {
    const bytes = Uint8Array.from({ length: 300_000 }, (_, i) => i % 251);
    const answer = await client.invoke({
      door: 'envelope',
      caller: { kind: 'operator', via: 'window', workspaceId: 'w' },
      method: 'POST',
      target: '/aivault/proxy',
      headers: [
        ['x-many', 'v'.repeat(15_000)],
        ['x-more', 'w'.repeat(15_000)],
      ],
      envelope: { capability: 'openai/models', request: {} },
      body: bytes,
    });
    assert.equal(answer.status, 207);
    assert.deepEqual(answer.headers, [
      ['x-a', '1'],
      ['x-a', '2'],
    ]);
    assert.deepEqual(await collect(answer.body as AsyncIterable<Uint8Array>), Buffer.from(bytes));
    const got = invoked.at(-1)!;
    assert.deepEqual(got.caller, { kind: 'operator', via: 'cli', workspaceId: 'w' });
    assert.deepEqual(got.envelope, { capability: 'openai/models', request: {} });
  });

  test('events arrive as they happen and end with the host', async () => {
    const heard: string[] = [];
    const ended = (async () => {
      for await (const event of client.events()) heard.push(event.event);
    })();
    while (listeners.length === 0) await new Promise((resolve) => setTimeout(resolve, 2));
    for (const listener of listeners) listener({ event: 'secrets.changed', atMs: 1 });
    while (heard.length === 0) await new Promise((resolve) => setTimeout(resolve, 2));
    await control.close(1000);
    await ended;
    assert.deepEqual(heard, ['secrets.changed']);
    assert.equal(listeners.length, 0);
  });

  test('D05: a second host on a live socket is host_busy; a socket nobody answers on is taken over', async () => {
    await assert.rejects(openControlSocket(control.path, plane), { code: 'host_busy' });
    const stale = path.join(folder, 'run', 'stale.sock');
    const dies = spawn(process.execPath, [
      '-e',
      `require('net').createServer().listen(${JSON.stringify(stale)}, () => process.kill(process.pid, 'SIGKILL'))`,
    ]);
    await new Promise((resolve) => dies.once('close', resolve));
    assert.ok(fs.lstatSync(stale).isSocket());
    const next = await openControlSocket(stale, plane);
    await next.close(0);
    assert.equal(fs.existsSync(stale), false);
  });

  test('B4: a link, a file or a folder others may write to in the place of the socket is refused on both ends', async () => {
    const linked = path.join(folder, 'run', 'link.sock');
    fs.symlinkSync(control.path, linked);
    const file = path.join(folder, 'run', 'file.sock');
    fs.writeFileSync(file, '');
    for (const place of [linked, file]) {
      await assert.rejects(openControlSocket(place, plane), { code: 'host_unreachable' });
      await assert.rejects(findHost({ environment: { AIVAULTD_SOCKET: place } }), { code: 'host_unreachable' });
    }
    assert.ok(fs.existsSync(file), 'nothing was removed');
    fs.mkdirSync(path.join(folder, 'real'));
    fs.symlinkSync(path.join(folder, 'real'), path.join(folder, 'linked'));
    await assert.rejects(openControlSocket(path.join(folder, 'linked', 'a.sock'), plane), { code: 'host_unreachable' });
    fs.chmodSync(path.dirname(control.path), 0o777);
    await assert.rejects(findHost({ environment: { AIVAULTD_SOCKET: control.path } }), { code: 'host_unreachable' });
  });

  test('a folder that is not ours keeps its permissions: a socket in it is refused where others may write', async () => {
    const shared = path.join(folder, 'tmp');
    fs.mkdirSync(shared);
    fs.chmodSync(shared, 0o1777);
    fs.writeFileSync(path.join(shared, 'of-somebody'), '');
    await assert.rejects(openControlSocket(path.join(shared, 'a.sock'), plane), { code: 'host_unreachable' });
    assert.equal(fs.lstatSync(shared).mode & 0o7777, 0o1777);
    fs.chmodSync(shared, 0o755);
    const open = await openControlSocket(path.join(shared, 'a.sock'), plane);
    assert.equal(modeOf(shared), 0o755);
    assert.equal(modeOf(open.path), 0o600);
    await open.close(0);
  });

  test('a run folder of ours that drifted is closed again', async () => {
    await control.close(0);
    fs.chmodSync(path.join(folder, 'run'), 0o777);
    control = await openControlSocket(path.join(folder, 'run', 'aivaultd.sock'), plane);
    assert.equal(modeOf(path.join(folder, 'run')), 0o700);
  });

  test('G5: a host that dies mid-question is host_unreachable and the question is not sent again', async () => {
    let received = 0;
    const server = http.createServer((request) => {
      received += 1;
      request.socket.destroy();
    });
    const place = path.join(folder, 'run', 'dying.sock');
    await new Promise<void>((resolve) => server.listen(place, resolve));
    const there = (await findHost({ environment: { AIVAULTD_SOCKET: place } }))!;
    await assert.rejects(there.call('vault.status', {}), { code: 'host_unreachable' });
    assert.equal(received, 1);
    await there.close();
    server.close();
  });
});
