import { AivaultError } from '#contract/errors.ts';
import type { RandomBytes } from '../crypto/random.ts';
import type { Anchor, Protector } from './protector.ts';
import { unwrapVaultKey, wrapVaultKey } from './wrapping.ts';

/** What outlives a host in tests: keys by name, and their anchors. */
export interface MemoryKeys {
  readonly keys: Map<string, Uint8Array>;
  readonly anchors: Map<string, Anchor>;
}

/** For tests: keeps keys and anchors in the two maps it is given. Says `file` because a header must name a provider. */
export function memoryProtector(memory: MemoryKeys, randomBytes: RandomBytes): Protector {
  return {
    provider: 'file',
    needsPerson: false,
    wrap: async (vaultKey) => {
      const path = `memory:${memory.keys.size}:${Buffer.from(randomBytes(4)).toString('hex')}`;
      memory.keys.set(path, randomBytes(32));
      return wrapVaultKey(memory.keys.get(path)!, vaultKey, { provider: 'file', parameters: { path } });
    },
    unwrap: async (wrapped) => {
      const key = memory.keys.get(String(wrapped.parameters.path));
      if (key === undefined) throw new AivaultError('vault_locked', 'There is no such key in memory.');
      return unwrapVaultKey(key, wrapped);
    },
    discard: async (wrapped) => {
      memory.keys.delete(String(wrapped.parameters.path));
      memory.anchors.delete(wrapped.wrapped);
    },
    readAnchor: async (wrapped) => memory.anchors.get(wrapped.wrapped) ?? null,
    writeAnchor: async (wrapped, anchor) => {
      memory.anchors.set(wrapped.wrapped, anchor);
    },
  };
}
