import { AivaultError } from '#contract/errors.ts';
import type { BodyBytes } from '#contract/proxied.ts';

// multipart/form-data (RFC 7578) whose first part is the envelope. The parts after it are the upstream's body: a list of
// parts without its first one is still a list of parts under the same boundary, so they travel byte for byte and no
// file is ever looked into.

const maxEnvelopeBytes = 256 * 1024;
const maxPartHeaderBytes = 8 * 1024;

export interface MultipartEnvelope {
  /** The bytes of the `envelope` part. */
  readonly envelope: Uint8Array;
  /** What follows it, as a multipart body of its own; null where nothing does. */
  readonly rest: BodyBytes | null;
  /** The `content-type` of `rest`. */
  readonly contentType: string;
}

/** The boundary of a multipart/form-data content-type (RFC 2046 §5.1.1), or null where it is none. */
export function boundaryOf(contentType: string): string | null {
  if (!/^multipart\/form-data *;/i.test(contentType)) return null;
  const match = /;\s*boundary=(?:"([^"\\]{1,70})"|([^\s;"]{1,70}))\s*(?:;|$)/i.exec(contentType);
  const boundary = match?.[1] ?? match?.[2];
  return boundary !== undefined && /^[A-Za-z0-9'()+_,\-./:=? ]{0,69}[A-Za-z0-9'()+_,\-./:=?]$/.test(boundary)
    ? boundary
    : null;
}

/** Takes the first part off. Throws `invalid_request` where it is not the envelope. */
export async function readMultipartEnvelope(body: BodyBytes, boundary: string): Promise<MultipartEnvelope> {
  const chunks = body[Symbol.asyncIterator]();
  let room: Buffer = Buffer.alloc(16 * 1024);
  let head: Buffer = room.subarray(0, 0);
  async function more(): Promise<void> {
    const next = await chunks.next();
    if (next.done === true) throw malformed('The multipart body ends too early.');
    const length = head.length + next.value.length;
    if (length > room.length) room = Buffer.concat([head], Math.max(length, room.length * 2));
    room.set(next.value, head.length);
    head = room.subarray(0, length);
  }
  /** Reads on until `mark` is there; gives where. Nothing is looked at twice, however small the pieces are. */
  async function find(mark: string, from: number, limit: number): Promise<number> {
    for (let start = from; ; ) {
      const at = head.indexOf(mark, start, 'latin1');
      if (at !== -1) return at;
      if (head.length - from > limit) throw malformed('The envelope part is too large.');
      start = Math.max(from, head.length - mark.length);
      await more();
    }
  }

  const opening = await find(`--${boundary}\r\n`, 0, boundary.length + 8);
  if (head.subarray(0, opening).toString('latin1').trim() !== '')
    throw malformed('A multipart body begins with its boundary.');
  const headersAt = opening + boundary.length + 4;
  const headersEnd = await find('\r\n\r\n', headersAt - 2, maxPartHeaderBytes);
  const headers = head.subarray(headersAt, headersEnd).toString('latin1');
  if (!/^content-disposition: *form-data *;(?:[^\r\n]*;)? *name="?envelope"? *(?:;|\r|$)/im.test(headers)) {
    throw malformed('The first part of the form is the envelope.');
  }
  const start = headersEnd + 4;
  const end = await find(`\r\n--${boundary}`, start - 2, maxEnvelopeBytes);
  const after = end + boundary.length + 4;
  while (head.length < after + 2) await more();
  const last = head.subarray(after, after + 2).toString('latin1') === '--';
  return {
    envelope: head.subarray(start, Math.max(start, end)),
    rest: last ? null : remainder(head.subarray(end + 2), chunks),
    contentType: `multipart/form-data; boundary=${/[^A-Za-z0-9'+_\-.]/.test(boundary) ? `"${boundary}"` : boundary}`,
  };
}

async function* remainder(first: Uint8Array, chunks: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield first;
    for (let next = await chunks.next(); next.done !== true; next = await chunks.next()) yield next.value;
  } finally {
    await chunks.return?.();
  }
}

function malformed(sentence: string): AivaultError {
  return new AivaultError('invalid_request', sentence, {
    hint: 'curl -F envelope=\'{"capability":"…","request":{…}};type=application/json\' -F file=@…',
  });
}
