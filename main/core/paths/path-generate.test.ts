import assert from 'node:assert/strict';
import { test } from 'node:test';
import { generator } from '#contract/schemas/paths.ts';
import { systemRandom } from '../crypto/random.ts';
import { generateValue } from './path-generate.ts';

const made = (spec: object): string => generateValue(generator.parse(spec), systemRandom);

test('each alphabet gives its own signs, all of them, at the length asked for', () => {
  const signs = {
    digits: /^[0-9]+$/,
    alpha: /^[a-zA-Z]+$/,
    alphanumeric: /^[a-zA-Z0-9]+$/,
    safe: /^[a-km-zA-HJ-NP-Z2-9]+$/,
    symbols: /^[a-zA-Z0-9!#$%&*+.:;=?@^_~-]+$/,
  };
  const amounts = { digits: 10, alpha: 52, alphanumeric: 62, safe: 57, symbols: 79 };
  for (const [charset, expected] of Object.entries(signs)) {
    const text = made({ generator: 'random', length: 4096, charset });
    assert.equal(text.length, 4096);
    assert.match(text, expected);
    assert.equal(new Set(text).size, amounts[charset as keyof typeof amounts], `${charset}: every sign comes up`);
  }
});

test('every sign is as likely as any other: bytes past the last full round are dropped', () => {
  // Bytes that count up: here an uneven end is seen exactly. Of 256, the last six would be six digits more.
  let next = 0;
  const counting = (length: number) => Uint8Array.from({ length }, () => next++ % 256);
  const text = generateValue({ generator: 'random', charset: 'digits', length: 2500 }, counting);
  for (const digit of '0123456789') assert.equal(text.split(digit).length - 1, 250, digit);
});

test('hex has the length asked for, odd ones too; a uuid is version 4 of RFC 9562', () => {
  for (const length of [8, 9, 64, 4095])
    assert.match(made({ generator: 'hex', length }), new RegExp(`^[0-9a-f]{${length}}$`));
  for (let i = 0; i < 50; i++) {
    assert.match(made({ generator: 'uuid' }), /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  }
  assert.notEqual(made({ generator: 'hex' }), made({ generator: 'hex' }));
});
