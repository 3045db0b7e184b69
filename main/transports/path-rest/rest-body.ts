import { AivaultError } from '#contract/errors.ts';
import { parseBody } from '#contract/rest/rest-parse.ts';

/**
 * A JSON body in the shape a route takes. Throws `invalid_request` also where an object names a key twice: RFC 8259 §4
 * leaves to the reader which one counts, and half of a secret would be gone without a word.
 */
export function readBody<S extends Parameters<typeof parseBody>[0]>(
  schema: S,
  bytes: Uint8Array,
): ReturnType<typeof parseBody<S>> {
  const parsed = parseBody(schema, bytes);
  const text = new TextDecoder().decode(bytes);
  if (namesIn(text) > keysOf(JSON.parse(text))) {
    throw new AivaultError('invalid_request', 'A JSON object names the same key twice.');
  }
  return parsed;
}

/** How many names valid JSON has: each is followed by a colon, and no other colon stands outside a string. */
function namesIn(text: string): number {
  let names = 0;
  for (let i = 0; i < text.length; i++) {
    const sign = text.charCodeAt(i);
    if (sign === 0x3a) names++;
    else if (sign === 0x22) i = endOfString(text, i);
  }
  return names;
}

/** Index of the quote that closes the string opened at `start`: the first one behind no or an even number of backslashes. */
function endOfString(text: string, start: number): number {
  let end = text.indexOf('"', start + 1);
  for (;;) {
    let backslashes = 0;
    while (text.charCodeAt(end - 1 - backslashes) === 0x5c) backslashes++;
    if (backslashes % 2 === 0) return end;
    end = text.indexOf('"', end + 1);
  }
}

/** How many keys all objects of a value have. Recursion is safe: who parsed it refused what is nested deep. */
function keysOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  let keys = Array.isArray(value) ? 0 : Object.keys(value).length;
  for (const child of Object.values(value)) keys += keysOf(child);
  return keys;
}
