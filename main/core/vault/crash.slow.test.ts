import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { chainHash } from '../store/chain-hash.ts';
import { openAuditStore } from '../store/database.ts';
import { notes } from './notes-table.fixture.ts';
import { type TempVault, withTempVault } from './vault.fixture.ts';

// Real processes, really killed (kill -9): what was acknowledged is there afterwards, and the vault opens.

const victim = fileURLToPath(new URL('./victim.fixture.ts', import.meta.url));
const value = Buffer.from('S3CRET-value-01');

/** Lets a victim work for a while after it is ready, kills it, and answers with the lines it said. */
async function killedAfter(temp: TempVault, work: string, ms: number): Promise<string[]> {
  const child = spawn(process.execPath, [victim, temp.folder, work], { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  let _timer: NodeJS.Timeout | undefined;
  child.stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString();
    if (said.startsWith('ready\n')) _timer ??= setTimeout(() => child.kill('SIGKILL'), ms);
  });
  const [, signal] = await new Promise<[number | null, string | null]>((resolve) => {
    child.on('close', (code, by) => resolve([code, by]));
  });
  assert.equal(signal, 'SIGKILL', 'it was killed, it did not end by itself');
  // A last line without its end was never fully said.
  return said.slice(0, said.lastIndexOf('\n')).split('\n').slice(1);
}

test('kill -9 during changes loses no acknowledged change', () =>
  withTempVault(async (temp) => {
    await temp.create();
    await temp.close();
    const acknowledged: string[] = [];
    for (let round = 0; round < 8; round++) {
      acknowledged.push(...(await killedAfter(temp, 'change', 20 + round * 17)));
      const { vault } = await temp.reopen();
      assert.equal(vault.facts().state, 'unlocked');
      for (const id of acknowledged) assert.deepEqual(vault.table(notes).get(id), { text: id });
      assert.ok(
        vault.table(notes).size - acknowledged.length <= round + 1,
        'at most the one under way is there as well',
      );
      await temp.close();
    }
    assert.ok(acknowledged.length > 20);
  }));

test('kill -9 during rotate-master leaves a vault that opens, with all it held (V08)', () =>
  withTempVault(async (temp) => {
    const { vault, secrets } = await temp.create();
    const { secretId } = await vault.change((tx) =>
      secrets.insert(tx, { name: 'K', scope: 'global', value, pinnedProvider: null, hosts: [] }),
    );
    const first = vault.facts().fingerprint;
    await temp.close();
    for (let round = 0; round < 14; round++) {
      await killedAfter(temp, 'rotate', round * 5);
      const opened = await temp.reopen();
      assert.equal(opened.vault.facts().state, 'unlocked');
      assert.ok(opened.secrets.valueEquals(secretId, value));
      await temp.close();
    }
    assert.notEqual((await temp.reopen()).vault.facts().fingerprint, first, 'rotations did happen');
  }));

test('kill -9 during calls loses no acknowledged audit entry and leaves what was open as open (I5)', () =>
  withTempVault(async (temp) => {
    await temp.create();
    await temp.close();
    const open = new Set<string>();
    const closed = new Map<number, string>();
    for (let round = 0; round < 6; round++) {
      for (const line of await killedAfter(temp, 'audit', 60 + round * 60)) {
        const [what, id, seq] = line.split(' ') as [string, string, string];
        if (what === 'open') open.add(id);
        else {
          open.delete(id);
          closed.set(Number(seq), id);
        }
      }
      const audit = await openAuditStore(join(temp.folder, 'vault', 'audit.db'));
      const rows = await audit.scan(0, 100_000);
      const left = new Set((await audit.leftOpen()).map(({ id }) => id));
      const written = new Set(rows.map((row) => JSON.parse(row.body).note as string));
      await audit.close();
      for (const id of open) assert.ok(left.has(id) || written.has(id), id);
      for (const [seq, id] of closed) assert.equal(JSON.parse(rows[seq - 1]?.body ?? '{}').note, id);
      let hash: Uint8Array = new Uint8Array(32);
      for (const row of rows) {
        hash = chainHash(hash, row.body);
        assert.deepEqual(row.hash, hash);
      }
    }
    assert.ok(closed.size > 20);
  }));
