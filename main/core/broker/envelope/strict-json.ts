import { AivaultError } from '#contract/errors.ts';
import { endOfString } from '#contract/json-string.ts';

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

/** Walks text that is known to be valid JSON. Strings are skipped whole; only keys are looked at. */
function hasDuplicateKey(text: string): boolean {
  const open: (Set<string> | null)[] = [];
  let keyNext = false;
  for (let i = 0; i < text.length; i++) {
    switch (text.charCodeAt(i)) {
      case 0x7b: // {
        open.push(new Set());
        keyNext = true;
        break;
      case 0x5b: // [
        open.push(null);
        keyNext = false;
        break;
      case 0x7d: // }
      case 0x5d: // ]
        open.pop();
        keyNext = false;
        break;
      case 0x2c: // ,
        keyNext = open.at(-1) instanceof Set;
        break;
      case 0x22: {
        // "
        const end = endOfString(text, i);
        if (keyNext) {
          const keys = open.at(-1) as Set<string>;
          const raw = text.slice(i, end + 1);
          const key = raw.includes('\\') ? (JSON.parse(raw) as string) : raw.slice(1, -1);
          if (keys.has(key)) return true;
          keys.add(key);
          keyNext = false;
        }
        i = end;
        break;
      }
    }
  }
  return false;
}
