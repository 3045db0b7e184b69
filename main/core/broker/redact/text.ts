import type { HeaderPair } from '#contract/proxied.ts';
import type { Forms } from './forms.ts';
import { createRedactor } from './redactor.ts';

// Redaction of what is there as a whole. Text is text whose characters are bytes (RFC 9110 §5.5, latin1).

/** Header values, status text, trailers. */
export function redactText(text: string, forms: Forms): string {
  if (forms.empty || text === '' || forms.isClean(text)) return text;
  return Buffer.from(redacted(Buffer.from(text, 'latin1'), forms).bytes).toString('latin1');
}

/** Trailers: the values of many fields. */
export function redactPairs(pairs: readonly HeaderPair[], forms: Forms): readonly HeaderPair[] {
  return pairs.length === 0 ? pairs : redactHead('', pairs, forms).headers;
}

export interface Head {
  readonly statusText: string;
  readonly headers: readonly HeaderPair[];
}

/** Status text and header values together: nearly always there is nothing in any of them, and one look says so. */
export function redactHead(statusText: string, headers: readonly HeaderPair[], forms: Forms): Head {
  let all = statusText;
  for (const [, value] of headers) all += `\n${value}`;
  // Joining can only make more be found, never less; each value is then looked at for itself.
  if (forms.empty || forms.isClean(all)) return { statusText, headers };
  return {
    statusText: redactText(statusText, forms),
    headers: headers.map(([name, value]) => [name, redactText(value, forms)]),
  };
}

/** Beyond this a scanner's one pass is cheaper than a look per form. */
const smallBody = 16 * 1024;

/** A body that is there as a whole. `bytes` is `body` itself where nothing was in it. */
export function redactWhole(body: Uint8Array, forms: Forms): { readonly bytes: Uint8Array; readonly count: number } {
  if (forms.empty || body.length === 0) return { bytes: body, count: 0 };
  if (body.length <= smallBody) {
    const text = Buffer.from(body.buffer, body.byteOffset, body.length).toString('latin1');
    if (forms.isClean(text)) return { bytes: body, count: 0 };
  }
  return redacted(body, forms);
}

function redacted(body: Uint8Array, forms: Forms): { readonly bytes: Uint8Array; readonly count: number } {
  const redactor = createRedactor(forms);
  const [begin, end] = [redactor.push(body), redactor.end()];
  return { bytes: end.length === 0 ? begin : Buffer.concat([begin, end]), count: redactor.count };
}
