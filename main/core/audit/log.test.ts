import assert from 'node:assert/strict';
import { appendFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { auditFilter } from '#contract/schemas/audit.ts';
import { openAuditStore } from '../store/database.ts';
import type { AuditStore } from '../store/store.ts';
import { type AuditLog, createAuditLog } from './log.ts';

// In a suite of its own: hooks at the top of a file would run for every file of the process.
describe('the audit log', () => {
  let folder: string;
  let store: AuditStore;
  let log: AuditLog;
  let nowMs: number;
  let nextId = 0;

  function open(): AuditLog {
    return createAuditLog({ store, now: () => nowMs, randomId: () => `id-${nextId++}`, appended: () => {} });
  }
  const list = (more: object = {}) => log.list(auditFilter.parse(more));

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'aivault-audit-'));
    store = await openAuditStore(path.join(folder, 'audit.db'));
    nowMs = 1_000_000;
    log = open();
  });
  afterEach(async () => {
    await store.close();
    await rm(folder, { recursive: true, force: true });
  });

  test('P08 newest first, the cursor is exclusive, the limit is honoured, and limit 0 gives nothing', async () => {
    for (let i = 1; i <= 5; i++) {
      nowMs += 10;
      await log.write({ kind: 'test.entry', actor: 'host', outcome: 'done', note: `${i}` });
    }
    assert.deepEqual(
      (await list()).map(({ note }) => note),
      ['5', '4', '3', '2', '1'],
    );
    assert.deepEqual(
      (await list({ limit: 2 })).map(({ seq }) => seq),
      [5, 4],
    );
    assert.deepEqual(
      (await list({ limit: 2, beforeSeq: 4 })).map(({ seq }) => seq),
      [3, 2],
    );
    assert.deepEqual(
      (await list({ beforeTsMs: 1_000_030 })).map(({ seq }) => seq),
      [2, 1],
    );
    assert.deepEqual(
      (await list({ sinceTsMs: 1_000_040 })).map(({ seq }) => seq),
      [5, 4],
    );
    assert.deepEqual(await list({ limit: 0 }), []);
  });

  test('filters match exactly', async () => {
    await log.write({ kind: 'a.b', actor: 'operator:cli', outcome: 'done', capability: 'p1/users' });
    await log.write({ kind: 'a.c', actor: 'operator:cli', outcome: 'refused', capability: 'p1/other' });
    assert.equal((await list({ capability: 'p1/users' })).length, 1);
    assert.equal((await list({ outcome: 'refused' }))[0]?.kind, 'a.c');
    assert.equal((await list({ actor: 'operator' })).length, 0);
  });

  test('a call that was begun and never closed becomes unknown at the next start', async () => {
    await log.recorder.begin('agent:tok_1', { capability: 'p1/users', method: 'POST' }).announced;
    const change = await log.change('secrets.create', 'operator:cli', {});
    await change.close('done', {});
    log = open();
    assert.equal(await log.recover(), 1);
    assert.equal(await log.recover(), 0);
    const [entry] = await list();
    assert.deepEqual(
      [entry?.kind, entry?.actor, entry?.outcome, entry?.capability],
      ['invoke', 'agent:tok_1', 'unknown', 'p1/users'],
    );
  });

  test('a journal line that was edited keeps no host from starting, and hides no other call', async () => {
    await log.recorder.begin('agent:tok_1', { path: '/whole' }).announced;
    await store.close();
    const journal = path.join(folder, 'audit.db-calls');
    const edited = ['a 1 {"trace":5}', 'b 1 {"kind":7,"actor":{}}', 'c 99999999999999999 {}', 'd 1 [', 'e 1 {"x":[]}'];
    await appendFile(journal, edited.map((line) => `${line}\n`).join(''));
    store = await openAuditStore(path.join(folder, 'audit.db'));
    log = open();
    assert.equal(await log.recover(), 6);
    const entries = await list();
    assert.ok(entries.every(({ kind, outcome }) => kind === 'invoke' && outcome === 'unknown'));
    assert.equal(entries.filter((entry) => entry.path === '/whole').length, 1);
    assert.equal(await log.recover(), 0);
  });

  test('many calls that were left open are closed together, in their order', async () => {
    const many = 300;
    for (let n = 0; n < many; n++) await log.recorder.begin('agent:tok_1', { path: `/${n}` }).announced;
    const writes = new Set<Promise<void>>();
    const { closeCall } = store;
    store = {
      ...store,
      closeCall(...closing) {
        const written = closeCall(...closing);
        writes.add(written);
        return written;
      },
    };
    log = open();
    assert.equal(await log.recover(), many);
    assert.ok(writes.size < 5, `${writes.size} writes`);
    assert.deepEqual(
      (await list({ limit: many })).map((entry) => entry.path).toReversed(),
      Array.from({ length: many }, (_, n) => `/${n}`),
    );
  });

  test('refusals of strangers become one entry per reason and second, counted', async () => {
    for (let i = 0; i < 500; i++) await log.recorder.refused('stranger', { code: 'token_invalid' });
    await log.recorder.refused('stranger', { code: 'origin_refused' });
    nowMs += 1000;
    await log.recorder.refused('stranger', { code: 'token_invalid' });
    await log.flush();
    const counts = (await list()).map(({ code, count }) => [code, count ?? 1]);
    assert.deepEqual(counts.sort(), [
      ['origin_refused', 1],
      ['token_invalid', 1],
      ['token_invalid', 1],
      ['token_invalid', 499],
    ]);
  });

  test('refusals of somebody known are each an entry', async () => {
    for (let i = 0; i < 3; i++) await log.recorder.refused('agent:tok_1', { code: 'policy_violation' });
    assert.equal((await list()).length, 3);
  });

  test('I6 a token whose requests are refused in a loop cannot fill the disk: from some hundred on they are counted', async () => {
    const refused = { code: 'rate_limited', path: '/v1/users' } as const;
    for (let i = 0; i < 5_000; i++) await log.recorder.refused('agent:tok_1', refused);
    await log.recorder.refused('agent:tok_2', refused);
    await log.flush();
    const entries = await list({ limit: 10_000 });
    const of = (actor: string) => entries.filter((entry) => entry.actor === actor);
    assert.ok(of('agent:tok_1').length < 700, `${of('agent:tok_1').length} entries`);
    const counted = of('agent:tok_1').reduce((sum, { count }) => sum + (count ?? 1), 0);
    assert.equal(counted, 5_000, 'none is lost');
    assert.equal(of('agent:tok_2').length, 1);
  });

  test('I4 where the log cannot be written nothing is begun', async () => {
    await store.close();
    const code = (error: { code?: string }) => error.code === 'audit_unavailable';
    await assert.rejects(log.recorder.begin('agent:tok_1', {}).announced, code);
    await assert.rejects(log.change('secrets.create', 'operator:cli', {}), code);
    await assert.rejects(log.write({ kind: 'a.b', actor: 'host', outcome: 'done' }), code);
    store = await openAuditStore(path.join(folder, 'audit.db'));
  });

  test('a line that is no entry is shown as such and hides no other', async () => {
    await log.write({ kind: 'a.b', actor: 'host', outcome: 'done' });
    await store.append({ tsMs: nowMs, body: '{"tsMs":1}', kind: 'x', actor: 'y', outcome: 'z' });
    const [odd, fine] = await list();
    assert.deepEqual([odd?.code, fine?.kind], ['integrity_error', 'a.b']);
  });
});
