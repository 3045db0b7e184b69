import assert from 'node:assert/strict';
import http from 'node:http';
import net from 'node:net';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { AivaultError } from '#contract/errors.ts';
import type { Invoke } from '#contract/proxied.ts';
import { refusal } from './http-answer.ts';
import { type Loopback, openLoopback } from './loopback.ts';

// I6, E6: anybody of this machine can connect; who shows no token keeps nobody else out.

const most = 20;

describe('room for callers', () => {
  let endpoint: Loopback;
  let port: number;
  let finish: () => void;
  const sockets = new Set<net.Socket>();
  const agent = new http.Agent({ keepAlive: true });

  beforeEach(async () => {
    const waited = Promise.withResolvers<void>();
    finish = waited.resolve;
    const invoke: Invoke = async ({ headers, target }) => {
      if (!headers.some(([, value]) => value === 'Bearer good')) {
        return refusal(new AivaultError('token_invalid', 'No.').toJSON());
      }
      if (target.endsWith('/slow')) await waited.promise;
      return { status: 200, statusText: '', headers: [], body: null };
    };
    endpoint = await openLoopback({ port: 0, invoke, maxConnections: most });
    port = Number(new URL(endpoint.baseUrl).port);
  });
  afterEach(async () => {
    for (const socket of sockets) socket.destroy();
    sockets.clear();
    agent.destroy();
    await endpoint.close(0);
  });

  /** Connections that say this much and wait; resolves when the endpoint has had time to look at them. */
  async function strangers(count: number, words: string): Promise<net.Socket[]> {
    const opened = Array.from({ length: count }, () => {
      const socket = net.connect(port, '127.0.0.1');
      socket.on('error', () => {}).resume();
      socket.write(words);
      sockets.add(socket);
      return socket;
    });
    await new Promise((resolve) => setTimeout(resolve, 100));
    return opened;
  }
  function call(path: string, more: http.RequestOptions = {}): Promise<number> {
    return new Promise((resolve, reject) => {
      const headers = { authorization: 'Bearer good' };
      http
        .get({ host: '127.0.0.1', port, path, headers, agent: false, ...more }, (answer) => {
          answer.resume().once('end', () => resolve(answer.statusCode!));
        })
        .once('error', reject);
    });
  }
  const head = (token: string) =>
    `POST /v/c1/x HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\nauthorization: Bearer ${token}\r\ncontent-length: 60000\r\n\r\n`;

  test('I6 strangers that hold every connection, silent or with half a body, keep no caller out', async () => {
    for (const words of ['', 'GET / HT', `${head('bad')}{`]) {
      const held = await strangers(3 * most, words);
      assert.equal(await call('/v/c1/x'), 200, JSON.stringify(words));
      const left = held.filter((socket) => !socket.destroyed).length;
      assert.ok(left <= most, `${left} are left`);
    }
  });

  test('I6 what is under way and what has shown its token stays, however many strangers come', async () => {
    const slow = call('/v/c1/slow');
    assert.equal(await call('/v/c1/x', { agent }), 200);
    const [kept] = Object.values(agent.freeSockets).flat();
    await strangers(3 * most, '');
    assert.equal(await call('/v/c1/x', { agent }), 200);
    assert.equal(kept?.destroyed, false, 'a connection that is kept alive is used again');
    finish();
    assert.equal(await slow, 200);
  });

  test('I6 a token that is no good is none', async () => {
    const words = `GET /v/c1/x HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\nauthorization: Bearer bad\r\n\r\n`;
    await strangers(3 * most, words);
    assert.equal(await call('/v/c1/x'), 200);
  });
});
