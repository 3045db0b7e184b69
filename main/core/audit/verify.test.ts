import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chainHash, genesis } from '../store/chain-hash.ts';
import type { ChainRow } from '../store/store.ts';
import { entryText } from './entry.ts';
import { type ChainWitness, verifyChain } from './verify.ts';

const key = (seq: number, hash: Uint8Array) => chainHash(hash, `key ${seq}`);

interface Chain {
  rows: ChainRow[];
  checkpoints: { seq: number; mac: Uint8Array }[];
}

function chainOf(count: number, checkpointAt: number[] = []): Chain {
  const rows: ChainRow[] = [];
  let previous = genesis;
  for (let seq = 1; seq <= count; seq++) {
    const body = entryText({
      tsMs: seq * 10,
      kind: 'test.entry',
      actor: 'host',
      outcome: 'done',
      note: `entry ${seq}`,
    });
    previous = chainHash(previous, body);
    rows.push({ seq, tsMs: seq * 10, body, hash: previous });
  }
  return { rows, checkpoints: checkpointAt.map((seq) => ({ seq, mac: key(seq, rows[seq - 1]!.hash) })) };
}

function verify({ rows, checkpoints }: Chain, anchor: ChainWitness['anchor'] = null) {
  const source = {
    scan: async (after: number, limit: number) =>
      rows
        .toSorted((a, b) => a.seq - b.seq)
        .filter((row) => row.seq > after)
        .slice(0, limit),
    readCheckpoints: async () => checkpoints,
  };
  return verifyChain(source, { mac: key, anchor }, 3);
}

const found = (seq: number, reason: string) => ({ seq, reason });

test('an untouched chain is intact, over page borders and checkpoints, and an empty one too', async () => {
  assert.deepEqual(await verify(chainOf(10, [3, 10])), { intact: true, entries: 10, break: null });
  assert.deepEqual(await verify(chainOf(0)), { intact: true, entries: 0, break: null });
});

test('I11 an edited body, time or hash is found where it is', async () => {
  for (const edit of [
    { body: JSON.stringify({ tsMs: 50, note: 'other' }) },
    { tsMs: 51 },
    { hash: new Uint8Array(32) },
  ]) {
    const chain = chainOf(8);
    chain.rows[4] = { ...chain.rows[4]!, ...edit };
    assert.deepEqual((await verify(chain)).break, found(5, 'edited'));
  }
});

test('I11 a removed entry is missing, at the start, in the middle and at a page border', async () => {
  for (const seq of [1, 4, 5]) {
    const chain = chainOf(8);
    chain.rows.splice(seq - 1, 1);
    assert.deepEqual((await verify(chain)).break, found(seq, 'missing'));
  }
});

test('I11 entries that changed places are reordered', async () => {
  const chain = chainOf(8);
  const [a, b] = [chain.rows[3]!, chain.rows[4]!];
  chain.rows[3] = { ...b, seq: 4 };
  chain.rows[4] = { ...a, seq: 5 };
  assert.deepEqual((await verify(chain)).break, found(4, 'reordered'));
});

test('I11 a chain cut off behind a checkpoint or the anchor is truncated', async () => {
  const whole = chainOf(8, [8]);
  const cut = { rows: whole.rows.slice(0, 6), checkpoints: whole.checkpoints };
  assert.deepEqual((await verify(cut)).break, found(7, 'truncated'));
  const anchor = { seq: 8, hash: Buffer.from(whole.rows[7]!.hash).toString('hex') };
  assert.deepEqual((await verify({ ...cut, checkpoints: [] }, anchor)).break, found(7, 'truncated'));
});

test('I11 a chain rewritten from one entry on, hashes and all, does not carry the checkpoint', async () => {
  const honest = chainOf(8, [6]);
  const forged = chainOf(8);
  let previous = forged.rows[2]!.hash;
  for (let i = 3; i < 8; i++) {
    const body = entryText({ ...JSON.parse(forged.rows[i]!.body), note: 'forged' });
    previous = chainHash(previous, body);
    forged.rows[i] = { ...forged.rows[i]!, body, hash: previous };
  }
  assert.deepEqual((await verify({ ...forged, checkpoints: honest.checkpoints })).break, found(6, 'checkpoint'));
  const anchor = { seq: 8, hash: Buffer.from(honest.rows[7]!.hash).toString('hex') };
  assert.deepEqual((await verify(forged, anchor)).break, found(8, 'edited'));
});
