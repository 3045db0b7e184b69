import { Duplex, type Readable, type Writable } from 'node:stream';

/**
 * Two one-way pipes as one connection, dressed as what node:http expects of a socket: the calls that tune a socket do
 * nothing here, because a pipe has nothing to tune.
 */
export class PipePair extends Duplex {
  readonly #incoming: Readable;
  readonly #outgoing: Writable;

  constructor(incoming: Readable, outgoing: Writable) {
    super({ allowHalfOpen: false });
    this.#incoming = incoming;
    this.#outgoing = outgoing;
    incoming.on('data', (chunk: Uint8Array) => {
      if (!this.push(chunk)) incoming.pause();
    });
    incoming.once('end', () => this.push(null));
    incoming.once('error', (error) => this.destroy(error));
    incoming.once('close', () => this.destroy());
    outgoing.on('error', (error) => this.destroy(error));
  }

  override _read(): void {
    this.#incoming.resume();
  }

  override _write(chunk: Uint8Array, _encoding: BufferEncoding, callback: (error?: Error | null) => void): void {
    this.#outgoing.write(chunk, callback);
  }

  override _final(callback: (error?: Error | null) => void): void {
    this.#outgoing.end(() => callback());
  }

  override _destroy(error: Error | null, callback: (error: Error | null) => void): void {
    this.#incoming.destroy();
    this.#outgoing.destroy();
    callback(error);
  }

  setTimeout(): this {
    return this;
  }
  setNoDelay(): this {
    return this;
  }
  setKeepAlive(): this {
    return this;
  }
  ref(): this {
    return this;
  }
  unref(): this {
    return this;
  }
}
