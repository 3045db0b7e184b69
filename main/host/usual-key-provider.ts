import type { KeyProviderChoice } from '#contract/schemas/vault.ts';

/**
 * What a vault gets that is created by being used: the system keychain on macOS, elsewhere a key file. A contained vault
 * (`AIVAULT_DIR`) keeps its key inside its folder on every system, so that a test vault leaves nothing in the keychain.
 */
export function usualKeyProvider(
  { contained }: { readonly contained: boolean },
  platform: NodeJS.Platform,
): KeyProviderChoice {
  return platform === 'darwin' && !contained ? { provider: 'keychain', service: 'aivault' } : { provider: 'file' };
}
