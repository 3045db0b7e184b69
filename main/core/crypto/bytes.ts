import { timingSafeEqual } from 'node:crypto';

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true });

export function utf8(text: string): Uint8Array {
  return encoder.encode(text);
}

/** Throws a TypeError on anything that is not UTF-8. */
export function fromUtf8(bytes: Uint8Array): string {
  return decoder.decode(bytes);
}

/** Overwrites with zeros. JavaScript may have copied the bytes before; this removes the copy we know of. */
export function wipe(...all: readonly Uint8Array[]): void {
  for (const bytes of all) bytes.fill(0);
}

/** Compares in a time that depends on the lengths only. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}

export function concatBytes(...parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

export function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex');
}

/** Null where the text is not an even number of hex digits. */
export function fromHex(text: string): Uint8Array | null {
  return /^(?:[0-9a-fA-F]{2})*$/.test(text) ? new Uint8Array(Buffer.from(text, 'hex')) : null;
}

export function toBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}

/** Standard base64 with its padding, in its one canonical spelling (RFC 4648 section 4); null for anything else. */
export function fromBase64(text: string): Uint8Array | null {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? new Uint8Array(bytes) : null;
}

/**
 * Joins fields so that no two lists of fields give the same bytes: each is its length in bytes (4, big-endian), then
 * itself. Numbers are written in decimal, null as a length no field can have.
 */
export function encodeFields(...fields: readonly (string | number | null)[]): Uint8Array {
  let length = 0;
  for (const field of fields) length += 4 + (field === null ? 0 : Buffer.byteLength(String(field)));
  const bytes = Buffer.allocUnsafeSlow(length);
  let at = 0;
  for (const field of fields) {
    const written = field === null ? 0 : bytes.write(String(field), at + 4);
    bytes.writeUInt32BE(field === null ? 0xffff_ffff : written, at);
    at += 4 + written;
  }
  return new Uint8Array(bytes.buffer, 0, length);
}
