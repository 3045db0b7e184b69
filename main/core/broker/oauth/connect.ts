import { timingSafeEqual } from 'node:crypto';
import { AivaultError, type ErrorBody } from '#contract/errors.ts';
import type { AuthOf } from '../auth/strategy.ts';
import { consentUrl } from './consent.ts';
import { type Client, type FreshTokens, type PostForm, requestTokens } from './token-request.ts';

// The authorization-code flow with PKCE (RFC 6749 §4.1, RFC 7636), run by the host: verifier, state, code and tokens
// never leave it. A connection is begun, its consent page opened by whoever asked, and its state looked up until done.

/** Opens the place the browser comes back to. The listener ends by itself once `take` has said true. */
export type OpenRedirect = (
  take: (parameters: ReadonlyMap<string, string>) => boolean,
  timeoutMs: number,
  expired: () => void,
) => Promise<{ readonly redirectUri: string; close(): void }>;

export interface ConnectionPorts {
  readonly post: PostForm;
  readonly openRedirect: OpenRedirect;
  readonly now: () => number;
  readonly randomBytes: (size: number) => Uint8Array;
}

export interface ConnectionWish<R> {
  readonly auth: AuthOf<'oauth2'>;
  readonly client: Client;
  readonly scopes: readonly string[];
  /** Puts the tokens into the vault; what it gives is the connection's result. */
  store(tokens: FreshTokens): Promise<R>;
}

export type ConnectionState<R> =
  | { readonly state: 'waiting' }
  | { readonly state: 'connected'; readonly result: R }
  | { readonly state: 'failed'; readonly error: ErrorBody };

export interface Connections<R> {
  begin(wish: ConnectionWish<R>): Promise<{ id: string; consentUrl: string; redirectUri: string; expiresAtMs: number }>;
  /** Throws `not_found` for an id that is not (or no longer) known. */
  state(id: string): ConnectionState<R>;
  /** Gives one up: its way back closes, and tokens that are still on their way are not stored. */
  cancel(id: string): void;
  /** Gives all of them up, those that are just beginning included: the vault has been locked. */
  close(): void;
}

const patienceMs = 5 * 60_000;
const mostAtOnce = 8;

interface Connection<R> {
  now: ConnectionState<R>;
  readonly forgetAtMs: number;
  close(): void;
}

/** Connections of this host, in memory: one that was begun and not finished is forgotten after its time. */
export function createConnections<R>(ports: ConnectionPorts): Connections<R> {
  const connections = new Map<string, Connection<R>>();
  let closes = 0;
  const token = (size: number) => Buffer.from(ports.randomBytes(size)).toString('base64url');

  function forgetOld(): void {
    for (const [id, { forgetAtMs }] of connections) if (forgetAtMs <= ports.now()) drop(id);
    if (connections.size < mostAtOnce) return;
    throw new AivaultError('rate_limited', 'Too many accounts are being connected at once.', { retryAfterSeconds: 60 });
  }

  function drop(id: string): void {
    connections.get(id)?.close();
    connections.delete(id);
  }

  return {
    async begin({ auth, client, scopes, store }) {
      forgetOld();
      const endpoint = auth.authorizationEndpoint;
      if (endpoint === undefined)
        throw new AivaultError('invalid_request', 'This provider has no authorization endpoint.');
      const id = token(16);
      const state = token(32);
      const verifier = token(32);
      const fail = (error: unknown) => {
        connection.now = { state: 'failed', error: asBody(error) };
      };
      const finish = async (code: string) => {
        const grant = {
          grant_type: 'authorization_code',
          code,
          redirect_uri: listener.redirectUri,
          code_verifier: verifier,
        };
        const tokens = await requestTokens(ports.post, auth.tokenEndpoint, client, grant, ports.now());
        // Nobody wants this account any more; a vault that was locked meanwhile may even be open again.
        if (connections.get(id) !== connection) return;
        connection.now = { state: 'connected', result: await store(tokens) };
      };
      const take = (parameters: ReadonlyMap<string, string>) => {
        if (!sameText(parameters.get('state') ?? '', state)) return false;
        const code = parameters.get('code');
        if (code === undefined) fail(deniedBy(parameters.get('error')));
        else finish(code).catch(fail);
        return true;
      };
      const expired = () => fail(new AivaultError('expired', 'Nobody gave consent in time.'));
      const before = closes;
      const listener = await ports.openRedirect(take, patienceMs, expired);
      if (closes !== before) {
        listener.close();
        throw new AivaultError('vault_locked', 'The vault was locked meanwhile.');
      }
      const expiresAtMs = ports.now() + patienceMs;
      const connection: Connection<R> = {
        now: { state: 'waiting' },
        forgetAtMs: expiresAtMs + patienceMs,
        close: () => listener.close(),
      };
      connections.set(id, connection);
      try {
        const url = consentUrl({
          authorizationEndpoint: endpoint,
          clientId: client.id,
          redirectUri: listener.redirectUri,
          scopes,
          state,
          verifier,
          parameters: auth.authorizationParameters,
        });
        return { id, consentUrl: url, redirectUri: listener.redirectUri, expiresAtMs };
      } catch (error) {
        drop(id);
        throw error;
      }
    },
    state(id) {
      const connection = connections.get(id);
      if (connection === undefined) throw new AivaultError('not_found', 'There is no such connection under way.');
      return connection.now;
    },
    cancel: drop,
    close() {
      closes += 1;
      for (const id of connections.keys()) drop(id);
    },
  };
}

function sameText(given: string, wanted: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(wanted)];
  return a.length === b.length && timingSafeEqual(a, b);
}

/** RFC 6749 §4.1.2.1; other words of a provider are not repeated. */
function deniedBy(word: string | undefined): AivaultError {
  const said = word === 'access_denied' ? 'Consent was not given.' : 'The provider did not give consent.';
  return new AivaultError('auth_failed', said, { hint: 'Run `aivault oauth connect` again.' });
}

function asBody(error: unknown): ErrorBody {
  if (error instanceof AivaultError) return error.toJSON();
  return new AivaultError('internal', 'The account could not be connected.').toJSON();
}
