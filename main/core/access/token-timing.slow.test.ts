import assert from 'node:assert/strict';
import { hash, randomBytes, randomInt } from 'node:crypto';
import { describe, test } from 'node:test';
import { createTokens } from './tokens.ts';

// The histogram of threat B1: how long it takes to say no must not tell how much of a token was right.

const samples = 60_000;
/** Of the shortest mean; a comparison that stops at the first wrong character shows several times as much. */
const tolerable = 0.03;

const live = `avp_${randomBytes(32).toString('base64url')}`;
const wrongAt = (at: number) => live.slice(0, at) + (live[at] === 'A' ? 'B' : 'A') + live.slice(at + 1);
const guesses = { none: `avp_${'-'.repeat(43)}`, first: wrongAt(4), half: wrongAt(25), last: wrongAt(46) };

/** By how much the groups differ: nanoseconds of the middle half of many refusals, which take turns by lot. */
function spread(refuse: (guess: string) => void): number {
  const groups = Object.values(guesses).map((guess) => ({ guess, times: new Float64Array(samples), count: 0 }));
  for (let left = samples * groups.length; left > 0; left -= 1) {
    const group = groups[randomInt(groups.length)]!;
    const started = process.hrtime.bigint();
    refuse(group.guess);
    const took = Number(process.hrtime.bigint() - started);
    if (group.count < samples) group.times[group.count++] = took;
  }
  const means = groups.map(({ times, count }) => {
    const kept = times
      .subarray(0, count)
      .toSorted()
      .subarray(count * 0.25, count * 0.75);
    return kept.reduce((sum, each) => sum + each, 0) / kept.length;
  });
  return (Math.max(...means) - Math.min(...means)) / Math.min(...means);
}

/** The least of some runs: another process may have its turn in the middle of one, what is real shows in each. */
function leastSpread(refuse: (guess: string) => void): number {
  spread(refuse);
  return Math.min(...Array.from({ length: 5 }, () => spread(refuse)));
}

describe('the time it takes to refuse a token (B1)', () => {
  test('does not depend on how many of its characters are right', () => {
    const row = {
      id: 'tok_1',
      kind: 'proxy',
      expiresAtMs: 4e12,
      revokedAtMs: null,
      sha256: hash('sha256', live, 'hex'),
    };
    const table = () => ({ entries: () => [['tok_1', row]], get: () => undefined });
    const tokens = createTokens({ vault: { table } as never, now: () => 0, randomBytes });
    assert.equal(tokens.verify(live, 'proxy').id, 'tok_1');
    const refuse = (guess: string): void =>
      assert.throws(() => tokens.verify(guess, 'proxy'), { code: 'token_invalid' });
    refuse(guesses.last);
    const least = leastSpread((guess) => {
      try {
        tokens.verify(guess, 'proxy');
      } catch {
        // Each of them, as was just seen.
      }
    });
    assert.ok(least < tolerable, `refusals differ by ${(least * 100).toFixed(1)} %`);
  });

  test('and would be seen if it did', () => {
    let right = 0;
    const least = leastSpread((guess) => {
      for (let at = 0; at < live.length && guess.charCodeAt(at) === live.charCodeAt(at); at += 1) right += 1;
    });
    assert.ok(right > 0);
    assert.ok(least > tolerable, `a leak shows as ${(least * 100).toFixed(1)} %`);
  });
});
