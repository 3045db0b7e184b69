// Numbers modulo 2^256, as sixteen 16-bit digits with the most significant one first: sums of row hashes. Digits of 16
// bits leave room for the carry in ordinary numbers; BigInt would be ten times slower for the many rows of an unlock.

const digits = 16;

export type Sum = Uint16Array;

/** Zero: the sum of no rows. */
export function newSum(): Sum {
  return new Uint16Array(digits);
}

/** Adds 32 bytes, big-endian. */
export function addTo(sum: Sum, bytes: Uint8Array): void {
  let carry = 0;
  for (let at = digits - 1; at >= 0; at--) {
    const total = sum[at]! + ((bytes[at * 2]! << 8) | bytes[at * 2 + 1]!) + carry;
    sum[at] = total;
    carry = total >>> 16;
  }
}

/** Takes away 32 bytes, big-endian; below zero it wraps, as sums modulo 2^256 do. */
export function subtractFrom(sum: Sum, bytes: Uint8Array): void {
  let borrow = 0;
  for (let at = digits - 1; at >= 0; at--) {
    const total = sum[at]! - ((bytes[at * 2]! << 8) | bytes[at * 2 + 1]!) - borrow;
    sum[at] = total;
    borrow = total < 0 ? 1 : 0;
  }
}

/** 64 digits. */
export function hexOf(sum: Sum): string {
  let text = '';
  for (const digit of sum) text += digit.toString(16).padStart(4, '0');
  return text;
}

/** From exactly 64 hex digits. */
export function sumFromHex(text: string): Sum {
  return Uint16Array.from({ length: digits }, (_, at) => Number.parseInt(text.slice(at * 4, at * 4 + 4), 16));
}

export function isZero(sum: Sum): boolean {
  return sum.every((digit) => digit === 0);
}
