import { AivaultError } from '#contract/errors.ts';
import { redacted } from '../redact/redactor.ts';
import { type FieldReader, fieldReader } from './fields.ts';
import { type AuthStrategy, ownsNothing } from './strategy.ts';
import { type Rendered, render, staticStart, withoutValues } from './template.ts';
import { asPathPart } from './value-rules.ts';

/** `/bot{{secret}}` in front of the caller's path. */
export const pathAuth: AuthStrategy<'path'> = {
  ...ownsNothing,
  ownedPath: ({ prefix }) => staticStart(prefix),
  shown: ({ prefix }, { path, query }) => ({ path: join(withoutValues(prefix, redacted.slice(1, -1)), path), query }),
  check({ prefix }, fields) {
    renderPrefix(prefix, fieldReader(fields, new Set()));
  },
  apply({ auth, fields, identifiers, path, query, headers }) {
    const { bytes, secrets } = renderPrefix(auth.prefix, fieldReader(fields, identifiers));
    return { path: join(bytes.toString('latin1'), path), query, headers, injected: secrets };
  },
};

const join = (prefix: string, path: string) => `${prefix.replace(/\/+$/, '')}${path}`;

function renderPrefix(prefix: string, read: FieldReader): Rendered {
  const rendered = render(prefix, read, asPathPart);
  if (
    rendered.bytes
      .toString('latin1')
      .split('/')
      .some((segment) => /^(?:\.|%2e){1,2}$/i.test(segment))
  ) {
    throw new AivaultError('auth_failed', 'The stored secret cannot be put into a path: it is a dot segment.');
  }
  return rendered;
}
