import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { after, afterEach, before, describe, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { WebSocket } from 'ws';
import type { Output } from '#contract/call.ts';
import type { ErrorCode } from '#contract/errors.ts';
import type { HostEvent } from '#contract/events.ts';
import type { ApprovalRequest } from '#contract/schemas/approvals.ts';
import { CanarySweep } from '../canary.ts';
import { type HostFixture, hostSecret, startHostFixture } from './host-fixture.ts';

// A person says yes to exactly this request: a real host, its endpoint, a real TLS upstream, the real CLI.

const capability = 'p1/users';

describe('approvals through a real host', () => {
  let f: HostFixture;
  let tokenId: string;
  const sweep = new CanarySweep([hostSecret]);
  before(async () => {
    f = await startHostFixture();
    await f.host.call('policies.set', { capability, askOperator: true });
    const { tokens } = await f.host.call('tokens.list', {});
    tokenId = tokens[0]!.id;
  });
  /** Nothing that waits or stands is left for the next test. */
  afterEach(async () => {
    await f.host.call('vault.lock', {});
    await f.host.call('vault.unlock', {});
    f.upstream.forget();
  });
  after(() => f?.close());

  const list = async () => {
    const answer = await f.host.call('approvals.list', {});
    sweep.bytes('approvals.list', JSON.stringify(answer));
    return answer;
  };
  /** The questions, as soon as there are so many. */
  async function waiting(count = 1): Promise<ApprovalRequest[]> {
    for (let tries = 0; tries < 500; tries += 1) {
      const { waiting: asked } = await list();
      if (asked.length === count) return asked;
      await wait(10);
    }
    throw new Error(`there are never ${count} questions`);
  }
  const allow = async (asked: ApprovalRequest | undefined, more: object = {}): Promise<Output<'approvals.allow'>> =>
    f.host.call('approvals.allow', { approvalId: asked!.approvalId, ...more });
  const deny = (asked: ApprovalRequest | undefined) => f.host.call('approvals.deny', { approvalId: asked!.approvalId });
  const code = async (answer: Promise<Response>) => (await answer).headers.get('aivault-error');
  const lastEntry = async (kind = 'invoke') => (await f.host.call('audit.list', { kind, limit: 1 })).entries[0];
  const mint = async (name: string) => (await f.host.call('tokens.mint', { capabilities: [capability], name })).token;
  const withToken = (token: string, path: string, init: RequestInit = {}) =>
    f.ask(path, { ...init, headers: { ...init.headers, authorization: `Bearer ${token}` } });
  const post = (body: string, path = '/v/c1/v1/users?a=1') => f.ask(path, { method: 'POST', body });

  test('H1 G51 a person sees the request that will be sent, and what arrives is that, byte for byte', async () => {
    const body = JSON.stringify({ amount: 12, note: 'für Ada\u202e' });
    const answer = post(body);
    const [asked] = await waiting();
    assert.equal(f.upstream.requests.length, 0);
    assert.deepEqual(asked, {
      approvalId: asked!.approvalId,
      askedAtMs: asked!.askedAtMs,
      expiresAtMs: asked!.askedAtMs + 120_000,
      actor: `agent:${tokenId}`,
      token: { tokenId, name: null },
      consumer: null,
      workspaceId: null,
      groupId: null,
      capability,
      effect: 'write',
      credential: 'c1',
      method: 'POST',
      host: 'up.test',
      url: 'https://up.test/v1/users?a=1',
      body: {
        bytes: Buffer.byteLength(body),
        sha256: createHash('sha256').update(body).digest('hex'),
        text: body.replace('\u202e', '\\u202e'),
        truncated: false,
      },
      alsoWaiting: 0,
    });
    assert.deepEqual(await allow(asked), { standing: null });
    assert.equal((await answer).status, 200);
    const [sent] = f.upstream.requests;
    assert.deepEqual([sent?.method, sent?.target, sent?.body.toString()], ['POST', '/v1/users?a=1', body]);
    assert.equal(sent?.header('authorization')[0], `Bearer ${hostSecret}`);
    const call = await lastEntry();
    assert.equal(call?.note, `approval: ${asked!.approvalId}`);
    assert.deepEqual(call?.trace?.find(({ stage }) => stage === 'ask-operator')?.outcome, 'passed');
    const decision = await lastEntry('approvals.allow');
    assert.deepEqual(
      [decision?.outcome, decision?.capability, decision?.tokenId, decision?.presence, decision?.note],
      ['done', capability, tokenId, 'none', `this request once, approval: ${asked!.approvalId}`],
    );
  });

  test('H1 one yes is one request: changed in any part, or sent again, it is asked about anew', async () => {
    const first = post('one');
    const [asked] = await waiting();
    await allow(asked);
    await first;
    const others = {
      'once more': () => post('one'),
      'another body': () => post('two'),
      'another query': () => post('one', '/v/c1/v1/users?a=2'),
      'another path': () => post('one', '/v/c1/v1/users/7?a=1'),
      'another method': () => f.ask('/v/c1/v1/users?a=1'),
    };
    for (const [name, send] of Object.entries(others)) {
      f.upstream.forget();
      const answer = send();
      const [again] = await waiting();
      assert.notEqual(again?.approvalId, asked?.approvalId, name);
      await assert.rejects(allow(asked), { code: 'not_found' }, 'the yes of before is used up');
      assert.equal(f.upstream.requests.length, 0, name);
      await allow(again);
      assert.equal((await answer).status, 200, name);
      assert.equal(f.upstream.requests.length, 1, name);
    }
  });

  test('a streamed body is read first, shown, and sent as it was shown; one over 1 MiB is refused', async () => {
    const part = Buffer.from('abcdefgh'.repeat(1024));
    const stream = (parts: number) =>
      new ReadableStream<Uint8Array>({
        start(controller) {
          for (let at = 0; at < parts; at += 1) controller.enqueue(part);
          controller.close();
        },
      });
    const send = (parts: number) =>
      f.ask('/v/c1/v1/users', { method: 'POST', body: stream(parts), duplex: 'half' } as RequestInit);
    const answer = send(64);
    const [asked] = await waiting();
    assert.equal(asked?.body?.bytes, 64 * part.length);
    assert.deepEqual([asked?.body?.truncated, asked?.body?.text?.length], [true, 2000]);
    await allow(asked);
    await answer;
    const sent = f.upstream.requests[0]!.body;
    assert.equal(createHash('sha256').update(sent).digest('hex'), asked?.body?.sha256);
    assert.equal(await code(send(129)), 'too_large');
    assert.equal(f.upstream.requests.length, 1);
  });

  test('a yes that lasts needs no further one until it is withdrawn; it is this token’s', async () => {
    const other = await mint('other');
    const first = f.ask('/v/c1/v1/users');
    const { standing } = await allow((await waiting())[0], { lasts: 'token', covers: 'capability' });
    assert.deepEqual([standing?.method, standing?.url, standing?.untilMs], [null, null, null]);
    await first;
    assert.equal((await post('x')).status, 200);
    assert.equal((await lastEntry())?.note, `approval: ${standing?.standingId}`);
    const stranger = withToken(other, '/v/c1/v1/users');
    await deny((await waiting())[0]);
    assert.equal(await code(stranger), 'approval_refused');
    assert.deepEqual(await f.host.call('approvals.withdraw', { standingId: standing!.standingId }), {
      withdrawn: true,
    });
    const asked = f.ask('/v/c1/v1/users');
    await allow((await waiting())[0]);
    await asked;
  });

  test('H2 a token can neither see nor answer questions, whatever it asks', async () => {
    const answer = post('x');
    const [asked] = await waiting();
    for (const path of [
      '/approvals',
      '/call/approvals.list',
      '/call/approvals.allow',
      '/v1/approvals',
      '/aivault/approvals',
    ]) {
      for (const method of ['GET', 'POST']) {
        const init =
          method === 'GET' ? {} : { method, body: JSON.stringify({ input: { approvalId: asked!.approvalId } }) };
        const { status } = await f.ask(path, init);
        assert.ok(status >= 400, `${method} ${path}`);
      }
    }
    assert.equal((await waiting())[0]?.approvalId, asked?.approvalId);
    await deny(asked);
    assert.equal(await code(answer), 'approval_refused');
    assert.equal(f.upstream.requests.length, 0);
  });

  test('H4 a thousand requests make few questions, and a no silences their caller', async () => {
    const token = await mint('flood');
    const codes = new Map<string, number>();
    const going = Array.from({ length: 1000 }, async (_each, at) => {
      const found = await code(withToken(token, '/v/c1/v1/users', { method: 'POST', body: `n ${at % 20}` }));
      codes.set(found ?? 'sent', (codes.get(found ?? 'sent') ?? 0) + 1);
    });
    while ((codes.get('rate_limited') ?? 0) < 995) await wait(20);
    const { waiting: asked } = await list();
    assert.equal(
      asked.reduce((sum, { alsoWaiting }) => sum + 1 + alsoWaiting, 0),
      5,
    );
    for (let at = 0; at < 5; at += 1) for (const each of (await list()).waiting.slice(0, 1)) await deny(each);
    await Promise.all(going);
    assert.deepEqual(Object.fromEntries(codes), { rate_limited: 995, approval_refused: 5 });
    for (let at = 0; at < 20; at += 1) assert.equal(await code(withToken(token, '/v/c1/v1/users')), 'approval_refused');
    assert.deepEqual((await list()).waiting, []);
    assert.equal(f.upstream.requests.length, 0);
  });

  test('H5 an answer to a question nobody asked is not found, and those that wait go on waiting', async () => {
    const answer = post('x');
    const [asked] = await waiting();
    for (const approvalId of ['0'.repeat(32), asked!.approvalId.slice(0, 31), '']) {
      await assert.rejects(f.host.call('approvals.allow', { approvalId }), { code: 'not_found' });
      await assert.rejects(f.host.call('approvals.deny', { approvalId }), { code: 'not_found' });
    }
    assert.deepEqual(await f.host.call('approvals.withdraw', { standingId: asked!.approvalId }), { withdrawn: false });
    assert.equal((await waiting()).length, 1);
    await allow(asked);
    assert.equal((await answer).status, 200);
  });

  test('H6 a caller that is gone takes its question along: nothing is sent, and the log says so', async () => {
    const leaving = new AbortController();
    const answer = f.ask('/v/c1/v1/users', { signal: leaving.signal });
    const [asked] = await waiting();
    leaving.abort();
    await assert.rejects(answer);
    await waiting(0);
    await assert.rejects(allow(asked), { code: 'not_found' });
    assert.equal(f.upstream.requests.length, 0);
    // Not simply the last one: what a flood before this was refused with is counted, and its count may come now.
    const { entries } = await f.host.call('audit.list', { kind: 'invoke', outcome: 'refused', limit: 5 });
    const entry = entries.find(({ count }) => count === undefined);
    assert.deepEqual([entry?.outcome, entry?.code], ['refused', 'upstream_unreachable']);
    assert.deepEqual(entry?.trace?.at(-1)?.stage, 'ask-operator');
  });

  test('H6 so does a CLI that is killed', async () => {
    const program = new URL('../../main/cli/aivault.ts', import.meta.url).pathname;
    const child = spawn(process.execPath, [program, 'invoke', capability], {
      env: { PATH: process.env.PATH, HOME: f.host.folder, AIVAULT_DIR: f.host.folder },
      stdio: 'ignore',
    });
    const [asked] = await waiting();
    assert.deepEqual([asked?.actor, asked?.token], ['operator:cli', null]);
    child.kill('SIGKILL');
    await once(child, 'close');
    await waiting(0);
    assert.equal(f.upstream.requests.length, 0);
  });

  const meanwhile: Record<string, { readonly code: ErrorCode; act(): Promise<unknown>; undo?(): Promise<unknown> }> = {
    'the vault is locked': { code: 'vault_locked', act: () => f.host.call('vault.lock', {}) },
    'the token is revoked': {
      code: 'token_invalid',
      act: async () => {
        const { tokens } = await f.host.call('tokens.list', {});
        return f.host.call('tokens.revoke', { id: tokens.findLast(({ name }) => name === 'meanwhile')!.id });
      },
    },
    'the capability is disabled': {
      code: 'credential_not_found',
      act: () => f.host.call('capabilities.setEnabled', { id: capability, enabled: false }),
      undo: () => f.host.call('capabilities.setEnabled', { id: capability, enabled: true }),
    },
    'the credential is disabled': {
      code: 'credential_not_found',
      act: () => f.host.call('credentials.setEnabled', { id: 'c1', enabled: false }),
      undo: () => f.host.call('credentials.setEnabled', { id: 'c1', enabled: true }),
    },
    'the policy is changed': {
      code: 'approval_refused',
      act: () => f.host.call('policies.set', { capability, maxResponseBodyBytes: 9_000_000 }),
      undo: () => f.host.call('policies.set', { capability, maxResponseBodyBytes: null }),
    },
  };
  for (const [what, { code: expected, act, undo }] of Object.entries(meanwhile)) {
    test(`while a request waits ${what}: it is refused, its question goes and nothing stands any more`, async () => {
      const token = await mint('meanwhile');
      const allowed = withToken(token, '/v/c1/v1/users/standing');
      await allow((await waiting())[0], { lasts: 'hour' });
      await allowed;
      f.upstream.forget();
      const answer = withToken(token, '/v/c1/v1/users');
      const [asked] = await waiting();
      await act();
      assert.equal(await code(answer), expected);
      await f.host.call('vault.unlock', {}).catch(() => {});
      assert.deepEqual(await list(), { waiting: [], standing: [] });
      await assert.rejects(allow(asked), { code: 'not_found' });
      assert.equal(f.upstream.requests.length, 0);
      await undo?.();
    });
  }

  test('what only touches others lets a question wait and a yes stand', async () => {
    const allowed = f.ask('/v/c1/v1/users/standing');
    await allow((await waiting())[0], { lasts: 'hour' });
    await allowed;
    const answer = post('x');
    await waiting();
    await f.host.call('policies.set', { capability: 'openai/models', rateLimitPerMinute: 3 });
    await f.host.call('secrets.create', { name: 'ANOTHER', value: 'nobody-asks-for-it' });
    await f.host.call('tokens.mint', { capabilities: ['openai/models'] });
    const after = await list();
    assert.deepEqual([after.waiting.length, after.standing.length], [1, 1]);
    await allow(after.waiting[0]);
    assert.equal((await answer).status, 200);
  });

  test('a WebSocket is asked about before its upstream hears of it', async () => {
    const url = `${f.host.baseUrl.replace('http:', 'ws:')}/v/c1/v1/users/live`;
    const socket = new WebSocket(url, { headers: { authorization: `Bearer ${f.token}` } });
    const [asked] = await waiting();
    assert.deepEqual([asked?.method, asked?.url, asked?.body], ['GET', 'https://up.test/v1/users/live', null]);
    await deny(asked);
    socket.on('error', () => {});
    const [, response] = await once(socket, 'unexpected-response');
    assert.equal(response.headers['aivault-error'], 'approval_refused');
    assert.equal(f.upstream.requests.length, 0);
    response.destroy();
  });

  test('a caller’s own deadline does not run while a person is asked, and a request tried in the window waits too', async () => {
    const answer = f.host.client.invoke({
      door: 'envelope',
      caller: { kind: 'operator', via: 'cli' },
      method: 'POST',
      target: '/aivault/proxy',
      headers: [['content-type', 'application/json']],
      body: Buffer.from(JSON.stringify({ capability, request: { path: '/v1/users/slow' } })),
      timeoutMs: 300,
    });
    const [asked] = await waiting();
    await wait(900);
    await allow(asked);
    assert.equal((await answer).status, 200);
    const tried = f.host.call('capabilities.try', { capability, path: '/v1/users/tried' });
    await deny((await waiting())[0]);
    assert.equal((await tried).refusal?.error, 'approval_refused');
  });

  test('every change is announced, by its name alone; no list, event, entry or log holds the key', async () => {
    const heard: HostEvent[] = [];
    const over = new AbortController();
    const listening = (async () => {
      for await (const event of f.host.client.events(over.signal)) heard.push(event);
    })().catch(() => {});
    await wait(100);
    const answer = post(`mine, not the key`);
    const [asked] = await waiting();
    await allow(asked, { lasts: 'hour' });
    await answer;
    await wait(50);
    over.abort();
    await listening;
    assert.ok(heard.filter(({ event }) => event === 'approvals.changed').length >= 2);
    for (const event of heard) assert.deepEqual(Object.keys(event).sort(), ['atMs', 'event']);
    sweep.bytes('events', JSON.stringify(heard));
    sweep.bytes('audit', JSON.stringify((await f.host.call('audit.list', { limit: 1000 })).entries));
    sweep.bytes('answer', await (await answer).text());
    sweep.bytes('host output', f.host.output());
    sweep.folder('vault folder', f.host.folder);
    assert.deepEqual(sweep.hits, []);
    const log = JSON.stringify((await f.host.call('audit.list', { limit: 1000 })).entries);
    assert.ok(!log.includes('not the key'), 'nor does the log hold a body');
  });
});
