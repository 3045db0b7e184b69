import { hash } from 'node:crypto';

const blockLength = 64;

/**
 * HMAC-SHA-256 (RFC 2104) with one key and many short messages, several times quicker than a new Hmac object for each:
 * opening a vault computes one for every row there ever was. `forget` wipes the key.
 */
export class MacKey {
  readonly #inner = Buffer.alloc(blockLength, 0x36);
  readonly #outer = Buffer.alloc(blockLength + 32, 0x5c);
  #message: Buffer = Buffer.alloc(512);

  constructor(key: Uint8Array) {
    const block = key.length > blockLength ? hash('sha256', key, 'buffer') : key;
    for (let at = 0; at < block.length; at++) {
      this.#inner[at]! ^= block[at]!;
      this.#outer[at]! ^= block[at]!;
    }
  }

  mac(message: Uint8Array): Buffer {
    const length = blockLength + message.length;
    if (this.#message.length < length) this.#message = Buffer.alloc(length * 2);
    this.#inner.copy(this.#message);
    this.#message.set(message, blockLength);
    hash('sha256', this.#message.subarray(0, length), 'buffer').copy(this.#outer, blockLength);
    return hash('sha256', this.#outer, 'buffer');
  }

  forget(): void {
    this.#inner.fill(0);
    this.#outer.fill(0);
    this.#message.fill(0);
  }
}
