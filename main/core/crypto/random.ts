import { randomBytes } from 'node:crypto';

/** Where randomness comes from; handed in, so that a test can say which. */
export type RandomBytes = (length: number) => Uint8Array;

/** The operating system's generator, through OpenSSL or BoringSSL. */
export const systemRandom: RandomBytes = (length) => new Uint8Array(randomBytes(length));

/** A version 4 UUID (RFC 9562 section 5.4) from 16 of the given bytes. */
export function uuidFrom(random: RandomBytes): string {
  const bytes = random(16);
  bytes[6] = (bytes[6]! & 0x0f) | 0x40;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = Buffer.from(bytes).toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
