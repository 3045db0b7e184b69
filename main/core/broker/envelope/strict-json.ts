import { hasDuplicateKey } from '#contract/duplicate-key.ts';
import { AivaultError } from '#contract/errors.ts';

/**
 * Parses JSON whose objects name every key once. RFC 8259 §4 leaves duplicates to the reader, so two readers of one
 * envelope could see two requests: here they are `invalid_request`, like any other malformed text.
 */
export function parseStrictJson(text: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new AivaultError('invalid_request', 'The body is not valid JSON.');
  }
  if (hasDuplicateKey(text)) throw new AivaultError('invalid_request', 'A JSON object names the same key twice.');
  return value;
}
