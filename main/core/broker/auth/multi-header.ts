import { fieldReader } from './fields.ts';
import { renderHeader } from './header.ts';
import { type AuthStrategy, ownsNothing } from './strategy.ts';

/** Several headers, from the fields of one secret or from several secrets. */
export const multiHeaderAuth: AuthStrategy<'multi-header'> = {
  ...ownsNothing,
  ownedHeaders: (auth) => auth.headers.map(({ name }) => name),
  check(auth, fields) {
    const read = fieldReader(fields, new Set());
    for (const header of auth.headers) renderHeader(header, read);
  },
  apply({ auth, fields, identifiers, path, query, headers }) {
    const read = fieldReader(fields, identifiers);
    const rendered = auth.headers.map((header) => renderHeader(header, read));
    return {
      path,
      query,
      headers: [...headers, ...rendered.map(({ header }) => header)],
      injected: rendered.flatMap(({ secrets }) => secrets),
    };
  },
};
