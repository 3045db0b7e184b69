import assert from 'node:assert/strict';
import { after, beforeEach, describe, test } from 'node:test';
import { addF1, bodyOf, type CoreFixture, secretValue, startCoreFixture } from './core-fixture.ts';
import { passThroughIncoming } from './memory-ports.ts';

// In a suite of its own: hooks at the top of a file would run for every file of the process.
describe('revocation', () => {
  // Taking away works: what was deleted, disabled, revoked or locked is not used again, also not by a call under way.

  const users = { capability: 'p1/users', request: { method: 'GET', path: '/v1/users' } };
  let fixture: CoreFixture;
  beforeEach(async () => {
    await fixture?.close();
    fixture = await startCoreFixture();
  });
  after(() => fixture.close());

  async function outcome(envelope: unknown, token?: string): Promise<string> {
    const answer = await (token === undefined ? fixture.asOperator(envelope) : fixture.withToken(token, envelope));
    await bodyOf(answer);
    return answer.refusal?.error ?? String(answer.status);
  }
  const seen = () => fixture.upstream.requests.length;

  test('S22 both Trello secrets stored and deleted: credential_not_found, nothing sent', async () => {
    const boards = { capability: 'trello/boards', request: { method: 'GET', path: '/1/boards/abc' } };
    const key = await fixture.store('TRELLO_API_KEY', 'a'.repeat(32));
    const token = await fixture.store('TRELLO_TOKEN', 'b'.repeat(64));
    assert.equal(await outcome(boards), '200');
    for (const secretId of [key, token]) await fixture.test.ask('secrets.delete', { secretId });
    assert.equal(await outcome(boards), 'credential_not_found');
    assert.equal(seen(), 1);
  });

  test('S23 one of two Twilio secrets deleted: credential_not_found', async () => {
    const messages = {
      capability: 'twilio/messages',
      request: { method: 'GET', path: '/2010-04-01/Accounts/AC1/Messages.json' },
    };
    await fixture.store('TWILIO_ACCOUNT_SID', `AC${'1'.repeat(32)}`);
    const token = await fixture.store('TWILIO_AUTH_TOKEN', 'c'.repeat(32));
    const known = (await fixture.test.ask('capabilities.list', { provider: 'twilio', ready: true })).capabilities
      .length;
    assert.ok(known > 0);
    await fixture.test.ask('secrets.delete', { secretId: token });
    assert.equal(
      (await fixture.test.ask('capabilities.list', { provider: 'twilio', ready: true })).capabilities.length,
      0,
    );
    assert.match(await outcome(messages), /^(credential|capability)_not_found$/);
    assert.equal(seen(), 0);
  });

  test('S25 a disabled or deleted registry capability is not there', async () => {
    const models = { capability: 'openai/models', request: { method: 'GET', path: '/v1/models' } };
    await fixture.store('OPENAI_API_KEY', `sk-${'k'.repeat(24)}`);
    const { token } = await fixture.test.ask('tokens.mint', { capabilities: ['openai/models'] });
    assert.equal(await outcome(models, token), '200');
    await fixture.test.ask('capabilities.setEnabled', { id: 'openai/models', enabled: false });
    assert.equal(await outcome(models, token), 'capability_not_found');
    await fixture.test.ask('capabilities.setEnabled', { id: 'openai/models', enabled: true });
    assert.equal(await outcome(models, token), '200');
    await fixture.test.ask('capabilities.delete', { id: 'openai/models' });
    assert.equal(await outcome(models, token), 'capability_not_found');
  });

  test('a revoked, expired, unknown or malformed token is token_invalid, and nothing is sent', async () => {
    await addF1(fixture);
    const mint = (ttlMs: number) => fixture.test.ask('tokens.mint', { capabilities: ['p1/users'], ttlMs });
    const revoked = await mint(60_000);
    assert.equal(await outcome(users, revoked.token), '200');
    await fixture.test.ask('tokens.revoke', { id: revoked.id });
    const expired = await mint(1000);
    fixture.test.clock.ms += 1001;
    for (const token of [revoked.token, expired.token, `avp_${'x'.repeat(43)}`, 'avp_short', `skt_${'x'.repeat(43)}`]) {
      assert.equal(await outcome(users, token), 'token_invalid', token.slice(0, 8));
    }
    assert.equal(seen(), 1);
  });

  test('S38 a token for one capability is not for another; S37 nor is one credential’s token for another credential', async () => {
    const { secretId } = await addF1(fixture);
    const auth = { kind: 'header', name: 'x-other', template: '{{secret}}' } as const;
    await fixture.test.ask('credentials.create', {
      id: 'c2',
      provider: 'p1',
      secretRef: `vault:secret:${secretId}`,
      auth,
      hosts: ['up.test'],
    });
    await fixture.test.ask('capabilities.create', {
      id: 'p1/other',
      provider: 'p1',
      methods: ['GET'],
      paths: ['/v1/other'],
      hosts: ['up.test'],
    });
    const tied = await fixture.test.ask('tokens.mint', { capabilities: ['p1/users'], credential: 'c1' });
    assert.equal(
      await outcome({ capability: 'p1/other', request: { path: '/v1/other' } }, tied.token),
      'policy_violation',
    );
    assert.equal(await outcome({ ...users, credential: 'c2' }, tied.token), 'policy_violation');
    assert.equal(await outcome(users, tied.token), '200');
    assert.equal(seen(), 1);
  });

  test('S52, G31 deletion wins over calls under way: what is acknowledged as deleted is never sent afterwards', async () => {
    for (let round = 0; round < 10; round++) {
      const { secretId } = await addF1(fixture);
      const { token } = await fixture.test.ask('tokens.mint', { capabilities: ['p1/users'] });
      let going = true;
      const callers = Array.from({ length: 4 }, async () => {
        while (going) await outcome(users, token);
      });
      await fixture.test.ask('secrets.delete', { secretId });
      going = false;
      await Promise.all(callers);
      const sent = seen();
      assert.equal(await outcome(users, token), 'credential_not_found');
      assert.equal(seen(), sent);
      assert.ok(!(await fixture.test.ask('secrets.list', {})).secrets.some((each) => each.secretId === secretId));
      await fixture.test.ask('capabilities.delete', { id: 'p1/users' });
    }
  });

  test('a call while locked is vault_locked, and works again with the same token after unlocking', async () => {
    await addF1(fixture);
    const { token } = await fixture.test.ask('tokens.mint', { capabilities: ['p1/users'] });
    await fixture.test.ask('vault.lock', {});
    assert.equal(await outcome(users, token), 'vault_locked');
    await fixture.test.ask('vault.unlock', {});
    assert.equal(await outcome(users, token), '200');
    assert.equal(seen(), 1);
  });

  test('P01, G30 a rate limit of two a minute refuses the third call with a time to wait', async () => {
    await addF1(fixture);
    await fixture.test.ask('policies.set', { capability: 'p1/users', rateLimitPerMinute: 2 });
    const { token } = await fixture.test.ask('tokens.mint', { capabilities: ['p1/users'] });
    assert.deepEqual([await outcome(users, token), await outcome(users, token)], ['200', '200']);
    const third = await fixture.withToken(token, users);
    assert.equal(third.refusal?.error, 'rate_limited');
    assert.ok((third.refusal?.retryAfterSeconds ?? 0) > 0);
    assert.equal(seen(), 2);
  });

  test('I6, C10 a token that may make three calls makes three, many at once and after a restart too', async () => {
    await addF1(fixture);
    const { token, id } = await fixture.test.ask('tokens.mint', { capabilities: ['p1/users'], maxCalls: 3 });
    const refused = { ...users, request: { method: 'DELETE', path: '/v1/users' } };
    assert.equal(await outcome(refused, token), 'policy_violation', 'what policy refuses is not counted');
    assert.equal(await outcome(users, token), '200');
    await fixture.test.reopen();
    const shown = async () => (await fixture.test.ask('tokens.list', {})).tokens.find((each) => each.id === id)?.calls;
    assert.deepEqual(await shown(), { made: 1, most: 3 });
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => outcome(users, token)));
    assert.deepEqual(outcomes.toSorted().slice(0, 3), ['200', '200', 'policy_violation']);
    assert.equal(seen(), 3);
    assert.match((await fixture.withToken(token, users)).refusal?.message ?? '', /made all its calls \(3\)/);
    const other = await fixture.test.ask('tokens.mint', { capabilities: ['p1/users'] });
    assert.equal(await outcome(users, other.token), '200', 'another token has its own');
  });

  test('E16 a request over its size limit is too_large and not sent', async () => {
    await addF1(fixture);
    await fixture.test.ask('policies.set', { capability: 'p1/users', maxRequestBodyBytes: 3 });
    const post = (body: string) =>
      outcome({ capability: 'p1/users', request: { method: 'POST', path: '/v1/users', body } });
    assert.equal(await post('abc'), '200');
    assert.equal(await post('abcd'), 'too_large');
    assert.equal(seen(), 1);
  });

  for (const [what, end] of [
    ['its token is revoked', ({ id }) => fixture.test.ask('tokens.revoke', { id })],
    ['the vault locks', () => fixture.test.ask('vault.lock', {})],
    ['the secret is deleted', ({ secretId }) => fixture.test.ask('secrets.delete', { secretId })],
  ] as [string, (ids: { id: string; secretId: string }) => Promise<unknown>][]) {
    test(`B6 E6 an answer that still streams ends when ${what}`, async () => {
      const { secretId } = await addF1(fixture);
      const { token, id } = await fixture.test.ask('tokens.mint', { capabilities: ['p1/users'] });
      fixture.upstream.behave((_request, response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        response.write('data: 1\n\n');
      });
      const answer = await fixture.withToken(token, users);
      const stream = (answer.body as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]();
      assert.equal(Buffer.from((await stream.next()).value!).toString(), 'data: 1\n\n');
      await end({ id, secretId });
      await assert.rejects(stream.next(), { code: /^(?:token_invalid|vault_locked|credential_not_found)$/ });
      for (let tries = 0; tries < 100 && fixture.upstream.brokenOff === 0; tries += 1) {
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      assert.equal(fixture.upstream.brokenOff, 1);
    });

    test(`B6 E6 a call that waits for its answer is refused when ${what}`, { timeout: 10_000 }, async () => {
      const { secretId } = await addF1(fixture);
      const { token, id } = await fixture.test.ask('tokens.mint', { capabilities: ['p1/users'] });
      fixture.upstream.behave(() => {});
      const answering = fixture.withToken(token, users);
      while (seen() === 0) await new Promise((resolve) => setTimeout(resolve, 10));
      await end({ id, secretId });
      const { refusal } = await answering;
      assert.match(refusal?.error ?? '', /^(?:token_invalid|vault_locked|credential_not_found)$/);
    });

    test(`B6 E6 a body that is still sent is cut off when ${what}`, async () => {
      const { secretId } = await addF1(fixture);
      const { token, id } = await fixture.test.ask('tokens.mint', { capabilities: ['p1/users'] });
      const caller = new AbortController();
      async function* dripping(): AsyncGenerator<Uint8Array> {
        while (!caller.signal.aborted) {
          yield Buffer.from('more');
          await new Promise((resolve) => setTimeout(resolve, 50));
        }
      }
      const headers = [['Authorization', `Bearer ${token}`]] as const;
      const incoming = passThroughIncoming('POST', '/v/p1/v1/users', headers, dripping());
      const answering = fixture.test.core.invoke(incoming, caller.signal);
      await new Promise((resolve) => setTimeout(resolve, 200));
      await end({ id, secretId });
      const patience = setTimeout(() => caller.abort(), 3_000);
      const { refusal } = await answering;
      clearTimeout(patience);
      assert.match(refusal?.error ?? '', /^(?:token_invalid|vault_locked|credential_not_found)$/);
    });
  }

  test('B6 what strangers send keeps no vault open, what a token sends does', async () => {
    await addF1(fixture);
    const { token } = await fixture.test.ask('tokens.mint', { capabilities: ['p1/users'] });
    await fixture.test.ask('settings.set', { idleLockMinutes: 1 });
    const { clock } = fixture.test;
    const until = async () => (await fixture.test.ask('vault.status', {})).locksAtMs ?? 0;
    const first = await until();
    clock.ms += 30_000;
    assert.equal(await outcome(users, `avp_${'x'.repeat(43)}`), 'token_invalid');
    assert.equal(await until(), first);
    assert.equal(await outcome(users, token), '200');
    assert.ok((await until()) > first);
  });

  test('P05 a blocked field of the answer is replaced', async () => {
    await addF1(fixture);
    await fixture.test.ask('policies.set', { capability: 'p1/users', responseBodyBlocklist: ['$.email'] });
    fixture.upstream.behave((_request, response) => {
      response.setHeader('content-type', 'application/json');
      response.end('{"email":"a@b.c","name":"n"}');
    });
    assert.deepEqual(JSON.parse(await bodyOf(await fixture.asOperator(users))), { email: '[REDACTED]', name: 'n' });
  });

  test('P07, G47 every call and every refusal has an entry that says who, what and why, and no value', async () => {
    await addF1(fixture);
    const { token, id } = await fixture.test.ask('tokens.mint', { capabilities: ['p1/users'] });
    await outcome({ ...users, request: { ...users.request, path: '/v1/users?key=QUERY-CANARY' } }, token);
    await outcome(
      { capability: 'p1/users', request: { method: 'POST', path: '/v1/other', body: 'BODY-CANARY' } },
      token,
    );
    // Entries that close a call share commits, so two of the same moment may change places: each is looked up by its outcome.
    const byOutcome = async (how: 'allowed' | 'refused') =>
      (await fixture.test.ask('audit.list', { kind: 'invoke', outcome: how })).entries.map((entry) => [
        entry.actor,
        entry.code,
        entry.status,
        entry.host,
      ]);
    assert.deepEqual(await byOutcome('refused'), [[`agent:${id}`, 'policy_violation', undefined, undefined]]);
    assert.deepEqual(await byOutcome('allowed'), [[`agent:${id}`, undefined, 200, 'up.test']]);
    const text = JSON.stringify(await fixture.test.ask('audit.list', {}));
    for (const canary of ['CANARY', token, secretValue]) assert.ok(!text.includes(canary), canary);
  });

  test('P11, G16 one call uses one secret: only its last use moves', async () => {
    const { secretId } = await addF1(fixture);
    await fixture.store('OPENAI_API_KEY', `sk-${'k'.repeat(24)}`);
    await outcome(users);
    const used = (await fixture.test.ask('secrets.list', {})).secrets.filter(
      ({ lastUsedAtMs }) => lastUsedAtMs !== null,
    );
    assert.deepEqual(
      used.map((each) => each.secretId),
      [secretId],
    );
  });
});
