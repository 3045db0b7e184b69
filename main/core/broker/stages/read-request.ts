import { AivaultError } from '#contract/errors.ts';
import type { BodyBytes, Envelope, HeaderPair, Incoming } from '#contract/proxied.ts';
import { canonicalTarget } from '../../policy/canonical.ts';
import { namesEncodedSlash } from '../../policy/decide.ts';
import type { MaybeLater } from '../at-once.ts';
import { boundaryOf, readMultipartEnvelope } from '../envelope/multipart-envelope.ts';
import { multipartBody } from '../envelope/multipart-fields.ts';
import { checkEnvelope, readEnvelope } from '../envelope/read-envelope.ts';
import { defaultMethod, requireCapability, requirePath } from '../envelope/request-defaults.ts';
import { normalHeaders } from '../headers/request-headers.ts';
import type { CatalogView } from '../parties.ts';
import { gather, type Keep } from '../request-body.ts';
import { segmentCredential } from '../segment-credential.ts';
import type { Identified, RequestBody, Understood } from '../states.ts';

/** An envelope holds its body as a JSON string, so it is read whole; bigger bodies go by pass-through. */
const maxEnvelopeBytes = 32 * 1024 * 1024;
const methodToken = /^[A-Z][A-Z-]{0,31}$/;

/**
 * Stage 2: what is asked, in one canonical form. An envelope's unknown capability is found here, because the method and
 * path it leaves out are the capability's to fill in. Throws `invalid_request`, `policy_violation`, `too_large`,
 * `capability_not_found`.
 */
export function readRequest(from: Identified, catalog: CatalogView, keep: Keep): MaybeLater<Understood> {
  const { incoming } = from;
  if (incoming.door === 'pass-through') return readPassThrough(from, catalog);
  if (incoming.envelope !== undefined) {
    const body = bodyOf(incoming, incoming.headers);
    const beside = body.kind === 'none' ? null : { body, contentType: null };
    return understand(from, checkEnvelope(incoming.envelope), catalog, beside);
  }
  const { body } = incoming;
  if (body === null) throw new AivaultError('invalid_request', 'The request has no envelope.');
  const type = from.headers.find(([name]) => name === 'content-type')?.[1] ?? '';
  const boundary = boundaryOf(type);
  if (boundary !== null) return readMultipart(from, body instanceof Uint8Array ? inOne(body) : body, boundary, catalog);
  checkContentType(type);
  if (body instanceof Uint8Array) return understand(from, readEnvelope(body), catalog, null);
  return gather(body, maxEnvelopeBytes, keep).then((bytes) => understand(from, readEnvelope(bytes), catalog, null));
}

/** A page can post text/plain without asking anybody; it cannot post JSON (threats A2). */
function checkContentType(type: string): void {
  if (/^application\/json *(?:;|$)/i.test(type)) return;
  throw new AivaultError('invalid_request', 'An envelope is sent as application/json, or as the first part of a form.');
}

async function readMultipart(
  from: Identified,
  body: BodyBytes,
  boundary: string,
  catalog: CatalogView,
): Promise<Understood> {
  const { envelope, rest, contentType } = await readMultipartEnvelope(body, boundary);
  if (rest === null) return understand(from, readEnvelope(envelope), catalog, null);
  return understand(from, readEnvelope(envelope), catalog, {
    body: { kind: 'stream', stream: rest, length: null },
    contentType,
  });
}

async function* inOne(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

function understand(from: Identified, asked: Envelope, catalog: CatalogView, beside: Content | null): Understood {
  const { request } = asked;
  const capability = requireCapability(catalog, asked.capability);
  const content = beside === null ? bodyWithin(request) : besideOnly(request, beside);
  const method =
    request.method === undefined
      ? defaultMethod(capability, content.body.kind !== 'none')
      : normalMethod(request.method);
  const target = canonicalTarget(request.path ?? requirePath(capability), (path) =>
    namesEncodedSlash([capability], path),
  );
  const headers = normalHeaders(request.headers.map(({ name, value }) => [name, value]));
  return {
    ...from,
    ...target,
    method,
    requested: { by: 'capability', capability: capability.id, credential: asked.credential ?? null },
    requestHeaders:
      content.contentType === null
        ? headers
        : [...headers.filter(([name]) => name !== 'content-type'), ['content-type', content.contentType]],
    requestBody: content.body,
  };
}

interface Content {
  readonly body: RequestBody;
  /** Set where the body decides its type. */
  readonly contentType: string | null;
}

function bodyWithin(request: Envelope['request']): Content {
  if (request.multipart != null) return multipartBody(request.multipart);
  if (request.body == null || request.body === '') return { body: { kind: 'none' }, contentType: null };
  return { body: { kind: 'bytes', bytes: Buffer.from(request.body, 'utf8') }, contentType: null };
}

function besideOnly(request: Envelope['request'], beside: Content): Content {
  if (request.body != null || request.multipart != null) {
    throw new AivaultError('policy_violation', 'A request has one body: in its envelope or beside it, not both.');
  }
  return beside;
}

function readPassThrough(from: Identified, catalog: CatalogView): Understood {
  const segment = from.segment ?? '';
  const own = () => catalog.capabilitiesOf(segmentCredential(segment, catalog)?.provider ?? segment);
  return {
    ...from,
    ...canonicalTarget(from.target, (path) => namesEncodedSlash(own(), path)),
    method: normalMethod(from.incoming.method),
    requested: { by: 'segment', segment },
    requestHeaders: normalHeaders(from.headers),
    requestBody: bodyOf(from.incoming, from.headers),
  };
}

function normalMethod(raw: string): string {
  const method = raw.trim().toUpperCase();
  if (!methodToken.test(method)) throw new AivaultError('invalid_request', 'The method is not an HTTP method.');
  return method;
}

function bodyOf({ body }: Incoming, headers: readonly HeaderPair[]): RequestBody {
  if (body === null) return { kind: 'none' };
  if (body instanceof Uint8Array) return body.length === 0 ? { kind: 'none' } : { kind: 'bytes', bytes: body };
  return { kind: 'stream', stream: body as BodyBytes, length: declaredLength(headers) };
}

function declaredLength(headers: readonly HeaderPair[]): number | null {
  const value = headers.find(([name]) => name.toLowerCase() === 'content-length')?.[1];
  return value !== undefined && /^\d{1,15}$/.test(value) ? Number(value) : null;
}
