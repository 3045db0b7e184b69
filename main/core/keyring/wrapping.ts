import { AivaultError } from '#contract/errors.ts';
import { open, seal } from '../crypto/aead.ts';
import { encodeFields, fromBase64, toBase64 } from '../crypto/bytes.ts';
import { deriveSubkey } from '../crypto/hkdf.ts';
import type { WrappedKey } from './protector.ts';

// The one way a vault key is sealed under a protector's key. Provider and parameters are part of what is sealed, so a
// header whose path, account or cost was edited does not open.

/** `protectorKey` has 32 bytes and stays the caller's to wipe. */
export function wrapVaultKey(
  protectorKey: Uint8Array,
  vaultKey: Uint8Array,
  place: Pick<WrappedKey, 'provider' | 'parameters'>,
): WrappedKey {
  const sealed = seal(deriveSubkey(protectorKey, 'wrap'), vaultKey, placeOf(place));
  return { provider: place.provider, parameters: place.parameters, wrapped: toBase64(sealed) };
}

/** Throws `integrity_error` where the key is not the one the vault key was wrapped under. */
export function unwrapVaultKey(protectorKey: Uint8Array, wrapped: WrappedKey): Uint8Array {
  const sealed = fromBase64(wrapped.wrapped);
  if (sealed === null) throw new AivaultError('integrity_error', 'The wrapped key in the vault header is not base64.');
  const vaultKey = open(deriveSubkey(protectorKey, 'wrap'), sealed, placeOf(wrapped));
  if (vaultKey.length !== 32)
    throw new AivaultError('integrity_error', 'The wrapped key in the vault header is too short.');
  return vaultKey;
}

function placeOf({ provider, parameters }: Pick<WrappedKey, 'provider' | 'parameters'>): Uint8Array {
  const sorted = Object.entries(parameters).sort(([a], [b]) => (a < b ? -1 : 1));
  return encodeFields('aivault vault key v1', provider, ...sorted.flat());
}
