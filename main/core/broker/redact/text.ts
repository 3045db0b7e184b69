import type { HeaderPair } from '#contract/proxied.ts';
import type { Forms } from './forms.ts';
import { createRedactor } from './redactor.ts';

// Redaction of what is there as a whole. Text is text whose characters are bytes (RFC 9110 §5.5, latin1).

/** Header values, status text, trailers. */
export function redactText(text: string, forms: Forms): string {
  if (forms.empty || text === '' || forms.isClean(text)) return text;
  return Buffer.from(redacted(Buffer.from(text, 'latin1'), forms).bytes).toString('latin1');
}

/** The values of many headers at once: nearly always there is nothing in any of them, and one look says so. */
export function redactPairs(pairs: readonly HeaderPair[], forms: Forms): readonly HeaderPair[] {
  if (forms.empty || pairs.length === 0) return pairs;
  let all = '';
  for (const [, value] of pairs) all += `${value}\n`;
  // Joining can only make more be found, never less; each value is then looked at for itself.
  if (forms.isClean(all)) return pairs;
  return pairs.map(([name, value]) => [name, redactText(value, forms)]);
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
