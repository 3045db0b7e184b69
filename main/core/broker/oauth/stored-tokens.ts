import { AivaultError } from '#contract/errors.ts';
import { parseObject, parseToWriteBack } from '../auth/fields.ts';
import type { Fields } from '../auth/strategy.ts';
import type { FreshTokens } from './token-request.ts';

/** What an OAuth secret's JSON says, whichever of the usual spellings it uses. Times in milliseconds since 1970. */
export interface StoredTokens {
  readonly clientId: string | null;
  readonly clientSecret: string | null;
  readonly refreshToken: string | null;
  readonly accessToken: string | null;
  /** Null where nothing says when the access token ends. */
  readonly expiresAtMs: number | null;
}

const spellings = {
  clientId: ['clientId', 'client_id'],
  clientSecret: ['clientSecret', 'client_secret'],
  refreshToken: ['refreshToken', 'refresh_token'],
  accessToken: ['accessToken', 'access_token'],
  expiresAtMs: ['accessTokenExpiresAtMs', 'expires', 'expires_at', 'expiresMs', 'expiresAtMs', 'expiry_date'],
} as const satisfies Record<keyof StoredTokens, readonly string[]>;

/** Reads the one JSON secret an oauth2 credential has. Throws `auth_failed` where it is not one; never shows it. */
export function readStoredTokens(fields: Fields): StoredTokens {
  const stored = storedObject(fields);
  const text = (name: Exclude<keyof StoredTokens, 'expiresAtMs'>) => {
    const value = stored[spelled(stored, name)];
    return typeof value === 'string' && value !== '' ? value : null;
  };
  const expires = stored[spelled(stored, 'expiresAtMs')];
  return {
    clientId: text('clientId'),
    clientSecret: text('clientSecret'),
    refreshToken: text('refreshToken'),
    accessToken: text('accessToken'),
    expiresAtMs: typeof expires === 'number' && Number.isFinite(expires) ? asMilliseconds(expires) : null,
  };
}

/** The change to write back, in the spelling the secret already uses. */
export function tokenChange(fields: Fields, fresh: FreshTokens): Record<string, unknown> {
  return changeOf(storedObject(fields), fresh);
}

/** The JSON of a secret whose account was just connected: what it held before, with this client and these tokens. */
export function connectedObject(
  fields: Fields | null,
  client: { readonly id: string; readonly secret: string | null },
  fresh: FreshTokens,
): Record<string, unknown> {
  const stored = fields === null ? {} : storedObject(fields);
  return {
    ...(fields === null ? {} : storedObject(fields, parseToWriteBack)),
    [spelled(stored, 'clientId')]: client.id,
    ...(client.secret === null ? {} : { [spelled(stored, 'clientSecret')]: client.secret }),
    ...changeOf(stored, fresh),
  };
}

function changeOf(stored: Record<string, unknown>, fresh: FreshTokens): Record<string, unknown> {
  const expiryName = spelled(stored, 'expiresAtMs');
  const known = stored[expiryName];
  const inSeconds = typeof known === 'number' && asMilliseconds(known) !== known;
  return {
    [spelled(stored, 'accessToken')]: fresh.accessToken,
    [expiryName]: inSeconds ? Math.floor(fresh.expiresAtMs / 1000) : fresh.expiresAtMs,
    ...(fresh.refreshToken === null ? {} : { [spelled(stored, 'refreshToken')]: fresh.refreshToken }),
  };
}

function spelled(stored: Record<string, unknown>, name: keyof StoredTokens): string {
  return spellings[name].find((spelling) => Object.hasOwn(stored, spelling)) ?? spellings[name][0];
}

/** Ten digits are seconds, as many tools write them; thirteen are milliseconds. */
const asMilliseconds = (time: number) => (time > 0 && time < 1e11 ? time * 1000 : time);

function storedObject(fields: Fields, parse = parseObject): Record<string, unknown> {
  for (const material of Object.values(fields)) {
    const object = material.use(parse);
    if (object !== null) return object;
  }
  throw new AivaultError('auth_failed', 'The stored secret is not an OAuth secret.', {
    hint: 'Store a JSON object with clientId, clientSecret and refreshToken, or run `aivault oauth connect`.',
  });
}
