import { hasDuplicateKey } from './duplicate-key.ts';
import { AivaultError } from './errors.ts';
import { jsonFault } from './json-fault.ts';
import { endOfString } from './json-string.ts';

/**
 * The value of a JSON text whose objects name every key once. RFC 8259 §4 leaves to the reader which of two counts, so two
 * readers of one request could see two requests. Throws `invalid_request`, naming `what` it was.
 */
export function unambiguousJson(text: string, what: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new AivaultError('invalid_request', `${what} is not JSON.`);
  }
  if (hasDuplicateKey(text)) throw new AivaultError('invalid_request', 'A JSON object names the same key twice.');
  return value;
}

/**
 * The value of an unambiguous JSON text that is to be kept. Throws `invalid_request` also for what would come back as
 * something else than was written, such as a whole number beyond what a double holds (RFC 8259 §6): a part of a secret
 * would be gone without a word.
 */
export function strictJson(text: string, what: string): unknown {
  const value = unambiguousJson(text, what);
  const fault = jsonFault(value);
  if (fault !== null) throw new AivaultError('invalid_request', fault);
  if (!numbersSurvive(text)) {
    throw new AivaultError('invalid_request', 'A whole number is too large to come back as it was sent.', {
      hint: 'Send it as text.',
    });
  }
  return value;
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
      // Fifteen digits always fit.
      const isLong = fraction === undefined && written.length > 15;
      if (isLong && BigInt(written) !== BigInt(Number(written))) return false;
      i += written.length - 1;
    }
  }
  return true;
}
