import { AivaultError } from '#contract/errors.ts';
import { toBase64, wipe } from '../crypto/bytes.ts';
import { defaultCost, deriveFromPassphrase, type KdfParameters, parseKdfParameters } from '../crypto/kdf.ts';
import type { RandomBytes } from '../crypto/random.ts';
import { anchorFile, readAnchorFile, removeAnchorFile, writeAnchorFile } from './anchor-text.ts';
import type { Protector, WrappedKey } from './protector.ts';
import { unwrapVaultKey, wrapVaultKey } from './wrapping.ts';

export interface PassphraseOptions {
  readonly stateFolder: string;
  readonly randomBytes: RandomBytes;
  /** The passphrase `wrap` uses; `unwrap` takes the one a person brings. */
  readonly passphrase?: string;
  /** For tests: the real cost takes half a second. Still within the bounds that are checked when reading. */
  readonly cost?: Omit<KdfParameters, 'salt'>;
}

/** The protector's key is worked out from what a person types (Argon2id). Such a vault starts locked. */
export function passphraseProtector(options: PassphraseOptions): Protector {
  const anchorPath = (wrapped: WrappedKey): string => anchorFile(options.stateFolder, wrapped);
  return {
    provider: 'passphrase',
    needsPerson: true,
    wrap: async (vaultKey) => {
      if (!options.passphrase) throw new AivaultError('invalid_request', 'A new passphrase is needed.');
      const parameters = { ...(options.cost ?? defaultCost), salt: toBase64(options.randomBytes(16)) };
      const key = await deriveFromPassphrase(options.passphrase, parameters);
      const wrapped = wrapVaultKey(key, vaultKey, { provider: 'passphrase', parameters });
      wipe(key);
      return wrapped;
    },
    unwrap: async (wrapped, input) => {
      const parameters = parseKdfParameters(wrapped.parameters);
      if (!input.passphrase) {
        throw new AivaultError('vault_locked', 'This vault opens with its passphrase.', {
          hint: 'Run: aivault unlock',
        });
      }
      const key = await deriveFromPassphrase(input.passphrase, parameters);
      try {
        return unwrapVaultKey(key, wrapped);
      } catch (cause) {
        throw new AivaultError('vault_locked', 'The passphrase is not right.', {
          cause,
          hint: 'Type it again. Each wrong one makes the next wait a little longer.',
        });
      } finally {
        wipe(key);
      }
    },
    discard: async (wrapped) => removeAnchorFile(anchorPath(wrapped)),
    readAnchor: async (wrapped) => readAnchorFile(anchorPath(wrapped)),
    writeAnchor: async (wrapped, anchor) => writeAnchorFile(anchorPath(wrapped), anchor),
  };
}
