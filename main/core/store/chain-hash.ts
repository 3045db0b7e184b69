import { hash } from 'node:crypto';

/** What the first entry of the audit chain follows: 32 zero bytes. */
export const genesis: Uint8Array = new Uint8Array(32);

/** Reused for every entry of usual size: checking a chain is mostly this one copy and the hash. */
const scratch = Buffer.allocUnsafeSlow(16 * 1024);

/** The hash that ties an entry to the one before it: SHA-256(hash of that one ‖ body as UTF-8). */
export function chainHash(previous: Uint8Array, body: string): Uint8Array {
  const length = Buffer.byteLength(body);
  const bytes = scratch.length >= length + 32 ? scratch.subarray(0, length + 32) : Buffer.allocUnsafe(length + 32);
  bytes.set(previous, 0);
  bytes.write(body, 32, 'utf8');
  return new Uint8Array(hash('sha256', bytes, 'buffer'));
}
