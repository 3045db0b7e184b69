import { AivaultError } from '#contract/errors.ts';
import { type FieldReader, fieldReader } from './fields.ts';
import { type AuthOf, type AuthStrategy, type Fields, ownsNothing } from './strategy.ts';
import { render } from './template.ts';
import { asBasicPart } from './value-rules.ts';

/** HTTP Basic (RFC 7617). The secret is a JSON object with the template's fields, or the text `user:password`. */
export const basicAuth: AuthStrategy<'basic'> = {
  ...ownsNothing,
  ownedHeaders: () => ['authorization'],
  check(auth, fields) {
    renderBasic(auth, basicReader(fields, new Set()));
  },
  apply({ auth, fields, identifiers, path, query, headers }) {
    const { value, secrets } = renderBasic(auth, basicReader(fields, identifiers));
    return { path, query, headers: [...headers, ['authorization', `Basic ${value}`]], injected: secrets };
  },
};

function renderBasic(auth: AuthOf<'basic'>, read: FieldReader) {
  const user = render(auth.username, read, (field, name) => asBasicPart(field, name, false));
  const password = render(auth.password, read, (field, name) => asBasicPart(field, name, true));
  const value = Buffer.concat([user.bytes, Buffer.from(':'), password.bytes]).toString('base64');
  // The encoded pair is secret even where the user alone is an identifier.
  return { value, secrets: [...user.secrets, ...password.secrets, Buffer.from(value, 'latin1')] };
}

/** Splits the text `user:password` at its first colon, where the one secret is not a JSON object. */
function basicReader(fields: Fields, identifiers: ReadonlySet<string>): FieldReader {
  const read = fieldReader(fields, identifiers);
  const text = Object.hasOwn(fields, 'secret') ? fields.secret : undefined;
  return (name) => {
    try {
      return read(name);
    } catch (error) {
      const half = text?.use((bytes) => halfOf(bytes, name));
      if (!(error instanceof AivaultError) || half === undefined || half === null) throw error;
      return { bytes: half, identifier: identifiers.has(name) };
    }
  };
}

function halfOf(bytes: Uint8Array, name: string): Uint8Array | null {
  const colon = bytes.indexOf(0x3a);
  if (colon < 1 || bytes.find((byte) => byte > 0x20) === 0x7b) return null;
  if (name === 'username') return bytes.slice(0, colon);
  return name === 'password' ? bytes.slice(colon + 1) : null;
}
