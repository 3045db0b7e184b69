import type { Generator } from '#contract/schemas/paths.ts';

type RandomBytes = (length: number) => Uint8Array;

const alphabets = {
  digits: '0123456789',
  alpha: 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ',
  alphanumeric: 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789',
  /** Without the signs people misread: 0 O 1 l I. */
  safe: 'abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789',
  symbols: 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$%&*+-.:;=?@^_~',
} as const;

/** One value from a generator. Every sign of the alphabet is equally likely: bytes past the last full round are dropped. */
export function generateValue(spec: Generator, randomBytes: RandomBytes): string {
  switch (spec.generator) {
    case 'random':
      return pick(alphabets[spec.charset], spec.length, randomBytes);
    case 'hex':
      return Buffer.from(randomBytes(Math.ceil(spec.length / 2)))
        .toString('hex')
        .slice(0, spec.length);
    case 'uuid':
      return uuid4(randomBytes(16));
  }
}

function pick(alphabet: string, length: number, randomBytes: RandomBytes): string {
  const limit = 256 - (256 % alphabet.length);
  let text = '';
  while (text.length < length) {
    for (const byte of randomBytes(length - text.length + 16)) {
      if (byte < limit && text.length < length) text += alphabet[byte % alphabet.length];
    }
  }
  return text;
}

/** RFC 9562 §5.4. */
function uuid4(bytes: Uint8Array): string {
  bytes[6] = (bytes[6]! & 0x0f) | 0x40;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = Buffer.from(bytes).toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
