import { fromBase64, fromHex } from '../crypto/bytes.ts';

/** A 32-byte key as people write it: standard base64 (44 characters) or 64 hex digits, white space around it ignored. */
export function parseKeyText(text: string): Uint8Array | null {
  const trimmed = text.trim();
  const key = trimmed.length === 64 ? fromHex(trimmed) : trimmed.length === 44 ? fromBase64(trimmed) : null;
  return key?.length === 32 ? key : null;
}
