import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { AivaultError } from '#contract/errors.ts';
import { auditFilter } from '#contract/schemas/audit.ts';
import { openAuditStore } from '../store/database.ts';
import type { AuditStore } from '../store/store.ts';
import { createBaseSeal } from './base-seal.ts';
import { createCheckpoints } from './checkpoints.ts';
import { type AuditLog, createAuditLog } from './log.ts';
import { createRetention } from './retention.ts';
import { createRetirement } from './retire.ts';

const dayMs = 86_400_000;

describe('keeping audit entries for so many days', () => {
  let folder: string;
  let store: AuditStore;
  let log: AuditLog;
  let nowMs: number;
  let keepDays: number | null;
  let beat: () => Promise<void>;
  /** How often the chain was checked for a retirement. */
  let checks: number;
  let failing: AivaultError | null;

  const key = () => new Uint8Array(32);
  const seal = createBaseSeal(key);
  /** A host that starts on this log. */
  function start(): void {
    const checkpoints = createCheckpoints(store, key);
    const { retire } = createRetirement({
      store,
      seal,
      witness: () => ({ mac: checkpoints.mac, baseMac: seal, anchor: null }),
      now: () => nowMs,
      isOpen: () => true,
      moved: async () => {},
      pause: async () => {},
    });
    const retirement: Parameters<typeof createRetention>[0]['retirement'] = {
      async retire(options) {
        checks++;
        if (failing !== null) throw failing;
        return retire(options);
      },
    };
    const retain = createRetention({ store, audit: log, retirement, now: () => nowMs, keepDays: () => keepDays });
    beat = async () => {
      await checkpoints.write();
      await retain();
    };
  }
  const write = (note: string) => log.write({ kind: 'test.entry', actor: 'host', outcome: 'done', note });
  const told = async () =>
    (await log.list(auditFilter.parse({ kind: 'audit.retire' }))).map(
      ({ actor, outcome, code }) => `${actor} ${outcome}${code === undefined ? '' : ` ${code}`}`,
    );
  const notes = async () => (await log.list(auditFilter.parse({ kind: 'test.entry' }))).map(({ note }) => note);

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'aivault-retention-'));
    store = await openAuditStore(path.join(folder, 'audit.db'));
    [nowMs, keepDays, checks, failing] = [1_000 * dayMs, 30, 0, null];
    let ids = 0;
    log = createAuditLog({ store, now: () => nowMs, randomId: () => `id-${ids++}`, appended: () => {} });
    start();
  });
  afterEach(async () => {
    await store.close();
    await rm(folder, { recursive: true, force: true });
  });

  test('what is older goes by itself, and the host is in the log for it', async () => {
    await write('old');
    await beat();
    nowMs += 31 * dayMs;
    await write('new');
    await beat();
    assert.deepEqual(await notes(), ['new']);
    assert.deepEqual(await told(), ['host done', 'host allowed']);
  });

  test('without the setting nothing goes, and where nothing is old the chain is not even checked', async () => {
    await write('old');
    await beat();
    keepDays = null;
    nowMs += 1_000 * dayMs;
    await beat();
    assert.deepEqual([await notes(), checks], [['old'], 0]);
    keepDays = 2_000;
    await beat();
    assert.deepEqual([await notes(), checks], [['old'], 0]);
  });

  test('it happens once a day, over a start of the host too', async () => {
    for (let hour = 0; hour < 24 * 8; hour += 6) {
      await write(`${hour}`);
      await beat();
      nowMs += dayMs / 4;
    }
    nowMs += 23 * dayMs;
    await beat();
    assert.equal(checks, 1);
    nowMs += dayMs / 2;
    await beat();
    start();
    await beat();
    assert.equal(checks, 1);
    nowMs += dayMs / 2;
    await beat();
    assert.equal(checks, 2);
  });

  test('what could not be retired is in the log as refused, and tried again a day later', async () => {
    await write('old');
    await beat();
    nowMs += 31 * dayMs;
    failing = new AivaultError('integrity_error', 'broken');
    await beat();
    await beat();
    assert.deepEqual([await told(), checks], [['host refused integrity_error'], 1]);
    nowMs += dayMs;
    failing = null;
    await beat();
    assert.deepEqual(await told(), ['host done', 'host allowed', 'host refused integrity_error']);
    assert.deepEqual(await notes(), []);
  });
});
