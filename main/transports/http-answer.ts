import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http';
import { AivaultError, type ErrorBody, errorTable } from '#contract/errors.ts';
import type { Answer, HeaderPair, Incoming } from '#contract/proxied.ts';
import { sendBody } from './body-bytes.ts';

// HTTP in, contract out, and back again: what every server of this folder does the same way.

/** Headers as pairs, in order, duplicates kept, names as they were sent. */
export function headerPairs(raw: readonly string[]): HeaderPair[] {
  const pairs = new Array<HeaderPair>(raw.length >> 1);
  for (let i = 0; i < pairs.length; i++) pairs[i] = [raw[2 * i]!, raw[2 * i + 1]!];
  return pairs;
}

/** Bodies up to this announced length are handed on whole: one chunk costs less than an iterator over one chunk. */
const wholeBodyBytes = 64 * 1024;

/**
 * The body of a request: null where it announces none (no length and no transfer coding, or a length of zero), whole
 * where it announces a small one, else the stream. Rejects where the client goes away before a small one has arrived.
 */
export function bodyOf(request: IncomingMessage): Incoming['body'] | Promise<Uint8Array> {
  const { headers } = request;
  if (headers['transfer-encoding'] !== undefined) return request;
  const length = headers['content-length'];
  if (length === undefined || length === '0') return null;
  return Number(length) <= wholeBodyBytes ? wholeBody(request) : request;
}

function wholeBody(request: IncomingMessage): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.once('end', () => resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)));
    request.once('error', reject);
    request.once('close', () => reject(new Error('The client went away.')));
  });
}

/** Aborts when the client goes away before its answer is complete. */
export function abortOnDisconnect(response: ServerResponse): AbortSignal {
  const controller = new AbortController();
  response.once('close', () => {
    if (!response.writableFinished) controller.abort();
  });
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
export async function sendAnswer(request: IncomingMessage, response: ServerResponse, answer: Answer): Promise<void> {
  const { body, trailers } = answer;
  const headers: string[] = [];
  let hasLength = false;
  for (const [name, value] of answer.headers) {
    headers.push(name, value);
    hasLength ||= name.toLowerCase() === 'content-length';
  }
  const whole = body === null || body instanceof Uint8Array;
  const bodiless = request.method === 'HEAD' || answer.status === 204 || answer.status === 304;
  if (whole && !hasLength && !bodiless) headers.push('content-length', String(body?.length ?? 0));
  if (!request.complete && (answer.refusal !== undefined || whole)) closeAfter(request, response, headers);
  response.writeHead(answer.status, answer.statusText || STATUS_CODES[answer.status], headers);
  try {
    if (trailers === undefined || whole) return await sendBody(response, bodiless ? null : body);
    for await (const chunk of body) {
      if (response.destroyed) return;
      if (!response.write(chunk))
        await new Promise((resolve) => response.once('drain', resolve).once('close', resolve));
    }
    response.addTrailers(trailers() as [string, string][]);
    response.end();
  } catch {
    response.destroy();
  }
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
