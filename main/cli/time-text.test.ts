import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clockText, durationMs, momentMs, relativeText } from './time-text.ts';

const now = Date.UTC(2026, 10, 20, 9, 30, 0);

test('durations have a unit', () => {
  assert.deepEqual(
    ['90s', '10m', '12h', '30d', '2w'].map((text) => durationMs('ttl', text)),
    [90_000, 600_000, 43_200_000, 2_592_000_000, 1_209_600_000],
  );
  for (const text of ['10', '-5m', '1.5h', '10 minutes', ''])
    assert.throws(() => durationMs('ttl', text), /--ttl needs a duration/);
});

test('a moment is a distance, a date, a date and time, or epoch milliseconds', () => {
  assert.equal(momentMs('since', '1h', now), now - 3_600_000);
  assert.equal(momentMs('since', '2026-11-20', now), Date.UTC(2026, 10, 20));
  assert.equal(momentMs('since', '2026-11-20T09:30', now), now);
  assert.equal(momentMs('since', '2026-11-20 10:30:00+01:00', now), now);
  assert.equal(momentMs('since', String(now), now), now);
  for (const text of ['yesterday', '2026-13-40', '20/11/2026'])
    assert.throws(() => momentMs('since', text, now), /needs a moment/);
});

test('times read the same everywhere', () => {
  assert.equal(clockText(now), '2026-11-20 09:30:00');
  assert.equal(relativeText(now - 61_000, now), '1 minute ago');
  assert.equal(relativeText(now + 2 * 86_400_000, now), 'in 2 days');
  assert.equal(relativeText(now - 1000, now), 'just now');
});

test('a token just minted has the time it was minted for', () => {
  assert.equal(relativeText(now + 599_000, now), 'in 10 minutes');
  assert.equal(relativeText(now + 59_900, now), 'in 1 minute');
  assert.equal(relativeText(now + 3_599_900, now), 'in 1 hour');
  assert.equal(relativeText(now + 30 * 86_400_000 - 2000, now), 'in 30 days');
  assert.equal(relativeText(now + 30_000, now), 'in 30 seconds');
});
