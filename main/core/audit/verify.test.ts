import assert from 'node:assert/strict';
import { test } from 'node:test';
import { entryText } from '#contract/entry-text.ts';
import { chainHash, genesis } from '../store/chain-hash.ts';
import type { ChainRow } from '../store/store.ts';
import { type ChainSource, type ChainWitness, verifyChain } from './verify.ts';

const key = (seq: number, hash: Uint8Array) => chainHash(hash, `key ${seq}`);

interface Chain {
  rows: ChainRow[];
  checkpoints: { seq: number; mac: Uint8Array }[];
}

function chainOf(count: number, checkpointAt: number[] = [], facts: Record<number, object> = {}): Chain {
  const rows: ChainRow[] = [];
  let previous = genesis;
  for (let seq = 1; seq <= count; seq++) {
    const body = entryText({
      tsMs: seq * 10,
      kind: 'test.entry',
      actor: 'host',
      outcome: 'done',
      note: `entry ${seq}`,
      ...facts[seq],
    });
    previous = chainHash(previous, body);
    rows.push({ seq, tsMs: seq * 10, body, hash: previous });
  }
  return { rows, checkpoints: checkpointAt.map((seq) => ({ seq, mac: key(seq, rows[seq - 1]!.hash) })) };
}

type Base = Awaited<ReturnType<ChainSource['readBase']>>;

function verify({ rows, checkpoints }: Chain, anchor: ChainWitness['anchor'] = null, bases: Base[] = [null]) {
  let asked = 0;
  const source = {
    scan: async (after: number, limit: number) =>
      rows
        .toSorted((a, b) => a.seq - b.seq)
        .filter((row) => row.seq > after)
        .slice(0, limit),
    readCheckpoints: async () => checkpoints,
    readBase: async () => bases[Math.min(asked++, bases.length - 1)]!,
  };
  return verifyChain(source, { mac: key, baseMac: ({ seq, hash }) => key(-seq, hash), anchor }, 3);
}

const found = (seq: number, reason: string) => ({ seq, reason });

test('an untouched chain is intact, over page borders and checkpoints, and an empty one too', async () => {
  assert.deepEqual(await verify(chainOf(10, [3, 10])), { intact: true, entries: 10, break: null, base: null });
  assert.deepEqual(await verify(chainOf(0)), { intact: true, entries: 0, break: null, base: null });
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

/** A chain whose first entries were retired, and where it goes on from. The announcement is entry 6. */
function retiredChain(through: number): { chain: Chain; base: NonNullable<Base> } {
  const chain = chainOf(8, [], { 6: { kind: 'audit.retire', outcome: 'allowed', throughSeq: through } });
  const { seq, hash } = chain.rows[through - 1]!;
  const base = { seq, hash, retiredAtMs: 1, unfinished: false, mac: key(-seq, hash) };
  chain.rows.splice(0, through);
  return { chain, base };
}

test('I11 a chain goes on from its base, and rows that are still to go are named', async () => {
  const { chain, base } = retiredChain(4);
  const verdict = await verify(chain, null, [{ ...base, unfinished: true }]);
  const { seq, hash, retiredAtMs } = base;
  assert.deepEqual(verdict, {
    intact: true,
    entries: 4,
    break: null,
    base: { seq, hash: Buffer.from(hash).toString('hex'), retiredAtMs, unfinished: true },
  });
});

test('I11 a base that the chain does not tell of, or another than it tells of, is false', async () => {
  const { chain, base } = retiredChain(4);
  assert.deepEqual((await verify(retiredChain(3).chain, null, [base])).break, found(4, 'base'));
  assert.deepEqual((await verify(chainOf(8), null, [null])).break, null);
  const whole = chainOf(8, [], { 6: { kind: 'audit.retire', outcome: 'allowed', throughSeq: 4 } });
  assert.deepEqual((await verify(whole, null, [null])).break, found(0, 'base'));
  const untold = chainOf(8);
  const { seq, hash } = untold.rows[3]!;
  untold.rows.splice(0, 4);
  const madeUp = { ...base, seq, hash, mac: key(-seq, hash) };
  assert.deepEqual((await verify(untold, null, [madeUp])).break, found(4, 'base'));
  assert.deepEqual((await verify(chain, null, [{ ...base, mac: key(4, base.hash) }])).break, found(4, 'base'));
});

test('I11 an anchor at the base must agree with it', async () => {
  const { chain, base } = retiredChain(4);
  assert.deepEqual((await verify(chain, { seq: 4, hash: '00' }, [base])).break, found(4, 'edited'));
});

test('what the log of a backup told of its own numbers is not held against the one it was restored into', async () => {
  const told = { kind: 'audit.retire', outcome: 'allowed', throughSeq: 4 };
  const chain = chainOf(8, [], { 5: told, 7: { kind: 'backup.restore', outcome: 'done' } });
  assert.equal((await verify(chain)).intact, true);
});

test('entries that are retired while the chain is checked are no gap', async () => {
  const { chain, base } = retiredChain(4);
  assert.equal((await verify(chain, null, [null, base, base])).intact, true);
});
