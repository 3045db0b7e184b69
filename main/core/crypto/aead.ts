import { xchacha20poly1305 } from '@noble/ciphers/chacha.js';
import { AivaultError } from '#contract/errors.ts';
import { systemRandom } from './random.ts';

// XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha-03) for everything the vault seals. A sealed blob is
//   byte 0        format version, 1
//   bytes 1..24   nonce, made here and never by a caller: 192 random bits do not repeat
//   the rest      ciphertext with its 16-byte tag

const keyLength = 32;
const formatVersion = 1;
const nonceLength = 24;
const tagLength = 16;
/** How many bytes a sealed blob is longer than what it holds. */
export const sealOverhead = 1 + nonceLength + tagLength;

/**
 * Seals `plain` under a 32-byte key. `aad` says what the blob is and where it belongs; the same bytes must be given to
 * open it, so a blob moved to another place does not open.
 */
export function seal(key: Uint8Array, plain: Uint8Array, aad: Uint8Array): Uint8Array {
  requireKey(key);
  const nonce = freshNonce();
  const ciphertext = xchacha20poly1305(key, nonce, aad).encrypt(plain);
  const blob = new Uint8Array(1 + nonceLength + ciphertext.length);
  blob[0] = formatVersion;
  blob.set(nonce, 1);
  blob.set(ciphertext, 1 + nonceLength);
  return blob;
}

/** The bytes `seal` was given. Throws `integrity_error` where blob, key or `aad` are not the ones that belong together. */
export function open(key: Uint8Array, blob: Uint8Array, aad: Uint8Array): Uint8Array {
  const { nonce, ciphertext } = partsOf(key, blob);
  try {
    return xchacha20poly1305(key, nonce, aad).decrypt(ciphertext);
  } catch (cause) {
    throw new AivaultError('integrity_error', 'A sealed value does not open.', { cause });
  }
}

/**
 * One sealed blob that is opened again and again. It is authenticated here, once; from then on its ciphertext meets the
 * key stream it was made with (draft-irtf-cfrg-xchacha-03 §2.3), both copies of ours. That stream opens this blob and
 * nothing else: less than the key it stands for.
 */
export class Opener {
  readonly #ciphertext: Uint8Array;
  readonly #keyStream: Uint8Array;
  #forgotten = false;

  /** Throws `integrity_error` as `open` does. Keeps neither `key` nor `blob`. */
  constructor(key: Uint8Array, blob: Uint8Array, aad: Uint8Array) {
    const plain = open(key, blob, aad);
    this.#ciphertext = new Uint8Array(partsOf(key, blob).ciphertext.subarray(0, -tagLength));
    this.#keyStream = plain;
    for (let at = 0; at < plain.length; at++) plain[at]! ^= this.#ciphertext[at]!;
  }

  /** What `open` gives. Throws `integrity_error` once it was told to forget. */
  open(): Uint8Array {
    if (this.#forgotten) throw new AivaultError('integrity_error', 'The key of a sealed value was forgotten.');
    const plain = new Uint8Array(this.#ciphertext);
    for (let at = 0; at < plain.length; at++) plain[at]! ^= this.#keyStream[at]!;
    return plain;
  }

  /** Wipes the key stream. */
  forget(): void {
    this.#forgotten = true;
    this.#keyStream.fill(0);
  }
}

function partsOf(key: Uint8Array, blob: Uint8Array): { readonly nonce: Uint8Array; readonly ciphertext: Uint8Array } {
  requireKey(key);
  if (blob.length < sealOverhead) throw new AivaultError('integrity_error', 'A sealed value is too short to be one.');
  if (blob[0] !== formatVersion) {
    throw new AivaultError('integrity_error', 'A sealed value has a format this version does not read.');
  }
  return { nonce: blob.subarray(1, 1 + nonceLength), ciphertext: blob.subarray(1 + nonceLength) };
}

/** Nonces are not secret: they are drawn from the system many at a time. None is handed out twice. */
let pool: Uint8Array = new Uint8Array(0);
function freshNonce(): Uint8Array {
  if (pool.length < nonceLength) pool = systemRandom(nonceLength * 128);
  const nonce = pool.subarray(0, nonceLength);
  pool = pool.subarray(nonceLength);
  return nonce;
}

function requireKey(key: Uint8Array): void {
  if (key.length !== keyLength) throw new AivaultError('internal', 'A key must have 32 bytes.');
}
