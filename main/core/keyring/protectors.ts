import type { Environment } from '#contract/environment.ts';
import type { KeyProvider, KeyProviderChoice } from '#contract/schemas/vault.ts';
import type { RandomBytes } from '../crypto/random.ts';
import { envKeyProtector } from './env-key.ts';
import { keyFileProtector } from './key-file.ts';
import { keychainCalls } from './keychain-calls.ts';
import { osKeychainProtector } from './os-keychain.ts';
import { passphraseProtector } from './passphrase.ts';
import type { Protector, WrappedKey } from './protector.ts';

export interface ProtectorDeps {
  readonly defaultKeyFile: string;
  readonly stateFolder: string;
  readonly environment: Environment;
  readonly randomBytes: RandomBytes;
}

/** The protectors of this build: one to open an existing vault, one to wrap a new key as the operator chose. */
export interface Protectors {
  of(provider: KeyProvider): Protector;
  chosen(choice: KeyProviderChoice, rekey?: { readonly current: WrappedKey; readonly newKey?: string }): Protector;
}

/** Protectors over this system's keychain, files and environment. */
export function systemProtectors(deps: ProtectorDeps): Protectors {
  const { randomBytes, stateFolder, environment, defaultKeyFile } = deps;
  const keychain = { calls: keychainCalls(), anchorCalls: keychainCalls(3_000), randomBytes };
  const chosen: Protectors['chosen'] = (choice, rekey) => {
    const newKey = rekey?.newKey === undefined ? {} : { newKey: rekey.newKey };
    switch (choice.provider) {
      case 'file': {
        const current = rekey === undefined ? {} : { current: rekey.current };
        return keyFileProtector({ path: choice.path ?? defaultKeyFile, randomBytes, ...current, ...newKey });
      }
      case 'env':
        return envKeyProtector({ variable: choice.variable, environment, stateFolder, ...newKey });
      case 'passphrase':
        return passphraseProtector({ passphrase: choice.passphrase, stateFolder, randomBytes });
      case 'keychain':
        return osKeychainProtector({
          ...keychain,
          service: choice.service,
          account: choice.account ?? 'vault-key',
        });
    }
  };
  const opening: Readonly<Record<KeyProvider, () => Protector>> = {
    file: () => keyFileProtector({ path: defaultKeyFile, randomBytes }),
    env: () => envKeyProtector({ variable: 'AIVAULT_KEY', environment, stateFolder }),
    passphrase: () => passphraseProtector({ stateFolder, randomBytes }),
    keychain: () => osKeychainProtector({ ...keychain, service: 'aivault', account: 'vault-key' }),
  };
  return { of: (provider) => opening[provider](), chosen };
}
