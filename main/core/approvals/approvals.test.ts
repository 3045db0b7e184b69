import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'node:test';
import { AivaultError } from '#contract/errors.ts';
import type { Planned, RequestBody } from '../broker/states.ts';
import { systemRandom } from '../crypto/random.ts';
import { type Approvals, type ApprovalsDeps, createApprovals } from './approvals.ts';
import type { Subject } from './standing.ts';

interface Wish {
  readonly tokenId?: string | null;
  readonly capability?: string;
  readonly credential?: string;
  readonly method?: string;
  readonly path?: string;
  readonly query?: string | null;
  readonly body?: string;
  readonly workspaceId?: string;
}

/** As much of a planned request as approvals look at. */
function planned(wish: Wish = {}): Planned {
  const { tokenId = 'tok_0000000000000001', capability = 'p1/users', credential = 'c1', method = 'POST' } = wish;
  const { path = '/v1/users', query = null, body } = wish;
  const requestBody: RequestBody = body === undefined ? { kind: 'none' } : { kind: 'bytes', bytes: Buffer.from(body) };
  return {
    grant: {
      actor: tokenId === null ? 'operator:cli' : `agent:${tokenId}`,
      tokenId,
      context: wish.workspaceId === undefined ? {} : { workspaceId: wish.workspaceId },
      consumer: null,
    },
    capability: { id: capability, effect: 'write', policy: { askOperator: true } },
    credential: { id: credential },
    method,
    query,
    host: 'up.test',
    origin: 'https://up.test',
    upstreamPath: path,
    shownUrl: `https://up.test${path}${query === null ? '' : `?${query}`}`,
    requestBody,
  } as unknown as Planned;
}

describe('approvals', () => {
  let clock: number;
  let ended: (about: Subject) => AivaultError | null;
  let announced: number;
  let approvals: Approvals;
  const open = (more: Partial<ApprovalsDeps> = {}) =>
    createApprovals({
      now: () => clock,
      randomBytes: systemRandom,
      announce: () => {
        announced += 1;
      },
      ended: (about) => ended(about),
      tokenName: () => 'bot',
      ...more,
    });
  beforeEach(() => {
    clock = 1_000_000;
    announced = 0;
    ended = () => null;
    approvals = open();
  });

  const never = new AbortController().signal;
  /** Asks, and gives what became of it: the note, or the code of the refusal. */
  const ask = (request: Planned, signal = never) => {
    const asked = approvals.ask(request, async () => request, signal).then(({ note }) => note);
    return asked.catch((error: AivaultError) => `${error.code}: ${error.message}`);
  };
  const turn = () => new Promise((resolve) => setImmediate(resolve));
  const waiting = () => approvals.list().waiting;
  const only = () => waiting()[0]!.approvalId;

  test('H1 what was allowed is what goes on: the very request that waited, once', async () => {
    const request = planned({ body: 'x' });
    const asked = approvals.ask(request, async () => request, never);
    await turn();
    const id = only();
    assert.equal(approvals.allow(id, 'once', 'request').asked, request);
    const allowed = await asked;
    assert.equal(allowed.request, request);
    assert.equal(allowed.note, `approval: ${id}`);
    assert.throws(() => approvals.allow(id, 'once', 'request'), { code: 'not_found' });
    const again = ask(planned({ body: 'x' }));
    await turn();
    assert.equal(waiting().length, 1, 'the same request once more is a question of its own');
    approvals.deny(only());
    await again;
  });

  test('H1 a yes that lasts is for this caller, context, capability, credential, method and address, and no other', async () => {
    const first = ask(planned({ query: 'a=1', body: 'one' }));
    await turn();
    const { standing } = approvals.allow(only(), 'hour', 'request');
    assert.equal(await first, `approval: ${standing?.standingId}`);
    assert.equal(await ask(planned({ query: 'a=1', body: 'two' })), `approval: ${standing?.standingId}`);
    const others: Wish[] = [
      { query: 'a=2' },
      { query: null },
      { query: 'a=1', path: '/v1/user' },
      { query: 'a=1', method: 'GET' },
      { query: 'a=1', credential: 'c2' },
      { query: 'a=1', capability: 'p1/other' },
      { query: 'a=1', workspaceId: 'w' },
      { query: 'a=1', tokenId: 'tok_0000000000000002' },
      { query: 'a=1', tokenId: null },
    ];
    for (const wish of others) {
      const asked = ask(planned(wish));
      await turn();
      assert.equal(waiting().length, 1, JSON.stringify(wish));
      approvals.allow(only(), 'once', 'request');
      await asked;
    }
  });

  test('a yes for a capability covers whatever it allows, ends after its hour and when the clock goes back', async () => {
    const first = ask(planned());
    await turn();
    const { standing } = approvals.allow(only(), 'hour', 'capability');
    await first;
    const note = `approval: ${standing?.standingId}`;
    assert.equal(await ask(planned({ method: 'GET', path: '/v1/users/7' })), note);
    for (const [at, count] of [
      [clock + 3_599_999, 0],
      [clock + 3_600_000, 1],
      [clock - 1, 1],
    ] as const) {
      clock = at;
      const asked = ask(planned({ path: '/v1/users/8' }));
      await turn();
      assert.equal(waiting().length, count);
      for (const { approvalId } of waiting()) approvals.allow(approvalId, 'once', 'request');
      await asked;
    }
  });

  test('a yes releases what it covers of what waits already, and nothing else', async () => {
    const same = [ask(planned({ body: '1' })), ask(planned({ body: '2' }))];
    const other = ask(planned({ method: 'GET' }));
    await turn();
    approvals.allow(only(), 'token', 'request');
    for (const note of await Promise.all(same)) assert.match(note, /^approval: /);
    assert.deepEqual(
      waiting().map(({ method }) => method),
      ['GET'],
    );
    approvals.deny(only());
    assert.match(await other, /approval_refused/);
  });

  test('a yes that makes no sense is refused and the request still waits', async () => {
    const asked = ask(planned({ tokenId: null }));
    await turn();
    assert.throws(() => approvals.allow(only(), 'once', 'capability'), { code: 'invalid_request' });
    assert.throws(() => approvals.allow(only(), 'token', 'request'), { code: 'invalid_request' });
    approvals.allow(only(), 'hour', 'capability');
    assert.match(await asked, /^approval: /);
    assert.equal(approvals.list().standing[0]?.token, null);
  });

  test('H5 an id that is unknown, another host’s or answered already changes nothing', async () => {
    const other = open();
    const asked = ask(planned());
    const elsewhere = other.ask(planned(), async () => planned(), never).catch(() => 'refused');
    await turn();
    const foreign = other.list().waiting[0]!.approvalId;
    for (const id of ['', 'nothing', foreign, only().slice(0, 8), only().toUpperCase()]) {
      assert.throws(() => approvals.allow(id, 'once', 'request'), { code: 'not_found' });
      assert.throws(() => approvals.deny(id), { code: 'not_found' });
    }
    assert.equal(approvals.withdraw(only()), undefined);
    assert.equal(waiting().length, 1);
    approvals.allow(only(), 'once', 'request');
    assert.match(await asked, /^approval: /);
    assert.equal(other.list().waiting.length, 1);
    other.forget();
    assert.equal(await elsewhere, 'refused');
  });

  test('H4 a caller has five questions, all have fifty, and those that look alike are one', async () => {
    const asked: Promise<string>[] = [];
    for (let caller = 0; caller < 12; caller += 1) {
      const tokenId = `tok_${String(caller).padStart(16, '0')}`;
      for (let at = 0; at < 20; at += 1) asked.push(ask(planned({ tokenId, body: 'same' })));
    }
    await turn();
    assert.deepEqual(
      waiting().map(({ alsoWaiting }) => alsoWaiting),
      Array(10).fill(4),
    );
    approvals.forget();
    const ends = await Promise.all(asked);
    assert.equal(ends.filter((end) => end.startsWith('vault_locked')).length, 50);
    assert.equal(ends.filter((end) => end.startsWith('rate_limited')).length, 190);
  });

  test('H4 a no is for all that look alike, and its caller is not asked about again for 30 seconds', async () => {
    const asked = [ask(planned({ body: 'a' })), ask(planned({ body: 'a' })), ask(planned({ body: 'b' }))];
    await turn();
    assert.deepEqual(
      waiting().map(({ alsoWaiting }) => alsoWaiting),
      [1, 0],
    );
    approvals.deny(only());
    assert.equal(waiting().length, 1);
    assert.match((await Promise.all(asked.slice(0, 2))).join(), /^approval_refused: [^,]*,approval_refused: /);
    for (let at = 0; at < 100; at += 1) assert.match(await ask(planned()), /^approval_refused/);
    assert.equal(waiting().length, 1, 'no question was made');
    const elsewhere = [ask(planned({ capability: 'p1/other' })), ask(planned({ tokenId: 'tok_0000000000000002' }))];
    await turn();
    assert.equal(waiting().length, 3, 'others, and other capabilities, are asked about');
    clock += 30_000;
    const later = ask(planned());
    await turn();
    assert.equal(waiting().length, 4);
    approvals.forget();
    await Promise.all([...asked, ...elsewhere, later]);
  });

  test('H4 a caller that asks and leaves over and over makes sixty questions a minute', async () => {
    let questions = 0;
    for (let at = 0; at < 200; at += 1) {
      const leaving = new AbortController();
      const asked = ask(planned(), leaving.signal);
      await turn();
      questions += waiting().length;
      leaving.abort();
      await asked;
    }
    assert.equal(questions, 60);
    assert.equal(waiting().length, 0);
  });

  test('nobody answers in time: it is refused, and its place is free again', async () => {
    approvals = open({ patienceMs: 10 });
    const asked = await Promise.all([1, 2, 3, 4, 5].map((at) => ask(planned({ body: String(at) }))));
    assert.deepEqual(new Set(asked), new Set(['approval_refused: Nobody answered in time.']));
    assert.equal(await ask(planned()), 'approval_refused: Nobody answered in time.');
    assert.equal(waiting().length, 0);
    assert.equal(announced, 12, 'each came and went');
  });

  test('a machine that slept answers nothing that is over, and a body that does not come holds no place', async () => {
    const asked = ask(planned());
    await turn();
    clock += 120_000;
    assert.throws(() => approvals.allow(only(), 'once', 'request'), { code: 'not_found' });
    assert.equal(await asked, 'approval_refused: Nobody answered in time.');
    approvals = open({ patienceMs: 10 });
    for (let at = 0; at < 6; at += 1) {
      const never = approvals.ask(planned(), () => new Promise(() => {}), new AbortController().signal);
      await assert.rejects(never, { code: 'approval_refused' });
    }
  });

  test('H6 a caller that leaves takes its question along, whether it waits or only comes', async () => {
    const leaving = new AbortController();
    const asked = ask(planned(), leaving.signal);
    await turn();
    const id = only();
    leaving.abort();
    assert.match(await asked, /^approval_refused: The caller went away/);
    assert.throws(() => approvals.allow(id, 'once', 'request'), { code: 'not_found' });
    assert.match(await ask(planned(), leaving.signal), /^approval_refused/);
    assert.equal(waiting().length, 0);
  });

  test('what has ended or changed meanwhile takes its questions and its yes along', async () => {
    const standing = ask(planned({ capability: 'p1/gone' }));
    await turn();
    approvals.allow(only(), 'token', 'capability');
    await standing;
    const asked = [ask(planned({ capability: 'p1/gone', tokenId: 'tok_0000000000000009' })), ask(planned())];
    await turn();
    ended = ({ capability }) =>
      capability.id === 'p1/gone' ? new AivaultError('token_invalid', 'The token was revoked.') : null;
    approvals.changed();
    assert.match(await asked[0]!, /^token_invalid/);
    assert.deepEqual([waiting().length, approvals.list().standing.length], [1, 0]);
    approvals.forget();
    assert.match(await asked[1]!, /^vault_locked/);
  });

  test('after the yes everything is looked at once more', async () => {
    const asked = ask(planned());
    await turn();
    ended = () => new AivaultError('approval_refused', 'The policy was changed.');
    approvals.allow(only(), 'once', 'request');
    assert.equal(await asked, 'approval_refused: The policy was changed.');
  });

  test('a body is read only where there is a place to wait, and an unreadable one is no question', async () => {
    let reads = 0;
    const whole = async () => {
      reads += 1;
      throw new AivaultError('too_large', 'Too large.');
    };
    for (let at = 0; at < 10; at += 1) {
      await assert.rejects(approvals.ask(planned(), whole, never), { code: 'too_large' });
    }
    assert.equal(reads, 10, 'places were given back');
    const full = [1, 2, 3, 4, 5].map((at) => ask(planned({ body: String(at) })));
    await turn();
    await assert.rejects(approvals.ask(planned(), whole, never), { code: 'rate_limited' });
    assert.equal(reads, 10);
    approvals.forget();
    await Promise.all(full);
  });
});
