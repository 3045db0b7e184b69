import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Answer } from '#contract/proxied.ts';
import { openTestCore, type TestCore } from '../core.fixture.ts';

const passphrase = 'correct horse battery';

describe('approvals through dispatch', () => {
  let core: TestCore;
  before(async () => {
    core = await openTestCore({ choice: { provider: 'passphrase', passphrase } });
    await core.ask('vault.init', { choice: { provider: 'passphrase', passphrase } });
    const { secret } = await core.ask('secrets.create', { name: 'K', value: 'some-value-01' });
    await core.ask('credentials.create', {
      id: 'c1',
      provider: 'p1',
      secretRef: `vault:secret:${secret.secretId}`,
      auth: { kind: 'header', name: 'authorization', template: 'Bearer {{secret}}' },
      hosts: ['up.invalid'],
    });
    await core.ask('capabilities.create', { id: 'p1/users', provider: 'p1', methods: ['GET'], paths: ['/v1/users'] });
    await core.ask('policies.set', { capability: 'p1/users', askOperator: true });
  });
  after(() => core.close());

  const send = (): Promise<Answer> =>
    core.core.invoke(
      {
        door: 'pass-through',
        caller: { kind: 'operator', via: 'window' },
        method: 'GET',
        target: '/v/c1/v1/users',
        headers: [],
        body: null,
      },
      new AbortController().signal,
    );
  async function only(): Promise<string> {
    for (let tries = 0; tries < 100; tries += 1) {
      const [asked] = (await core.ask('approvals.list', {})).waiting;
      if (asked !== undefined) return asked.approvalId;
      await new Promise((resolve) => setImmediate(resolve));
    }
    throw new Error('nothing waits');
  }

  test('H2 who stops the asking proves to be there, whichever way; whoever starts it need not', async () => {
    const capability = 'p1/users';
    for (const [name, input] of [
      ['policies.set', { capability, askOperator: false }],
      ['policies.clear', { capability }],
      ['capabilities.delete', { id: capability }],
    ] as const) {
      assert.equal((await core.refusal(name, input)).code, 'presence_required', name);
    }
    const policy = async () => (await core.ask('policies.show', { capability })).policy;
    assert.equal((await policy()).askOperator, true);
    await core.ask('policies.set', { capability, rateLimitPerMinute: 600 });
    await core.ask('policies.set', { capability, askOperator: false }, { presence: { passphrase } });
    assert.deepEqual([(await policy()).askOperator, (await policy()).rateLimitPerMinute], [false, 600]);
    await core.ask('policies.clear', { capability });
    await core.ask('policies.set', { capability, askOperator: true });
  });

  test('H2 a yes needs presence, a no does not; without it the request still waits', async () => {
    const answer = send();
    const approvalId = await only();
    for (const presence of [undefined, { passphrase: 'wrong' }, { confirmed: true as const }]) {
      const who = presence === undefined ? {} : { presence };
      assert.equal((await core.refusal('approvals.allow', { approvalId }, who)).code, 'presence_required');
    }
    assert.equal(await only(), approvalId);
    await core.ask('approvals.allow', { approvalId }, { presence: { passphrase } });
    assert.equal((await answer).refusal?.error, 'upstream_unreachable', 'it went on');
    const denied = send();
    await core.ask('approvals.deny', { approvalId: await only() });
    assert.equal((await denied).refusal?.error, 'approval_refused');
    const { entries } = await core.ask('audit.list', { limit: 20 });
    assert.equal(entries.find(({ kind }) => kind === 'invoke')?.code, 'approval_refused');
    const yes = entries.find(({ kind, outcome }) => kind === 'approvals.allow' && outcome === 'done');
    assert.equal(yes?.note, `this request once, approval: ${approvalId}, asked by operator:window`);
    assert.deepEqual(
      entries
        .filter(({ kind }) => kind.startsWith('approvals.'))
        .map(({ kind, outcome, presence }) => [kind, outcome, presence]),
      [
        ['approvals.deny', 'done', undefined],
        ['approvals.allow', 'done', 'passphrase'],
        ['approvals.allow', 'refused', undefined],
        ['approvals.allow', 'refused', undefined],
        ['approvals.allow', 'refused', undefined],
      ],
    );
  });

  test('waiting keeps no vault open: it locks when its time is over, and what waits is refused', async () => {
    core.clock.ms += 60_000;
    const answer = send();
    await only();
    core.clock.ms += 15 * 60_000;
    assert.equal((await core.ask('vault.status', {})).state, 'locked');
    assert.equal((await answer).refusal?.error, 'vault_locked');
    await core.ask('vault.unlock', { passphrase });
    assert.deepEqual(await core.ask('approvals.list', {}), { waiting: [], standing: [] });
  });

  test('what waits when the host ends is refused, and the log still says so', async () => {
    const waiting = send();
    await only();
    await core.reopen();
    assert.equal((await waiting).refusal?.error, 'vault_locked');
    await core.ask('vault.unlock', { passphrase });
    const { entries } = await core.ask('audit.list', { kind: 'invoke', limit: 1 });
    assert.deepEqual([entries[0]?.outcome, entries[0]?.code], ['refused', 'vault_locked']);
    assert.deepEqual(await core.ask('approvals.list', {}), { waiting: [], standing: [] });
  });
});
