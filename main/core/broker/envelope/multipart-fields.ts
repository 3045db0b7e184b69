import { randomBytes } from 'node:crypto';
import { AivaultError } from '#contract/errors.ts';
import type { RequestBody } from '../states.ts';

/**
 * Builds multipart/form-data (RFC 7578) from an envelope's fields. Names are quoted as browsers do: CR, LF and quotes are
 * percent-encoded, so a name cannot start a header of its own.
 */
export function multipartBody(fields: Readonly<Record<string, string>>): { body: RequestBody; contentType: string } {
  const boundary = `aivault-${randomBytes(18).toString('base64url')}`;
  const parts: string[] = [];
  for (const [name, value] of Object.entries(fields)) {
    if (value.includes(boundary)) throw new AivaultError('internal', 'A multipart boundary was guessed.');
    parts.push(`--${boundary}\r\ncontent-disposition: form-data; name="${quoted(name)}"\r\n\r\n${value}\r\n`);
  }
  parts.push(`--${boundary}--\r\n`);
  return {
    body: { kind: 'bytes', bytes: Buffer.from(parts.join(''), 'utf8') },
    contentType: `multipart/form-data; boundary=${boundary}`,
  };
}

function quoted(name: string): string {
  return name.replaceAll('\r', '%0D').replaceAll('\n', '%0A').replaceAll('"', '%22');
}
