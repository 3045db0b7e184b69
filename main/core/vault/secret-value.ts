import { AivaultError } from '#contract/errors.ts';
import { scopeText } from '#contract/scope-text.ts';
import { Opener, open, seal } from '../crypto/aead.ts';
import { encodeFields, fromBase64, toBase64, wipe } from '../crypto/bytes.ts';
import type { RandomBytes } from '../crypto/random.ts';
import type { SecretRow } from './secret-row.ts';

// A value is sealed under a data key of its own (DEK), made fresh for every value; the data key is sealed under the
// vault's inner key. Both seals are bound to the vault, the secret, the value's version, the scope and the pinned
// provider: a value moved to another secret, scope or provider does not open.

export type SealedValue = NonNullable<SecretRow['value']>;
export type ValuePlace = Pick<SecretRow, 'secretId' | 'valueVersion' | 'scope' | 'pinnedProvider'> & {
  readonly vaultId: string;
};

/** The label of the inner key that data keys are sealed under. */
export const dataKeyLabel = 'data keys';

/** Seals a value under a fresh data key. The value still belongs to the caller, who wipes it. */
export function sealValue(
  innerKey: Uint8Array,
  value: Uint8Array,
  place: ValuePlace,
  random: RandomBytes,
): SealedValue {
  const dek = random(32);
  try {
    return {
      dek: toBase64(seal(innerKey, dek, aadOf('data key', place))),
      sealed: toBase64(seal(dek, value, aadOf('value', place))),
    };
  } finally {
    wipe(dek);
  }
}

/** The data key of a value unwrapped, and the value ready to be opened. Lives while the vault is open; `forget` wipes it. */
export class UnwrappedValue {
  readonly #value: Opener;

  constructor(innerKey: Uint8Array, { dek, sealed }: SealedValue, place: ValuePlace) {
    const key = open(innerKey, bytesOf(dek), aadOf('data key', place));
    try {
      this.#value = new Opener(key, bytesOf(sealed), aadOf('value', place));
    } finally {
      wipe(key);
    }
  }

  /** The plain value; the caller wipes it. Throws `integrity_error`. */
  open(): Uint8Array {
    return this.#value.open();
  }

  forget(): void {
    this.#value.forget();
  }
}

/** The same data key under another inner key; the value itself is not opened. */
export function rewrapValue(value: SealedValue, from: Uint8Array, to: Uint8Array, place: ValuePlace): SealedValue {
  const aad = aadOf('data key', place);
  const key = open(from, bytesOf(value.dek), aad);
  try {
    return { dek: toBase64(seal(to, key, aad)), sealed: value.sealed };
  } finally {
    wipe(key);
  }
}

function aadOf(what: string, { vaultId, secretId, valueVersion, scope, pinnedProvider }: ValuePlace): Uint8Array {
  return encodeFields(`aivault ${what} v1`, vaultId, secretId, valueVersion, scopeText(scope), pinnedProvider);
}

function bytesOf(text: string): Uint8Array {
  const bytes = fromBase64(text);
  if (bytes === null) throw new AivaultError('integrity_error', 'A sealed value is not base64.');
  return bytes;
}
