import { createHmac, hkdfSync } from 'node:crypto';

/**
 * A 32-byte key for one purpose, from a key that has several: HKDF-SHA-256 (RFC 5869) without salt, `label` as info.
 * Different labels give unrelated keys.
 */
export function deriveSubkey(key: Uint8Array, label: string): Uint8Array {
  return hkdf(key, new Uint8Array(0), Buffer.from(`aivault ${label} v1`), 32);
}

/** HKDF-SHA-256, RFC 5869 sections 2.2 and 2.3. */
export function hkdf(key: Uint8Array, salt: Uint8Array, info: Uint8Array, length: number): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', key, salt, info, length));
}

/** HMAC-SHA-256 (RFC 2104). */
export function mac(key: Uint8Array, message: Uint8Array): Uint8Array {
  return new Uint8Array(createHmac('sha256', key).update(message).digest());
}
