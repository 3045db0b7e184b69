import { AivaultError } from '#contract/errors.ts';
import { type Envelope, envelope } from '#contract/proxied.ts';
import { unambiguousJson } from '#contract/strict-json.ts';

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Reads an envelope from the bytes of a request. Throws `invalid_request`, or `policy_violation` for what it may not ask. */
export function readEnvelope(bytes: Uint8Array): Envelope {
  let text: string;
  try {
    text = utf8.decode(bytes);
  } catch {
    throw new AivaultError('invalid_request', 'The body is not UTF-8.');
  }
  return checkEnvelope(unambiguousJson(text, 'The body'));
}

/** Checks an envelope that has already been parsed. */
export function checkEnvelope(value: unknown): Envelope {
  const result = envelope.safeParse(value);
  if (!result.success) {
    const issue = result.error.issues[0];
    const place = issue === undefined || issue.path.length === 0 ? 'the envelope' : `"${knownPath(issue.path)}"`;
    const what =
      issue?.code === 'unrecognized_keys' ? 'holds a field this broker does not know' : 'does not fit its form';
    throw new AivaultError('invalid_request', `The envelope is not valid: ${place} ${what}.`, {
      hint: '{"capability": "provider/name", "request": {"method", "path", "headers": [{"name", "value"}], "body"}}',
    });
  }
  checkBodyModes(result.data.request);
  return result.data;
}

/** Only words of the schema and array indexes: a caller's own key never reaches a message. */
function knownPath(path: readonly PropertyKey[]): string {
  const words = new Set([
    'capability',
    'credential',
    'request',
    'method',
    'path',
    'headers',
    'name',
    'value',
    'body',
    'multipart',
    'multipartFiles',
    'field',
    'bodyFilePath',
    'url',
  ]);
  return path.map((part) => (typeof part === 'number' || words.has(String(part)) ? String(part) : '…')).join('.');
}

function checkBodyModes(request: Envelope['request']): void {
  if (typeof request.url === 'string') {
    throw new AivaultError('policy_violation', 'The destination comes from policy; an envelope names no URL.', {
      hint: 'Give "path" only.',
    });
  }
  const files = request.multipartFiles != null && request.multipartFiles.length > 0;
  if (typeof request.bodyFilePath === 'string' || files) {
    throw new AivaultError('policy_violation', 'The host never opens a file that a caller names.', {
      hint: 'The CLI opens files itself (--body-file-path, --multipart-file); over HTTP send the bytes, as multipart/form-data with an "envelope" part.',
    });
  }
  if (request.body != null && request.multipart != null) {
    throw new AivaultError('policy_violation', 'A request has one body: text or multipart, not both.');
  }
}
