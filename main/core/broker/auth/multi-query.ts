import { redacted } from '../redact/redactor.ts';
import { type FieldReader, fieldReader } from './fields.ts';
import { type AuthStrategy, ownsNothing } from './strategy.ts';
import { type Rendered, render } from './template.ts';
import { asQueryValue, percentEncode } from './value-rules.ts';

/** Several query parameters, appended in order after the caller's own. */
export const multiQueryAuth: AuthStrategy<'multi-query'> = {
  ...ownsNothing,
  ownedQuery: (auth) => auth.params.map(({ name }) => name),
  shown: (auth, { path, query }) => ({
    path,
    query: append(
      query,
      auth.params.map(({ name }) => `${name}=${shownWord}`),
    ),
  }),
  check(auth, fields) {
    const read = fieldReader(fields, new Set());
    for (const param of auth.params) renderParam(param, read);
  },
  apply({ auth, fields, identifiers, path, query, headers }) {
    const read = fieldReader(fields, identifiers);
    const rendered = auth.params.map((param) => renderParam(param, read));
    return {
      path,
      query: append(
        query,
        rendered.map(({ bytes }) => bytes.toString('latin1')),
      ),
      headers,
      injected: rendered.flatMap(({ secrets }) => secrets),
    };
  },
};

const shownWord = redacted.slice(1, -1);

const append = (query: string | null, params: readonly string[]) => [...(query ? [query] : []), ...params].join('&');

/** `name=value` with the template's literal parts percent-encoded like the values. */
function renderParam(
  { name, template }: { readonly name: string; readonly template: string },
  read: FieldReader,
): Rendered {
  const literals = template.split(/(\{\{\s*[A-Za-z0-9_.-]+\s*\}\})/);
  const encoded = literals.map((part, at) =>
    at % 2 === 1 ? part : percentEncode(Buffer.from(part, 'latin1')).toString('latin1'),
  );
  return render(`${name}=${encoded.join('')}`, read, asQueryValue);
}
