import { inspect } from 'node:util';

/** The plain bytes of one secret, for the length of one request. Prints as `[secret]`; wiped in the owner's `finally`. */
export class SecretMaterial {
  readonly #bytes: Uint8Array;
  readonly secretId: string;
  readonly valueVersion: number;

  constructor(secretId: string, valueVersion: number, bytes: Uint8Array) {
    this.secretId = secretId;
    this.valueVersion = valueVersion;
    this.#bytes = bytes;
  }

  /** Lends the bytes to `use`; they must not be kept. */
  use<R>(use: (bytes: Uint8Array) => R): R {
    return use(this.#bytes);
  }

  wipe(): void {
    this.#bytes.fill(0);
  }

  toString(): string {
    return '[secret]';
  }

  toJSON(): string {
    return '[secret]';
  }

  [inspect.custom](): string {
    return '[secret]';
  }
}
