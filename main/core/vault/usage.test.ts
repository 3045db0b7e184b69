import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { memoryRowStore } from '../store/memory-store.fixture.ts';
import { crashingStore } from './faulty-store.fixture.ts';
import { createUsage } from './usage.ts';

const now = (): number => 1_000;
const flushed = (): void => {};

describe('what is counted of calls', () => {
  test('I6 a call that was counted is counted still after kill -9', async () => {
    const store = memoryRowStore();
    const before = await createUsage({ store, now, flushed });
    const many = await Promise.all(Array.from({ length: 5 }, async () => before.take('tokens', 'tok', 3)));
    assert.deepEqual(many, [true, true, true, false, false]);
    // Neither flush nor close: the process is gone.
    const after = await createUsage({ store, now, flushed });
    assert.equal(after.taken('tokens', 'tok'), 3);
    assert.equal(await after.take('tokens', 'tok', 3), false);
    await before.close();
    await after.close();
  });

  test('a call that cannot be counted is refused and costs nobody a turn', async () => {
    const store = memoryRowStore();
    const usage = await createUsage({ store: crashingStore(store, 2, 'before'), now, flushed });
    assert.equal(await usage.take('tokens', 'tok', 3), true);
    await assert.rejects(async () => usage.take('tokens', 'tok', 3));
    assert.equal(usage.taken('tokens', 'tok'), 1);
    await usage.close();
  });
});
