import { createHmac } from 'node:crypto';
import type { AuditStore } from '../store/store.ts';

export interface Checkpoints {
  /** The MAC of a chain position. Throws `vault_locked`. */
  mac(seq: number, hash: Uint8Array): Uint8Array;
  /** Vouches for everything chained so far. Call at unlock, before a lock, and now and then. */
  write(): Promise<void>;
}

/**
 * Keyed marks on the chain: an attacker with the file can rewrite hashes, but not these. What was chained while the
 * vault was locked is covered by the first one after unlocking.
 */
export function createCheckpoints(store: AuditStore, key: () => Uint8Array): Checkpoints {
  let last = 0;
  const mac = (seq: number, hash: Uint8Array) => {
    const position = Buffer.alloc(8);
    position.writeBigUInt64BE(BigInt(seq));
    return createHmac('sha256', key()).update(position).update(hash).digest();
  };
  return {
    mac,
    async write() {
      const head = await store.head();
      if (head.seq === 0 || head.seq === last) return;
      await store.writeCheckpoint(head.seq, mac(head.seq, head.hash));
      last = head.seq;
    },
  };
}
