import { createHmac } from 'node:crypto';
import { type FieldReader, fieldReader } from './fields.ts';
import { type AuthInput, type AuthOf, type AuthStrategy, type Fields, ownsNothing } from './strategy.ts';
import { namesIn, render } from './template.ts';
import { asHeaderValue } from './value-rules.ts';

/** A MAC over method, path and query in a header (RFC 2104). The key itself is never sent. */
export const hmacAuth: AuthStrategy<'hmac'> = {
  ...ownsNothing,
  ownedHeaders: ({ name }) => [name],
  check(auth, fields) {
    keyOf(auth, fields, fieldReader(fields, new Set())).fill(0);
  },
  apply({ auth, fields, identifiers, method, path, query, headers }) {
    const read = fieldReader(fields, identifiers);
    const key = keyOf(auth, fields, read);
    const signature = createHmac(auth.algorithm, key).update(hmacInput({ method, path, query })).digest('hex');
    const withSignature: FieldReader = (name) =>
      name === 'signature' ? { bytes: Buffer.from(signature), identifier: false } : read(name);
    const { bytes, secrets } = render(auth.template, withSignature, asHeaderValue);
    return { path, query, headers: [...headers, [auth.name, bytes.toString('latin1')]], injected: [...secrets, key] };
  },
};

/** The line that documentation and `describe` show for what `hmacInput` makes. */
export const hmacInputShape = 'METHOD\\npath\\nname=value pairs of the query, decoded, sorted, joined by &';

/**
 * What is signed, as UTF-8: the method in capitals, the path as sent, and the query's `name=value` pairs, decoded and
 * sorted by code unit. The body is not covered.
 */
export function hmacInput({ method, path, query }: Pick<AuthInput<'hmac'>, 'method' | 'path' | 'query'>): string {
  const pairs = [...new URLSearchParams(query ?? '')].map(([name, value]) => `${name}=${value}`).sort();
  return `${method.toUpperCase()}\n${path}\n${pairs.join('&')}`;
}

/** The whole secret; its member `secret` where the template takes further fields from a JSON object. */
function keyOf({ template }: AuthOf<'hmac'>, fields: Fields, read: FieldReader): Uint8Array {
  const others = namesIn(template).filter((name) => name !== 'signature');
  if (others.length === 0 || Object.keys(fields).length > 1) return read('secret').bytes;
  const { secret: _whole, ...rest } = fields;
  const members = fieldReader({ ...rest, object: fields.secret! }, new Set());
  return members('secret').bytes;
}
