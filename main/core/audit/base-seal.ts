import { createHmac } from 'node:crypto';
import type { ChainBase } from '../store/store.ts';

/** The MAC of a place where older entries were retired. Throws `vault_locked`. */
export type BaseSeal = (base: Omit<ChainBase, 'mac'>) => Uint8Array;

/**
 * Vouches for the beginning of a chain. The key is made for this alone and is the vault's own: no checkpoint, and nothing
 * of another vault, passes for one.
 */
export function createBaseSeal(key: () => Uint8Array): BaseSeal {
  return ({ seq, hash, retiredAtMs }) => {
    const place = Buffer.alloc(16);
    place.writeDoubleBE(seq, 0);
    place.writeDoubleBE(retiredAtMs, 8);
    return createHmac('sha256', key()).update(place).update(hash).digest();
  };
}
