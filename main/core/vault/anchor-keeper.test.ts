import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemRandom } from '../crypto/random.ts';
import { memoryProtector } from '../keyring/memory-protector.fixture.ts';
import type { Anchor } from '../keyring/protector.ts';
import { AnchorKeeper } from './anchor-keeper.ts';

const vaultId = 'e2a1f3f0-5d3c-4c57-9c54-111111111111';
const key = { provider: 'file', parameters: {}, wrapped: 'w' } as const;

/** A protector that remembers every anchor written, and may be told to fail. */
function recording() {
  const written: Anchor[] = [];
  const state = { failing: false };
  const base = memoryProtector({ keys: new Map(), anchors: new Map() }, systemRandom);
  const protector = {
    ...base,
    writeAnchor: async (_: unknown, anchor: Anchor) => {
      if (state.failing) throw new Error('no');
      written.push(anchor);
    },
  };
  return { protector, written, state };
}

test('many changes in a short time are one write, of the newest', async () => {
  const { protector, written } = recording();
  const keeper = new AnchorKeeper(async () => ({ seq: 9, hash: new Uint8Array(32).fill(1) }));
  for (let generation = 1; generation <= 50; generation++)
    keeper.note({ vaultId, generation, root: 'r', key, protector });
  assert.equal(written.length, 0);
  await keeper.flush();
  assert.deepEqual(written, [{ vaultId, generation: 50, root: 'r', auditSeq: 9, auditHash: '01'.repeat(32) }]);
});

test('without a flush, a change is anchored by itself soon after', async () => {
  const { protector, written } = recording();
  const keeper = new AnchorKeeper(undefined);
  keeper.note({ vaultId, generation: 1, root: 'r', key, protector });
  for (let waited = 0; written.length === 0 && waited < 100; waited++)
    await new Promise((resolve) => setTimeout(resolve, 10));
  assert.equal(written[0]?.generation, 1);
});

test('a write that fails is said, and made good by the next', async () => {
  const { protector, written, state } = recording();
  const keeper = new AnchorKeeper(undefined);
  state.failing = true;
  keeper.note({ vaultId, generation: 1, root: 'r', key, protector });
  await keeper.flush();
  assert.equal(keeper.failed, true);
  state.failing = false;
  await keeper.flush();
  assert.equal(keeper.failed, false);
  assert.equal(written.at(-1)?.generation, 1);
});

test('with nothing to anchor nothing is asked and nothing fails', async () => {
  let asked = 0;
  const keeper = new AnchorKeeper(async () => {
    asked += 1;
    return { seq: 0, hash: new Uint8Array(32) };
  });
  await keeper.flush();
  assert.deepEqual({ asked, failed: keeper.failed }, { asked: 0, failed: false });
});
