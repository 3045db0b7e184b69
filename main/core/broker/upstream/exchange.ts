import type { Dispatcher } from 'undici';
import { AivaultError } from '#contract/errors.ts';
import type { HeaderPair } from '#contract/proxied.ts';

/** Up to here an answer of known length is collected and returned whole: one event instead of a stream. */
const wholeUpTo = 64 * 1024;
/** Above the first the upstream is paused, below the second it goes on. */
const pauseAbove = 256 * 1024;
const resumeBelow = 64 * 1024;

export interface UpstreamAnswer {
  readonly status: number;
  readonly statusText: string;
  /** Lower-case names. */
  readonly headers: readonly HeaderPair[];
  readonly body: Uint8Array | AsyncIterable<Uint8Array> | null;
  trailers(): readonly HeaderPair[];
}

/**
 * One request on its way: a handler for undici's dispatch and the body's async iterator in one object. `answer` settles
 * with the head (and a small body); a later failure surfaces from the body. No redirect is followed, nothing is retried.
 */
export class Exchange implements Dispatcher.DispatchHandler, AsyncIterator<Uint8Array> {
  readonly answer: Promise<UpstreamAnswer>;
  #settle!: { resolve: (answer: UpstreamAnswer) => void; reject: (error: Error) => void };
  #controller: Dispatcher.DispatchController | null = null;
  #head: Omit<UpstreamAnswer, 'body' | 'trailers'> | null = null;
  #collecting = false;
  #chunks: Uint8Array[] = [];
  #queued = 0;
  #ended = false;
  #error: Error | null = null;
  #trailers: readonly HeaderPair[] = [];
  #wake: (() => void) | null = null;
  readonly #whyNot: () => Error | null;

  /** `whyNot` is asked when the connection is there and nothing has left: what it gives ends the request. */
  constructor(whyNot: () => Error | null = () => null) {
    this.#whyNot = whyNot;
    this.answer = new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
    });
  }

  /** Gives the request up; the upstream's connection is closed. Safe at any time, and more than once. */
  abort(reason: Error): void {
    if (this.#ended) return;
    if (this.#controller === null) this.#fail(reason);
    else this.#controller.abort(reason);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    const reason = this.#error ?? this.#whyNot();
    if (reason !== null) controller.abort(reason);
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[] | undefined>,
    statusText?: string,
  ): void {
    if (status < 200) return;
    this.#head = { status, statusText: statusText ?? '', headers: pairs(headers) };
    const length = headers['content-length'];
    if (typeof length === 'string' && Number(length) <= wholeUpTo) this.#collecting = true;
    else this.#resolve({ [Symbol.asyncIterator]: () => this });
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Uint8Array): void {
    this.#chunks.push(chunk);
    this.#queued += chunk.length;
    if (this.#collecting) return;
    if (this.#queued > pauseAbove) controller.pause();
    this.#wakeUp();
  }

  onResponseEnd(
    _controller: Dispatcher.DispatchController,
    trailers: Record<string, string | string[] | undefined>,
  ): void {
    this.#ended = true;
    this.#trailers = pairs(trailers);
    if (this.#collecting) {
      const [first] = this.#chunks;
      this.#resolve(first === undefined ? null : this.#chunks.length === 1 ? first : Buffer.concat(this.#chunks));
      this.#chunks = [];
    }
    this.#wakeUp();
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#fail(error);
  }

  async next(): Promise<IteratorResult<Uint8Array>> {
    for (;;) {
      const chunk = this.#chunks.shift();
      if (chunk !== undefined) {
        this.#queued -= chunk.length;
        if (this.#queued < resumeBelow && this.#controller?.paused === true) this.#controller.resume();
        return { done: false, value: chunk };
      }
      if (this.#error !== null) throw this.#error;
      if (this.#ended) return { done: true, value: undefined };
      await new Promise<void>((wake) => {
        this.#wake = wake;
      });
    }
  }

  async return(): Promise<IteratorResult<Uint8Array>> {
    this.abort(new AivaultError('upstream_unreachable', 'The answer was not read to its end.'));
    return { done: true, value: undefined };
  }

  #resolve(body: UpstreamAnswer['body']): void {
    if (this.#head !== null) this.#settle.resolve({ ...this.#head, body, trailers: () => this.#trailers });
  }

  #fail(error: Error): void {
    if (this.#error !== null) return;
    this.#error = upstreamError(error);
    this.#ended = true;
    // What is queued may be half a secret's worth of bytes without its end: the failure comes first.
    this.#chunks = [];
    this.#settle.reject(this.#error);
    this.#wakeUp();
  }

  #wakeUp(): void {
    const wake = this.#wake;
    this.#wake = null;
    wake?.();
  }
}

function pairs(headers: Record<string, string | string[] | undefined>): HeaderPair[] {
  const list: HeaderPair[] = [];
  for (const name in headers) {
    const value = headers[name];
    if (typeof value === 'string') list.push([name.toLowerCase(), value]);
    else if (value !== undefined) for (const one of value) list.push([name.toLowerCase(), one]);
  }
  return list;
}

const timeouts = new Set(['UND_ERR_CONNECT_TIMEOUT', 'UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT', 'ETIMEDOUT']);

/** What OpenSSL makes of an answer in plain HTTP. */
const notTls = new Set(['ERR_SSL_WRONG_VERSION_NUMBER', 'ERR_SSL_PACKET_LENGTH_TOO_LONG']);

/** One of ours as it is; the rest by what went wrong. The cause may name a URL with a secret in it: it stays behind. */
export function upstreamError(error: unknown): AivaultError {
  if (error instanceof AivaultError) return error;
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
  if (timeouts.has(code))
    return new AivaultError('upstream_timeout', 'The upstream did not answer in time.', { cause: error });
  if (notTls.has(code)) {
    const hint = 'Keys are sent by TLS only, on this machine too.';
    return new AivaultError('upstream_unreachable', 'The upstream does not speak TLS.', { hint, cause: error });
  }
  if (/CERT|TLS|SSL|SELF_SIGNED|UNABLE_TO/.test(code)) {
    const hint = 'It has to show a certificate of a public authority for its name; others are not trusted.';
    return new AivaultError('upstream_unreachable', 'The upstream cannot prove who it is.', { hint, cause: error });
  }
  return new AivaultError('upstream_unreachable', 'The upstream cannot be reached, or broke off its answer.', {
    cause: error,
  });
}
