import { AivaultError } from './errors.ts';
import { jsonFault } from './json-fault.ts';
import { endOfString } from './json-string.ts';

/**
 * The value of a JSON text. Throws `invalid_request`, naming `what` it was, also for what would be kept as something else
 * than was written: a key named twice (RFC 8259 §4 leaves to the reader which one counts) and a whole number beyond what a
 * double holds (§6). A part of a secret would be gone without a word.
 */
export function strictJson(text: string, what: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new AivaultError('invalid_request', `${what} is not JSON.`);
  }
  const fault = jsonFault(value);
  if (fault !== null) throw new AivaultError('invalid_request', fault);
  const found = { keys: 0, large: false };
  look(value, found);
  if (namesIn(text) > found.keys) {
    throw new AivaultError('invalid_request', 'A JSON object names the same key twice.');
  }
  if (found.large && !numbersSurvive(text)) {
    throw new AivaultError('invalid_request', 'A whole number is too large to come back as it was sent.', {
      hint: 'Send it as text.',
    });
  }
  return value;
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

const number = /-?[0-9]+([.eE][-+.eE0-9]*)?/y;

/** Whether each whole number of valid JSON is the very number that was written. JSON.parse says so only from Node 21 on. */
function numbersSurvive(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const sign = text.charCodeAt(i);
    if (sign === 0x22) i = endOfString(text, i);
    else if (sign === 0x2d || (sign >= 0x30 && sign <= 0x39)) {
      number.lastIndex = i;
      const [written, fraction] = number.exec(text)!;
      if (fraction === undefined && BigInt(written) !== BigInt(Number(written))) return false;
      i += written.length - 1;
    }
  }
  return true;
}
