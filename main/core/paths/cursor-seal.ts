import { AivaultError } from '#contract/errors.ts';
import { open, seal } from '../crypto/aead.ts';
import { fromUtf8, utf8 } from '../crypto/bytes.ts';
import type { CursorSeal } from './path-cursor.ts';

const aad = utf8('aivault cursor 1');

/** Cursors sealed under a key of the vault's: opaque, and of no use to another vault. */
export function createCursorSeal(key: () => Uint8Array): CursorSeal {
  return {
    seal: (text) => Buffer.from(seal(key(), utf8(text), aad)).toString('base64url'),
    open(sealed) {
      try {
        return fromUtf8(open(key(), new Uint8Array(Buffer.from(sealed, 'base64url')), aad));
      } catch (error) {
        if (error instanceof AivaultError && error.code === 'vault_locked') throw error;
        return null;
      }
    },
  };
}
