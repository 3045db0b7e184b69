import type { Asker } from '#contract/call.ts';
import { AivaultError } from '#contract/errors.ts';
import type { KeyProvider } from '#contract/schemas/vault.ts';

export interface PresenceDeps {
  readonly keyProvider: () => KeyProvider | null;
  /** True only for the right passphrase of a passphrase vault. Backs off like unlock. */
  readonly checkPassphrase: (passphrase: string) => Promise<boolean>;
}

/**
 * Proof that a person is there, for the few rows that need it. The passphrase again, or the window's own confirmation;
 * where the key provider offers neither (key file, environment) the row passes and its audit entry says `none`.
 */
export function createPresence({ keyProvider, checkPassphrase }: PresenceDeps) {
  return async ({ actor, presence }: Asker): Promise<'passphrase' | 'window' | 'none'> => {
    const provider = keyProvider();
    // Only the desktop's own main process can speak as `window`; a `confirmed` from anywhere else counts for nothing.
    if (actor.kind === 'operator' && actor.via === 'window' && presence?.confirmed === true) return 'window';
    if (provider === 'passphrase') {
      if (presence?.passphrase !== undefined && (await checkPassphrase(presence.passphrase))) return 'passphrase';
      throw required(
        presence?.passphrase === undefined ? 'This needs the passphrase again.' : 'The passphrase is wrong.',
      );
    }
    if (provider === 'keychain' && actor.kind === 'operator' && actor.via === 'window') {
      throw required('This needs a confirmation in the window.');
    }
    return 'none';
  };
}

function required(message: string): AivaultError {
  return new AivaultError('presence_required', message, {
    hint: 'Give the passphrase, or confirm in the desktop window.',
  });
}
