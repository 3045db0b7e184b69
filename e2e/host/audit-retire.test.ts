import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, test } from 'node:test';
import { openAuditStore } from '../../main/core/store/database.ts';
import { startTestHost, type TestHost } from '../test-host.ts';

// Retirement in a host of its own, which is killed while rows go, or written to meanwhile.

const dayMs = 86_400_000;

describe('retiring audit entries of a real host', () => {
  /** A folder whose vault has this many entries that are a hundred days old. */
  async function agedFolder(entries: number): Promise<string> {
    const folder = mkdtempSync(join(tmpdir(), 'aivault-retire-'));
    await withHost(folder, async (host) => void (await host.call('vault.init', { choice: { provider: 'file' } })));
    const store = await openAuditStore(join(folder, 'audit.db'));
    const tsMs = Date.now() - 100 * dayMs;
    const who = { tsMs, kind: 'invoke', actor: 'agent:tok_1', outcome: 'allowed', capability: 'acme/users' } as const;
    const entry = { ...who, host: 'up.test', path: '/v1/users', method: 'GET', status: 200 };
    await Promise.all(Array.from({ length: entries }, (_, n) => store.closeCall(`call-${n}`, entry)));
    await store.close();
    // The vault seals what it finds when it opens.
    await withHost(
      folder,
      async (host) => void (await host.call('secrets.create', { name: 'NEW', value: 'value-of-new' })),
    );
    return folder;
  }

  async function withHost<R>(folder: string, use: (host: TestHost) => Promise<R>): Promise<R> {
    const host = await startTestHost({ folder });
    try {
      return await use(host);
    } finally {
      await host.close({ keep: true });
    }
  }

  /** Where the chain in the file begins, and how many rows up to there are still in it. */
  const baseIn = (folder: string): { seq: number | null; rowsLeft: number } => {
    const db = new DatabaseSync(join(folder, 'audit.db'));
    try {
      const seq = db.prepare('SELECT seq FROM base').get()?.seq as number | undefined;
      const rows = db.prepare('SELECT count(*) AS n FROM entries WHERE seq <= ?').get(seq ?? 0)?.n;
      return { seq: seq ?? null, rowsLeft: Number(rows) };
    } finally {
      db.close();
    }
  };
  const until = async (isSo: () => boolean, everyMs: number): Promise<void> => {
    for (let tries = 0; tries < 2_000 && !isSo(); tries++) await new Promise((resolve) => setTimeout(resolve, everyMs));
  };

  test('kill -9 while old entries go leaves a log that is whole and says so, and the next start finishes', async () => {
    const folder = await agedFolder(10_000);
    try {
      await withHost(folder, async (host) => {
        const retiring = host.call('audit.retire', { beforeMs: Date.now() }).catch(() => null);
        await until(() => baseIn(folder).seq !== null, 5);
        await host.kill9();
        assert.equal(await retiring, null);
      });
      const { seq, rowsLeft } = baseIn(folder);
      assert.ok(seq !== null && rowsLeft > 0, `${rowsLeft} rows were left`);
      await withHost(folder, async (host) => {
        const verdict = await host.call('audit.verify', {});
        assert.deepEqual([verdict.intact, verdict.base?.seq], [true, seq], JSON.stringify(verdict));
        assert.equal((await host.call('audit.export', { limit: 1 })).lines[0]?.seq, seq + 1);
        await until(() => baseIn(folder).rowsLeft === 0, 20);
        assert.equal(baseIn(folder).rowsLeft, 0);
        assert.equal((await host.call('audit.verify', {})).base?.unfinished, false);
        const told = await host.call('audit.list', { kind: 'audit.retire' });
        assert.deepEqual(
          told.entries.map(({ outcome }) => outcome),
          ['unknown', 'allowed'],
        );
      });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  test('calls go on while old entries go', async () => {
    const folder = await agedFolder(10_000);
    try {
      await withHost(folder, async (host) => {
        let done = false;
        const retiring = host.call('audit.retire', { beforeMs: Date.now() }).finally(() => {
          done = true;
        });
        let written = 0;
        for (; !done && written < 10_000; written++) await host.call('settings.set', { idleLockMinutes: null });
        const { retired, unfinished } = await retiring;
        assert.ok(retired > 10_000);
        assert.equal(unfinished, false);
        assert.ok(written > 20, `${written} changes were recorded meanwhile`);
        assert.equal((await host.call('audit.verify', {})).intact, true);
      });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
