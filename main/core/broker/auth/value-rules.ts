import { AivaultError } from '#contract/errors.ts';
import type { Field } from './fields.ts';

// What a secret may be made of, by the place it is put. A value that would change the request around it is refused
// before anything is sent; the messages name the field, never the value.

/** A field value (RFC 9110 §5.5): no control characters. CR, LF and NUL would end the header. */
export function asHeaderValue(field: Field, name: string): Uint8Array {
  for (const byte of field.bytes) {
    if ((byte < 0x20 && byte !== 0x09) || byte === 0x7f) {
      throw unusable(name, 'a header', 'a line break or another control character');
    }
  }
  return field.bytes;
}

const unreserved = new Set(Buffer.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~'));
const segmentBytes = new Set([...unreserved, ...Buffer.from("!$&'()*+,;=:@")]);

/** A query value (RFC 3986 §3.4), every byte but the unreserved ones percent-encoded. */
export function asQueryValue(field: Field, name: string): Uint8Array {
  refuseLineBreaks(field, name, 'a query parameter');
  return percentEncode(field.bytes, unreserved);
}

/** Part of one path segment (RFC 3986 §3.3). What would end the segment or the path is refused, never encoded. */
export function asPathPart(field: Field, name: string): Uint8Array {
  const refused = Buffer.from('/?#\\');
  if (field.bytes.some((byte) => byte < 0x20 || byte === 0x7f || refused.includes(byte))) {
    throw unusable(name, 'a path', 'a control character or one of / ? # \\');
  }
  return percentEncode(field.bytes, segmentBytes);
}

/** A half of Basic credentials (RFC 7617 §2): no control characters, and no colon in the user. */
export function asBasicPart(field: Field, name: string, colonAllowed: boolean): Uint8Array {
  if (field.bytes.some((byte) => byte < 0x20 || byte === 0x7f || (byte === 0x3a && !colonAllowed))) {
    const what = colonAllowed ? 'a control character' : 'a colon or a control character';
    throw unusable(name, colonAllowed ? 'a Basic password' : 'a Basic user', what);
  }
  return field.bytes;
}

/** Percent-encodes every byte that is not in `keep`. */
export function percentEncode(bytes: Uint8Array, keep: ReadonlySet<number> = unreserved): Buffer {
  let text = '';
  for (const byte of bytes) {
    text += keep.has(byte) ? String.fromCharCode(byte) : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return Buffer.from(text, 'latin1');
}

function refuseLineBreaks(field: Field, name: string, place: string): void {
  if (field.bytes.some((byte) => byte === 0 || byte === 0x0a || byte === 0x0d)) {
    throw unusable(name, place, 'a line break or a NUL');
  }
}

function unusable(name: string, place: string, what: string): AivaultError {
  return new AivaultError(
    'auth_failed',
    `The stored secret's field "${name}" cannot be put into ${place}: it contains ${what}.`,
    {
      hint: 'Rotate the secret to the exact value the provider gave, without a line break at its end.',
    },
  );
}
