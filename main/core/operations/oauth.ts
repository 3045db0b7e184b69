import type { Parsed } from '#contract/call.ts';
import { AivaultError } from '#contract/errors.ts';
import type { Scope } from '#contract/schemas/scope.ts';
import type { Notice, SecretMetadata } from '#contract/schemas/secrets.ts';
import type { AuthOf, Fields } from '../broker/auth/strategy.ts';
import type { Connections } from '../broker/oauth/connect.ts';
import { connectedObject, readStoredTokens, type StoredTokens } from '../broker/oauth/stored-tokens.ts';
import type { Client, FreshTokens } from '../broker/oauth/token-request.ts';
import type { CoreHandlers } from '../dispatch.ts';
import type { SecretRow } from '../vault/secret-row.ts';
import { oauthWayOf } from './oauth-way.ts';
import { liveSecret, type Services } from './services.ts';
import { createdNotices, createSecret, metadataOf, provision, rotateSecret } from './store-secret.ts';

type OauthRows = 'oauth.begin' | 'oauth.status' | 'oauth.cancel';

/** What a connected account leaves behind. */
export interface Connected {
  readonly secret: SecretMetadata;
  readonly notices: Notice[];
}

/** Where an account's tokens go: a secret that is there, or one to be made under the provider's name for it. */
interface Target {
  readonly auth: AuthOf<'oauth2'>;
  readonly secret: SecretRow | undefined;
  readonly name: string;
  readonly scope: Scope;
}

export function oauthHandlers(services: Services, connections: Connections<Connected>): Pick<CoreHandlers, OauthRows> {
  return {
    'oauth.begin': async (wish, call) => {
      const target = targetOf(services, wish);
      if (target.secret !== undefined) call.note({ secretId: target.secret.secretId });
      const client = clientOf(services, target, wish);
      const begun = await connections.begin({
        auth: target.auth,
        client,
        scopes: wish.scopes ?? target.auth.scopes,
        store: (tokens) => store(services, target, client, tokens),
      });
      const { id: connection, consentUrl, redirectUri, expiresAtMs } = begun;
      return { connection, consentUrl, redirectUri, expiresAtMs };
    },

    'oauth.status': async ({ connection }) => {
      const now = connections.state(connection);
      const nothing = { secret: null, notices: [], error: null };
      if (now.state === 'connected') return { ...nothing, state: 'connected', ...now.result };
      return now.state === 'failed'
        ? { ...nothing, state: 'failed', error: now.error }
        : { ...nothing, state: 'waiting' };
    },

    'oauth.cancel': async ({ connection }) => {
      connections.cancel(connection);
      return { connection };
    },
  };
}

function targetOf(services: Services, { provider, credential, scope }: Parsed<'oauth.begin'>): Target {
  if ((provider === undefined) === (credential === undefined)) {
    throw new AivaultError('invalid_request', 'Name a provider or a credential, one of them.');
  }
  return credential === undefined ? ofProvider(services, provider!, scope) : ofCredential(services, credential);
}

function ofProvider(services: Services, name: string, scope: Scope): Target {
  const provider = services.registry.byName(name);
  if (provider === undefined) throw unknownProvider(services, name);
  const way = oauthWayOf(provider);
  if (way === null) throw noOauth();
  const { auth, secret } = way;
  return { auth, secret: services.secrets.findByName(secret.name, scope), name: secret.name, scope };
}

/** One account often serves several providers (`google` is google-calendar, google-drive …): those are named. */
function unknownProvider({ registry }: Services, name: string): AivaultError {
  const near = registry.providers.filter((one) => one.provider.includes(name) && oauthWayOf(one) !== null);
  return new AivaultError('not_found', 'There is no provider of this name.', {
    hint:
      near.length > 0
        ? `Did you mean ${near.map(({ provider }) => provider).join(' or ')}?`
        : 'See `aivault capability list`: a provider is what stands before the slash.',
  });
}

/** Only a credential of the operator's own: its secret is there already, with the client's id in it. */
function ofCredential(services: Services, id: string): Target {
  const view = services.catalog().credential(id);
  if (view === undefined) throw new AivaultError('credential_not_found', 'There is no credential with this id.');
  const [secretId] = Object.values(view.secretIds);
  if (view.auth.kind !== 'oauth2' || secretId === undefined) throw noOauth();
  const secret = liveSecret(services.secrets, secretId);
  return { auth: view.auth, secret, name: secret.name, scope: secret.scope };
}

const noOauth = () =>
  new AivaultError('invalid_request', 'This provider has no accounts to connect: store its key instead.');

function clientOf(services: Services, { auth, secret }: Target, wish: Parsed<'oauth.begin'>): Client {
  const stored = secret === undefined ? null : readTokens(services, secret);
  const id = wish.clientId ?? stored?.clientId ?? auth.clientId;
  if (id === undefined || id === null) {
    throw new AivaultError('invalid_request', 'The client id of your application is needed.', {
      hint: 'Register an application with the provider and pass --client-id.',
    });
  }
  // A secret belongs to its own client: another id does not inherit it.
  const known = stored !== null && stored.clientId === id ? stored.clientSecret : null;
  return { id, secret: wish.clientSecret ?? known, auth: auth.clientAuth };
}

function readTokens(services: Services, secret: SecretRow): StoredTokens | null {
  return withFields(services, secret, (fields) => readStoredTokens(fields));
}

/** Null where the secret holds plain text instead of an OAuth object: it will be replaced by one. */
function withFields<R>(services: Services, { secretId }: SecretRow, use: (fields: Fields) => R): R | null {
  const material = services.secrets.reveal(secretId);
  try {
    return use({ secret: material });
  } catch (error) {
    if (error instanceof AivaultError && error.code === 'auth_failed') return null;
    throw error;
  } finally {
    material.wipe();
  }
}

/** Merges the tokens into the stored JSON, or makes the secret. */
async function store(services: Services, target: Target, client: Client, tokens: FreshTokens): Promise<Connected> {
  if (tokens.refreshToken === null && target.auth.grant === 'refresh_token') {
    throw new AivaultError(
      'auth_failed',
      'The provider gave no refresh token, so the account would be lost in an hour.',
      {
        hint: 'Revoke the application in the account and connect again, or ask for the scope that allows offline access.',
      },
    );
  }
  const known = target.secret ?? services.secrets.findByName(target.name, target.scope);
  const held = known && withFields(services, known, (fields) => connectedObject(fields, client, tokens));
  const value = JSON.stringify(held ?? connectedObject(null, client, tokens));
  if (known === undefined) {
    const row = await createSecret(services, { name: target.name, value, scope: target.scope, aliases: [] });
    return { secret: metadataOf(services, row), notices: createdNotices(services, row, value) };
  }
  const row = await rotateSecret(services, known.secretId, value);
  return { secret: metadataOf(services, row), notices: provision(services, row, 'rotated') };
}
