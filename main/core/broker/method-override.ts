import { AivaultError } from '#contract/errors.ts';
import type { BodyBytes, HeaderPair } from '#contract/proxied.ts';
import type { RequestBody } from './states.ts';

// Frameworks of several languages read the method from a parameter, behind policy's back: a POST whose form says
// `_method=DELETE` is a DELETE to them, and to one of them JSON that says so too (threats C6). The header of that kind is
// dropped with the others; in a query, a form or as a member of a JSON body it is refused.

/** The parameters they read it from, lower case. */
export const methodNames: ReadonlySet<string> = new Set([
  '_method',
  'x-http-method-override',
  '$httpmethod',
  'http_method_override',
]);

const names = [...methodNames];
/** One parameter of an urlencoded form; each character may be percent-encoded, white space around the name is dropped. */
const inForm = new RegExp(
  `[&;](?:\\+|%20| )*(?:${names.map((name) => [...name].map(encodable).join('')).join('|')})(?:\\+|%20| )*[=&;]`,
  'i',
);
/** The header of one part of a multipart form (RFC 7578 §4.2, RFC 5987 for `name*`). */
const inMultipart = new RegExp(
  `content-disposition[ \\t]*:(?:[^\\r\\n]|\\r\\n[ \\t]){0,512}?\\bname[ \\t]*\\*?[ \\t]*=[ \\t]*(?:[a-z0-9-]{0,20}'[a-z-]{0,20}')?["']?(?:${names.map((name) => [...name].map(encodable).join('')).join('|')})["']?[ \\t]*[;\\r\\n]`,
  'i',
);
/** A member of JSON, each character as it is or escaped. Within a string its quotes would be escaped. */
const inJson = new RegExp(`"${[...'_method'].map(escapable).join('')}"[ \\t\\r\\n]*:`);
/** Without one of these in it a body needs no closer look: nearly all have neither. */
const jsonHints = [Buffer.from('_method"'), Buffer.from('\\u00')];
/** As much as either of them needs to see at once. */
const carriedBytes = 2048;

/** The body, checked as it goes where it is a form. Throws `policy_violation` at once or, for a stream, on its way. */
export function withoutOverride(body: RequestBody, headers: readonly HeaderPair[]): RequestBody {
  if (body.kind === 'none') return body;
  const kind = kindOf(headers.find(([name]) => name === 'content-type')?.[1] ?? '');
  if (kind === 'other') return body;
  if (kind === 'json') return withoutMember(body);
  const pattern = kind === 'form' ? inForm : inMultipart;
  if (body.kind === 'stream') return { ...body, stream: checked(body.stream, pattern) };
  const { bytes } = body;
  check(`&${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1')}&`, pattern);
  return body;
}

type Kind = 'form' | 'multipart' | 'json' | 'other';

/** Callers use few types, each of them all the time. */
const kinds = new Map<string, Kind>();

function kindOf(type: string): Kind {
  let kind = kinds.get(type);
  if (kind === undefined) {
    if (/^\s*application\/x-www-form-urlencoded\b/i.test(type)) kind = 'form';
    else if (/^\s*multipart\//i.test(type)) kind = 'multipart';
    else kind = /[/+]json\b/i.test(type) ? 'json' : 'other';
    if (kinds.size >= 256) kinds.clear();
    kinds.set(type, kind);
  }
  return kind;
}

/** JSON whole is judged by its outermost members; of a stream no member of that name passes, wherever it stands. */
function withoutMember(body: RequestBody): RequestBody {
  if (body.kind === 'stream') return { ...body, stream: checked(body.stream, inJson) };
  if (body.kind === 'none') return body;
  const { bytes: given } = body;
  const bytes = Buffer.isBuffer(given) ? given : Buffer.from(given.buffer, given.byteOffset, given.length);
  if (!jsonHints.some((hint) => bytes.includes(hint))) return body;
  const text = bytes.toString('utf8');
  if (inJson.test(text) && !isHarmless(text)) throw overridden();
  return body;
}

function isHarmless(json: string): boolean {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value !== 'object' || value === null || !Object.hasOwn(value, '_method');
  } catch {
    return false;
  }
}

/** A violation breaks the upload off before its end, so that the upstream never has a whole request. */
async function* checked(stream: BodyBytes, pattern: RegExp): AsyncGenerator<Uint8Array> {
  let carried = '&';
  for await (const chunk of stream) {
    const text = carried + Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length).toString('latin1');
    check(text, pattern);
    carried = text.slice(-carriedBytes);
    yield chunk;
  }
  check(`${carried}&`, pattern);
}

function check(text: string, pattern: RegExp): void {
  if (pattern.test(text)) throw overridden();
}

function overridden(): AivaultError {
  return new AivaultError('policy_violation', 'A field of the body would override the method.');
}

function escapable(character: string): string {
  const code = character.charCodeAt(0).toString(16).padStart(4, '0');
  return `(?:${character}|\\\\u${code.replace(/[a-f]/g, (digit) => `[${digit}${digit.toUpperCase()}]`)})`;
}

function encodable(character: string): string {
  const literal = /[a-z0-9]/.test(character) ? character : `\\${character}`;
  const codes = [...new Set([character, character.toUpperCase()])].map((each) => each.charCodeAt(0).toString(16));
  return `(?:${literal}|%(?:${codes.join('|')}))`;
}
