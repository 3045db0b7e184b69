import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { toHex } from '../crypto/bytes.ts';
import { addTo, hexOf, isZero, newSum, subtractFrom, sumFromHex } from './multiset-sum.ts';

const modulus = 1n << 256n;
const element = fc.uint8Array({ minLength: 32, maxLength: 32 });
const numberOf = (bytes: Uint8Array): bigint => BigInt(`0x${toHex(bytes)}`);

test('sums are sums modulo 2^256, as BigInt computes them', () => {
  const steps = fc.array(fc.tuple(fc.boolean(), element), { maxLength: 30 });
  fc.assert(
    fc.property(steps, (list) => {
      const sum = newSum();
      let expected = 0n;
      for (const [adding, bytes] of list) {
        (adding ? addTo : subtractFrom)(sum, bytes);
        expected = (expected + (adding ? numberOf(bytes) : modulus - numberOf(bytes))) % modulus;
      }
      assert.equal(BigInt(`0x${hexOf(sum)}`), expected);
      assert.deepEqual(sumFromHex(hexOf(sum)), sum);
    }),
  );
});

test('the largest numbers carry and borrow through every digit', () => {
  const ones = new Uint8Array(32).fill(0xff);
  const one = new Uint8Array(32);
  one[31] = 1;
  const sum = newSum();
  addTo(sum, ones);
  addTo(sum, one);
  assert.ok(isZero(sum));
  subtractFrom(sum, one);
  assert.equal(hexOf(sum), 'f'.repeat(64));
});
