import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { AivaultError, type ErrorBody, errorTable } from '#contract/errors.ts';
import type { Answer, BodyBytes, HeaderPair, Incoming } from '#contract/proxied.ts';
import { writeBody } from './body-bytes.ts';
import { http } from './quick-http.ts';

// HTTP in, contract out, and back again: what every server of this folder does the same way.

/** Headers as pairs, in order, duplicates kept, names as they were sent. */
export function headerPairs(raw: readonly string[]): HeaderPair[] {
  const pairs = new Array<HeaderPair>(raw.length >> 1);
  for (let i = 0; i < pairs.length; i++) pairs[i] = [raw[2 * i]!, raw[2 * i + 1]!];
  return pairs;
}

/** Bodies up to this announced length are handed on whole: one chunk costs less than an iterator over one chunk. */
const wholeBodyBytes = 64 * 1024;
/** How long a client may pause within a small body before its connection is dropped. */
const bodyPatienceMs = 20_000;

/**
 * Hands the body of a request on: null where it announces none (no length and no transfer coding, or a length of zero),
 * whole where it announces a small one, else the stream. A callback and not a promise: this is on the path of every
 * call. Never called where the client goes away before a small body has arrived.
 */
export function takeBody(request: IncomingMessage, take: (body: Incoming['body']) => void): void {
  const { headers } = request;
  const length = headers['content-length'];
  if (headers['transfer-encoding'] !== undefined || Number(length) > wholeBodyBytes) take(request);
  else if (length === undefined || length === '0') take(null);
  else takeWhole(request, take);
}

function takeWhole(request: IncomingMessage, take: (body: Uint8Array | null) => void): void {
  const { socket } = request;
  socket.setTimeout(bodyPatienceMs);
  let first: Buffer | undefined;
  const more: Buffer[] = [];
  request.on('data', (chunk: Buffer) => {
    if (first === undefined) first = chunk;
    else more.push(chunk);
  });
  request.on('end', () => {
    socket.setTimeout(0);
    // A length of `00` is one of zero too.
    if (first === undefined) take(null);
    else take(more.length === 0 ? first : Buffer.concat([first, ...more]));
  });
}

const gone = new WeakMap<Socket, AbortSignal>();

/** Aborts when the client's connection closes. One signal per connection: a request that is answered no longer listens. */
export function abortOnDisconnect({ socket }: IncomingMessage): AbortSignal {
  const known = gone.get(socket);
  if (known !== undefined) return known;
  const controller = new AbortController();
  if (socket.destroyed) controller.abort();
  else socket.once('close', () => controller.abort());
  gone.set(socket, controller.signal);
  return controller.signal;
}

/** Our own refusal as an answer: the code in a header, so that a caller never takes our 403 for the provider's. */
export function refusal(error: ErrorBody): Answer {
  const { error: code, message, retryAfterSeconds } = error;
  const headers: HeaderPair[] = [
    ['content-type', 'application/json'],
    ['aivault-error', code],
  ];
  if (retryAfterSeconds !== undefined) headers.push(['retry-after', String(retryAfterSeconds)]);
  const body = Buffer.from(JSON.stringify({ error: code, message }), 'utf8');
  return { status: errorTable[code].status, statusText: '', headers, body, refusal: error };
}

/** What a bug looks like from outside. */
export function internal(): Answer {
  return refusal(new AivaultError('internal', 'Something went wrong inside the host.').toJSON());
}

/**
 * Writes an answer. Whole bodies leave in one write, with their length; streamed ones with back-pressure. If the body
 * fails on the way the connection is cut, so that the client cannot take half an answer for a whole one.
 */
export function sendAnswer(request: IncomingMessage, response: ServerResponse, answer: Answer): void {
  const { body, status } = answer;
  const headers: string[] = [];
  let hasLength = false;
  for (const [name, value] of answer.headers) {
    headers.push(name, value);
    if (name.length === 14 && name.toLowerCase() === 'content-length') hasLength = true;
  }
  const whole = body === null || body instanceof Uint8Array;
  const bodiless = request.method === 'HEAD' || status === 204 || status === 304;
  if (whole && !hasLength && !bodiless) headers.push('content-length', body === null ? '0' : String(body.length));
  // A request that announces no body has ended before the parser calls it complete (`optimizeEmptyRequests`).
  const unread = !request.complete && !request.readableEnded;
  if (unread && (whole || answer.refusal !== undefined)) closeAfter(request, response, headers);
  if (!writeHead(response, status, answer.statusText, headers)) response.destroy();
  else if (whole) response.end(bodiless ? undefined : body);
  else if (bodiless) response.end(() => void body[Symbol.asyncIterator]().return?.());
  else streamBody(response, body, answer.trailers).catch(() => response.destroy());
}

/**
 * False where the head cannot be written down in HTTP/1.1. An upstream says what it likes: a reason phrase with bytes that
 * may not stand there gives way to the usual one, and nothing of it ends the host.
 */
function writeHead(response: ServerResponse, status: number, statusText: string, headers: string[]): boolean {
  try {
    response.writeHead(status, statusText || http.STATUS_CODES[status], headers);
    return true;
  } catch {
    return statusText !== '' && writeHead(response, status, '', headers);
  }
}

const nothing = new Uint8Array(0);

async function streamBody(response: ServerResponse, body: BodyBytes, trailers: Answer['trailers']): Promise<void> {
  // A stream may be long in coming: its head does not wait for its first byte. `flushHeaders` would write it as UTF-8.
  if (!response.destroyed) response.write(nothing);
  await writeBody(response, body);
  if (trailers !== undefined && !response.destroyed) response.addTrailers(trailers() as [string, string][]);
  response.end();
}

/** The answer came before the request was all there: read on for a moment so that the client sees it, then hang up. */
function closeAfter(request: IncomingMessage, response: ServerResponse, headers: string[]): void {
  headers.push('connection', 'close');
  response.once('finish', () => {
    request.resume();
    const timer = setTimeout(() => request.destroy(), 500);
    request.once('close', () => clearTimeout(timer));
  });
}
