import type { KeyProviderChoice } from './schemas/vault.ts';

/**
 * What a vault gets where nobody says otherwise: the system keychain on macOS, elsewhere a key file. A contained vault
 * (`AIVAULT_DIR`) keeps its key inside its folder on every system, so that a test vault leaves nothing in the keychain.
 */
export function usualKeyProvider({ contained }: { readonly contained: boolean }, platform: string): KeyProviderChoice {
  return platform === 'darwin' && !contained ? { provider: 'keychain', service: 'aivault' } : { provider: 'file' };
}
