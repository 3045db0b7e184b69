import type { HeaderPair } from '#contract/proxied.ts';
import { type FieldReader, fieldReader } from './fields.ts';
import { type AuthStrategy, ownsNothing } from './strategy.ts';
import { render } from './template.ts';
import { asHeaderValue } from './value-rules.ts';

/** `authorization: Bearer {{secret}}` and its kin. */
export const headerAuth: AuthStrategy<'header'> = {
  ...ownsNothing,
  ownedHeaders: ({ name }) => [name],
  check(auth, fields) {
    renderHeader(auth, fieldReader(fields, new Set()));
  },
  apply({ auth, fields, identifiers, path, query, headers }) {
    const { header, secrets } = renderHeader(auth, fieldReader(fields, identifiers));
    return { path, query, headers: [...headers, header], injected: secrets };
  },
};

/** Fills in one header. Its characters are bytes, so a value that is not ASCII goes out as the UTF-8 it was stored as. */
export function renderHeader(
  { name, template }: { readonly name: string; readonly template: string },
  read: FieldReader,
): { readonly header: HeaderPair; readonly secrets: readonly Uint8Array[] } {
  const { bytes, secrets } = render(template, read, asHeaderValue);
  return { header: [name, bytes.toString('latin1')], secrets };
}
