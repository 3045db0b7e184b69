import { AivaultError } from '#contract/errors.ts';
import { readStoredTokens } from '../oauth/stored-tokens.ts';
import { tokenDigest } from '../oauth/token-source.ts';
import { fieldReader } from './fields.ts';
import { renderHeader } from './header.ts';
import { type AuthStrategy, ownsNothing } from './strategy.ts';
import { asHeaderValue } from './value-rules.ts';

/** A bearer token (RFC 6750 §2.1) that the token source has refreshed beforehand, and fixed further headers. */
export const oauth2Auth: AuthStrategy<'oauth2'> = {
  ...ownsNothing,
  ownedHeaders: (auth) => ['authorization', ...auth.headers.map(({ name }) => name)],
  check(_auth, fields) {
    readStoredTokens(fields);
  },
  apply({ auth, fields, identifiers, path, query, headers }) {
    const { accessToken, refreshToken, clientSecret } = readStoredTokens(fields);
    if (accessToken === null) throw new AivaultError('auth_failed', 'There is no access token yet.');
    const bytes = Buffer.from(accessToken, 'utf8');
    asHeaderValue({ bytes, identifier: false }, 'accessToken');
    const read = fieldReader(fields, identifiers);
    const rendered = auth.headers.map((header) => renderHeader(header, read));
    const others = [refreshToken, clientSecret].filter((part) => part !== null);
    return {
      path,
      query,
      headers: [
        ...headers,
        ['authorization', `Bearer ${bytes.toString('latin1')}`],
        ...rendered.map(({ header }) => header),
      ],
      tokenDigest: tokenDigest(accessToken),
      injected: [
        bytes,
        ...others.map((part) => Buffer.from(part, 'utf8')),
        ...rendered.flatMap(({ secrets }) => secrets),
      ],
    };
  },
};
