import { AivaultError } from '#contract/errors.ts';
import { endOfString } from '#contract/json-string.ts';
import { parseBody } from '#contract/rest/rest-parse.ts';

/**
 * A JSON body in the shape a route takes. Throws `invalid_request` also for what would be kept as something else than was
 * sent: a key named twice (RFC 8259 §4 leaves to the reader which one counts) and a whole number beyond what a double
 * holds (§6). A part of a secret would be gone without a word.
 */
export function readBody<S extends Parameters<typeof parseBody>[0]>(
  schema: S,
  bytes: Uint8Array,
): ReturnType<typeof parseBody<S>> {
  const parsed = parseBody(schema, bytes);
  const text = new TextDecoder().decode(bytes);
  const found = { keys: 0, large: false };
  look(JSON.parse(text), found);
  if (namesIn(text) > found.keys) {
    throw new AivaultError('invalid_request', 'A JSON object names the same key twice.');
  }
  if (found.large && !numbersSurvive(text)) {
    throw new AivaultError('invalid_request', 'A whole number is too large to come back as it was sent.', {
      hint: 'Send it as text.',
    });
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

/** Counts the keys of all objects and finds large whole numbers. Recursion is safe: deep JSON was refused before. */
function look(value: unknown, found: { keys: number; large: boolean }): void {
  if (typeof value === 'number') found.large ||= Number.isInteger(value) && !Number.isSafeInteger(value);
  if (typeof value !== 'object' || value === null) return;
  if (!Array.isArray(value)) found.keys += Object.keys(value).length;
  for (const child of Object.values(value)) look(child, found);
}

/** Whether each whole number of valid JSON is the very number that was written. */
function numbersSurvive(text: string): boolean {
  let survive = true;
  const compare = (_key: string, value: unknown, { source }: { source?: string } = {}) => {
    if (typeof value === 'number' && source !== undefined && /^-?[0-9]+$/.test(source)) {
      survive &&= BigInt(source) === BigInt(value);
    }
    return value;
  };
  JSON.parse(text, compare);
  return survive;
}
