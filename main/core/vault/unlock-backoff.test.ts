import assert from 'node:assert/strict';
import { test } from 'node:test';
import { memoryRowStore } from '../store/memory-store.fixture.ts';
import { UnlockBackoff } from './unlock-backoff.ts';
import { withTempVault } from './vault.fixture.ts';

const passphrase = { provider: 'passphrase', passphrase: 'correct horse' } as const;
const wrong = { passphrase: 'wrong' };

test('three wrong passphrases are free, then every one doubles the wait, up to five minutes (V05, G58)', async () => {
  const clock = { ms: 1_000_000 };
  const backoff = new UnlockBackoff(memoryRowStore(), () => clock.ms);
  const waits: number[] = [];
  for (let n = 0; n < 14; n++) {
    await backoff.failed();
    try {
      backoff.check();
      waits.push(0);
    } catch (error) {
      assert.equal((error as { code: string }).code, 'rate_limited');
      waits.push((error as { retryAfterSeconds: number }).retryAfterSeconds);
    }
  }
  assert.deepEqual(waits, [0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300]);
  clock.ms += 299_000;
  assert.throws(() => backoff.check(), { retryAfterSeconds: 1 });
  clock.ms += 1_000;
  backoff.check();
});

test('the count outlives the host, and the right passphrase ends it', async () => {
  const store = memoryRowStore();
  const first = new UnlockBackoff(store, () => 5_000);
  for (let n = 0; n < 6; n++) await first.failed();
  const second = new UnlockBackoff(store, () => 5_000);
  await second.load();
  assert.equal(second.failures, 6);
  assert.throws(() => second.check(), { code: 'rate_limited' });
  await second.succeeded();
  const third = new UnlockBackoff(store, () => 5_000);
  await third.load();
  third.check();
});

test('a clock set back a year does not turn seconds into a year', async () => {
  const clock = { ms: 1_800_000_000_000 };
  const backoff = new UnlockBackoff(memoryRowStore(), () => clock.ms);
  for (let n = 0; n < 4; n++) await backoff.failed();
  clock.ms -= 365 * 24 * 3600 * 1000;
  assert.throws(() => backoff.check(), { retryAfterSeconds: 2 });
});

test('wrong passphrases are told to the audit with their count; waiting refuses even the right one', () =>
  withTempVault(async (temp) => {
    const told: string[] = [];
    const more = { onUnlockFailed: (why: string, failures: number) => void told.push(`${why} ${failures}`) };
    await temp.create(passphrase);
    await temp.close();
    const { vault } = await temp.open(more);
    for (let n = 0; n < 3; n++)
      await assert.rejects(vault.unlock(wrong), { code: 'vault_locked', message: /not right/ });
    await assert.rejects(vault.unlock({ passphrase: 'correct horse' }), { code: 'rate_limited', retryAfterSeconds: 1 });
    assert.deepEqual(told, ['passphrase 1', 'passphrase 2', 'passphrase 3', 'backing_off 3']);
    await temp.close();
    const again = await temp.open(more);
    await assert.rejects(again.vault.unlock({ passphrase: 'correct horse' }), { code: 'rate_limited' });
    temp.clock.ms += 1_000;
    await again.vault.unlock({ passphrase: 'correct horse' });
    assert.equal(again.vault.facts().state, 'unlocked');
  }));

test('presence is the passphrase of the open vault, and guessing it backs off the same way', () =>
  withTempVault(async (temp) => {
    const { vault } = await temp.create(passphrase);
    assert.equal(await vault.checkPresence({ passphrase: 'correct horse' }), true);
    for (let n = 0; n < 3; n++) assert.equal(await vault.checkPresence(wrong), false);
    await assert.rejects(vault.checkPresence({ passphrase: 'correct horse' }), { code: 'rate_limited' });
  }));

test('a vault that needs no person has no presence to prove', () =>
  withTempVault(async (temp) => {
    const { vault } = await temp.create();
    assert.equal(await vault.checkPresence({ passphrase: 'anything' }), false);
  }));
