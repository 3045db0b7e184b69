import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { createIdleLock } from './idle-lock.ts';

test('where the idle time is over and locking cannot be written down, it locks all the same', async () => {
  let open = true;
  const idle = createIdleLock({
    now: Date.now,
    minutes: () => 0.05 / 60,
    isOpen: () => open,
    lock: async () => {
      throw new Error('the log is full');
    },
    lockAtOnce: () => {
      open = false;
    },
  });
  try {
    idle.restart();
    for (let tries = 0; open && tries < 200; tries += 1) await setTimeout(10);
    assert.equal(open, false);
  } finally {
    idle.stop();
  }
});
