import { AivaultError } from '#contract/errors.ts';
import type { BodyBytes, HeaderPair } from '#contract/proxied.ts';
import type { MaybeLater } from '../at-once.ts';
import { strategyOf } from '../auth/strategies.ts';
import type { NameList } from '../headers/header-names.ts';
import { responseHeaderRules, returnedHeaders } from '../headers/response-headers.ts';
import type { CredentialView } from '../parties.ts';
import { type Blocklist, canBlock, createBlocklist } from '../redact/blocklist.ts';
import type { Forms } from '../redact/forms.ts';
import { createRedactor, type Redactor } from '../redact/redactor.ts';
import { redactHead, redactPairs, redactWhole } from '../redact/text.ts';
import { codings, decoded } from '../upstream/decode.ts';
import type { Answered } from './send-upstream.ts';

/** Answers below a size limit are held back up to here, so that one too many is a clean refusal and not a torn body. */
const holdUpTo = 8 * 1024 * 1024;

export interface Returned {
  readonly status: number;
  readonly statusText: string;
  readonly headers: readonly HeaderPair[];
  readonly body: Uint8Array | BodyBytes | null;
  readonly trailers: () => readonly HeaderPair[];
  /** Of a whole body; a stream counts as it goes. */
  readonly counts: { bytes: number; redactions: number };
}

const rulesOf = new WeakMap<CredentialView, NameList>();

/**
 * Stage 10: what may go back. Headers by list, everything searched for the injected secret, fields on the blocklist
 * replaced. Throws `response_refused` before the first byte where that can be known, else out of the body.
 */
export function filterResponse({ sent, answer }: Answered): MaybeLater<Returned> {
  const { credential, capability, forms } = sent;
  const { type, length, packed, transfer } = framingOf(answer.headers);
  const names = transfer === undefined || /^\s*chunked\s*$/i.test(transfer) ? codings(packed) : null;
  const fields = capability.policy.responseBodyBlocklist;
  if (names === null && (credential.refuseUnscannable || fields.length > 0)) {
    throw new AivaultError('response_refused', 'The answer is packed in a way that cannot be searched for secrets.');
  }
  const limit = capability.policy.maxResponseBodyBytes;
  const allowed = rulesFor(credential);
  const head = redactHead(answer.statusText, returnedHeaders(answer.headers, allowed), forms);
  const trailers = () => redactPairs(returnedHeaders(answer.trailers(), allowed), forms);
  const base = { status: answer.status, statusText: head.statusText, trailers };
  if (hasNoBody(sent.method, answer.status)) {
    const announced = sent.method === 'HEAD' && packed === undefined ? length : undefined;
    return {
      ...base,
      headers: withHeader(head.headers, 'content-length', announced),
      body: null,
      counts: { bytes: 0, redactions: 0 },
    };
  }
  const headers = withHeader(head.headers, 'content-encoding', names === null ? packed : undefined);
  if (limit !== null && length !== undefined && Number(length) > limit) throw tooLarge();

  const counts = { bytes: 0, redactions: 0 };
  const { body } = answer;
  const blocklist = fields.length === 0 || body === null ? null : createBlocklist(fields, type);
  if (blocklist !== null && !canBlock(type)) {
    throw new AivaultError('response_refused', 'Fields of this answer are to be hidden, and it is not JSON.', {
      hint: 'Ask for JSON with an accept header.',
    });
  }
  if (names?.length === 0 && !(body !== null && Symbol.asyncIterator in body)) {
    return { ...base, headers, body: wholeBody(body, forms, blocklist, counts), counts };
  }
  const source = body === null || body instanceof Uint8Array ? once(body) : body;
  const plain = names === null || names.length === 0 ? source : decoded(source, names);
  const stream = filteredBody(plain, limit, createRedactor(forms), blocklist, counts);
  if (limit === null || limit > holdUpTo || /^text\/event-stream/i.test(type))
    return { ...base, headers, body: stream, counts };
  return heldBack(stream).then((bytes) => ({ ...base, headers, body: bytes, counts }));
}

interface Framing {
  readonly type: string;
  readonly length: string | undefined;
  readonly packed: string | undefined;
  /** Codings other than chunked (RFC 9112 §7) reach us still packed. */
  readonly transfer: string | undefined;
}

/** What an answer says about its own body. */
function framingOf(headers: readonly HeaderPair[]): Framing {
  let type: string | undefined;
  let length: string | undefined;
  let packed: string | undefined;
  let transfer: string | undefined;
  for (const [name, value] of headers) {
    if (name === 'content-type') type ??= value;
    else if (name === 'content-length') length ??= value;
    // Several headers of a name are one list (RFC 9110 §5.3): a second coding must not be overlooked.
    else if (name === 'content-encoding') packed = packed === undefined ? value : `${packed}, ${value}`;
    else if (name === 'transfer-encoding') transfer = transfer === undefined ? value : `${transfer}, ${value}`;
  }
  return { type: type ?? '', length, packed, transfer };
}

function withHeader(headers: readonly HeaderPair[], name: string, value: string | undefined): readonly HeaderPair[] {
  return value === undefined ? headers : [...headers, [name, value]];
}

function wholeBody(
  body: Uint8Array | null,
  forms: Forms,
  blocklist: Blocklist | null,
  counts: Returned['counts'],
): Uint8Array | null {
  if (body === null) return null;
  counts.bytes = body.length;
  const { bytes, count } = redactWhole(blocklist === null ? body : blocklist.push(body), forms);
  counts.redactions = count;
  return bytes;
}

/** Listed fields first, then secrets: what a replaced field leaves behind is searched too. */
async function* filteredBody(
  source: AsyncIterable<Uint8Array>,
  limit: number | null,
  redactor: Redactor,
  blocklist: Blocklist | null,
  counts: Returned['counts'],
): AsyncGenerator<Uint8Array> {
  for await (const chunk of source) {
    counts.bytes += chunk.length;
    if (limit !== null && counts.bytes > limit) throw tooLarge();
    const clean = redactor.push(blocklist === null ? chunk : blocklist.push(chunk));
    counts.redactions = redactor.count;
    if (clean.length > 0) yield clean;
  }
  const tail = redactor.end();
  counts.redactions = redactor.count;
  if (tail.length > 0) yield tail;
}

async function heldBack(stream: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

async function* once(bytes: Uint8Array | null): AsyncGenerator<Uint8Array> {
  if (bytes !== null) yield bytes;
}

function rulesFor(credential: CredentialView): NameList {
  let rules = rulesOf.get(credential);
  if (rules === undefined) {
    const { response } = strategyOf(credential.auth).extraHeaders(credential.auth);
    rules = responseHeaderRules([...credential.responseHeaders, ...response]);
    rulesOf.set(credential, rules);
  }
  return rules;
}

/** RFC 9110 §6.4.1. */
function hasNoBody(method: string, status: number): boolean {
  return method === 'HEAD' || status === 204 || status === 205 || status === 304;
}

function tooLarge(): AivaultError {
  return new AivaultError('response_refused', 'The answer is larger than its capability allows.');
}
