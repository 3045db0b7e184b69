import type { Forms } from './forms.ts';
import { createRedactor } from './redactor.ts';
import { edge } from './scanner.ts';

/** Header values, status text, trailers: text whose characters are bytes (RFC 9110 §5.5, latin1). */
export function redactText(text: string, forms: Forms): string {
  if (forms.longest === 0 || text === '') return text;
  const bytes = Buffer.from(text, 'latin1');
  if (forms.scanner.find(bytes, 0, bytes.length, edge, edge) === null) return text;
  const redactor = createRedactor(forms);
  return Buffer.concat([redactor.push(bytes), redactor.end()]).toString('latin1');
}
