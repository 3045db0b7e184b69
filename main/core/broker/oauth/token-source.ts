import { createHash } from 'node:crypto';
import { AivaultError } from '#contract/errors.ts';
import type { AuthOf, Fields } from '../auth/strategy.ts';
import type { CredentialView } from '../parties.ts';
import type { Revealed } from '../ports.ts';
import { readStoredTokens, type StoredTokens, tokenChange } from './stored-tokens.ts';
import { type FreshTokens, type PostForm, requestTokens } from './token-request.ts';

// Keeps an oauth2 credential's access token fresh. The vault is the only cache: a token is read from it, and a new one
// is in it before anybody uses it. All credentials that share a secret share one refresh.

export interface TokenSourcePorts {
  readonly post: PostForm;
  replaceTokens(
    credential: CredentialView,
    change: Readonly<Record<string, unknown>>,
    valueVersion: number,
  ): Promise<void>;
  readonly now: () => number;
}

export interface TokenSource {
  /**
   * The credential's fields with an access token that is good for at least a little while. `reveal` is called once
   * per look at the vault; what is returned belongs to the caller, who wipes it. `rejected` is the digest of a token an
   * upstream answered 401 to: unless somebody has replaced it meanwhile, it is refreshed whatever its expiry says.
   */
  ready(credential: CredentialView, reveal: () => Revealed, rejected?: string): Promise<Revealed>;
}

/** Refreshed this long before the end, so that a token does not die on its way. */
const aheadMs = 2 * 60_000;

/** What stands for an access token where it must not be kept. */
export function tokenDigest(accessToken: string): string {
  return createHash('sha256').update(accessToken).digest('hex');
}

/** A token source over the vault. Whoever needs the same secret at the same time waits for one refresh. */
export function createTokenSource(ports: TokenSourcePorts): TokenSource {
  const flights = new Map<string, Promise<void>>();
  /** Lifetimes below twice `aheadMs` shorten it: key → milliseconds ahead. */
  const ahead = new Map<string, number>();

  function isGood(key: string, tokens: StoredTokens, rejected: string | undefined): boolean {
    if (tokens.accessToken === null || tokenDigest(tokens.accessToken) === rejected) return false;
    return tokens.expiresAtMs !== null && tokens.expiresAtMs - ports.now() > (ahead.get(key) ?? aheadMs);
  }

  /** Looks once; null if the token there will not do. Wipes what it does not return. */
  function look(key: string, reveal: () => Revealed, rejected: string | undefined): Revealed | null {
    const revealed = reveal();
    try {
      if (isGood(key, readStoredTokens(revealed.fields), rejected)) return revealed;
    } catch (error) {
      wipe(revealed.fields);
      throw error;
    }
    wipe(revealed.fields);
    return null;
  }

  async function refresh(
    key: string,
    credential: CredentialView,
    reveal: () => Revealed,
    rejected: string | undefined,
  ): Promise<void> {
    const { fields } = reveal();
    try {
      const tokens = readStoredTokens(fields);
      if (isGood(key, tokens, rejected)) return;
      const started = ports.now();
      const fresh = await ask(ports.post, oauthOf(credential), tokens, started);
      ahead.set(key, Math.min(aheadMs, (fresh.expiresAtMs - started) / 2));
      const [read] = Object.values(fields);
      await ports.replaceTokens(credential, tokenChange(fields, fresh), read?.valueVersion ?? 0);
    } finally {
      wipe(fields);
    }
  }

  /** Not tied to one caller: whoever gives up, the rotated token still has to be written down. */
  function startFlight(...refreshing: Parameters<typeof refresh>): Promise<void> {
    const [key] = refreshing;
    const flight = refresh(...refreshing).finally(() => flights.delete(key));
    flights.set(key, flight);
    return flight;
  }

  return {
    async ready(credential, reveal, rejected) {
      const key = Object.values(credential.secretIds).sort().join(' ');
      for (;;) {
        const good = look(key, reveal, rejected);
        if (good !== null) return good;
        const joined = flights.get(key);
        await (joined ?? startFlight(key, credential, reveal, rejected));
        if (joined !== undefined) continue;
        const fresh = look(key, reveal, rejected);
        if (fresh !== null) return fresh;
        throw new AivaultError('auth_failed', 'The provider gave an access token that is already spent.');
      }
    },
  };
}

function oauthOf(credential: CredentialView): AuthOf<'oauth2'> {
  if (credential.auth.kind === 'oauth2') return credential.auth;
  throw new AivaultError('internal', 'Only oauth2 credentials have tokens to refresh.');
}

async function ask(post: PostForm, auth: AuthOf<'oauth2'>, stored: StoredTokens, nowMs: number): Promise<FreshTokens> {
  const id = stored.clientId ?? auth.clientId ?? null;
  if (id === null) throw incomplete('clientId');
  const client = { id, secret: stored.clientSecret, auth: auth.clientAuth };
  const scope: Record<string, string> = auth.scopes.length === 0 ? {} : { scope: auth.scopes.join(' ') };
  if (auth.grant === 'client_credentials') {
    if (stored.clientSecret === null) throw incomplete('clientSecret');
    return requestTokens(post, auth.tokenEndpoint, client, { grant_type: 'client_credentials', ...scope }, nowMs);
  }
  if (stored.refreshToken === null) throw incomplete('refreshToken');
  const grant = { grant_type: 'refresh_token', refresh_token: stored.refreshToken, ...scope };
  return requestTokens(post, auth.tokenEndpoint, client, grant, nowMs);
}

const incomplete = (name: string) =>
  new AivaultError('auth_failed', `The stored OAuth secret has no ${name}.`, {
    hint: 'Connect the account with `aivault oauth connect`, or store the whole JSON object.',
  });

function wipe(fields: Fields): void {
  for (const material of Object.values(fields)) material.wipe();
}
