import { AivaultError } from '#contract/errors.ts';
import { maxSecretBytes, type Notice } from '#contract/schemas/secrets.ts';
import type { Registry } from '../providers/catalog.ts';

const shortest = 8;

/**
 * The bytes of a value on its way in. The caller wipes them. Throws `invalid_request` where the text has no UTF-8 form
 * (it would be stored as another one), `too_large` over the limit.
 */
export function valueBytes(value: string): Uint8Array {
  if (!value.isWellFormed()) throw new AivaultError('invalid_request', 'value: is not well-formed text.');
  const bytes = new TextEncoder().encode(value);
  if (bytes.length <= maxSecretBytes) return bytes;
  bytes.fill(0);
  throw new AivaultError('too_large', 'value: a secret holds at most 64 KiB.');
}

/** What to say about a value without showing any of it. */
export function valueWarnings(registry: Registry, name: string, value: string): Notice[] {
  const warnings: string[] = [];
  if (Buffer.byteLength(value) < shortest) {
    warnings.push('This value is under 8 bytes: in answers it is redacted only where it stands alone.');
  }
  if (/[\r\n]$/.test(value)) warnings.push('This value ends with a line break; most APIs refuse such a key.');
  else if (value.trim() !== value)
    warnings.push('This value begins or ends with white space; most APIs refuse such a key.');
  const claim = registry.bySecretName(name);
  const looksLike = claim?.secret.looksLike;
  if (claim !== undefined && looksLike !== undefined && !new RegExp(looksLike, 'u').test(value.trim())) {
    warnings.push(`This does not look like ${withArticle(`${claim.provider.name} ${claim.secret.label}`)}.`);
  }
  return warnings.map((text) => ({ kind: 'warning', text }));
}

/** `an OpenAI API key`, `a GitHub token`: by the letter, which is right for the names the registry has. */
function withArticle(name: string): string {
  return `${/^[aeio]/i.test(name) ? 'an' : 'a'} ${name}`;
}
