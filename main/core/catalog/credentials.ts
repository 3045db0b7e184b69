import { AivaultError } from '#contract/errors.ts';
import type { Auth } from '#contract/schemas/auth.ts';
import type { Context } from '#contract/schemas/scope.ts';
import { scopeContext } from '../policy/context.ts';
import type { Registry } from '../providers/catalog.ts';
import type { Provider } from '../providers/schema.ts';
import { isReservedId } from './derived-id.ts';
import { hintWithLocal, readHost, readLocalHost, registryAllows } from './host-grammar.ts';
import { type LiveSecret, mayUse } from './live-secret.ts';
import type { CredentialRow } from './rows.ts';

export interface CredentialWish {
  readonly id: string;
  readonly provider: string;
  readonly context: Context;
  readonly auth: Auth | undefined;
  readonly hosts: readonly string[];
  readonly upstreamPathPrefix: string | undefined;
  readonly allowLocal: boolean;
  readonly requestHeaders: readonly string[];
  readonly responseHeaders: readonly string[];
  readonly refuseUnscannable: boolean;
}

export interface PlannedCredential {
  readonly row: CredentialRow;
  /** Every host the secret would be sent to: the API's and the token endpoint's. */
  readonly reach: readonly string[];
}

/**
 * Checks a credential the operator wants and plans its row: everything that could fail at use fails here. Throws
 * `invalid_request` or `policy_violation` with the reason; messages never repeat a host or template.
 */
export function planCredential(
  wish: CredentialWish,
  secret: LiveSecret,
  registry: Registry,
  nowMs: number,
): PlannedCredential {
  if (isReservedId(wish.id, (name) => registry.byName(name) !== undefined)) {
    throw new AivaultError('already_exists', `The id ${wish.id} belongs to the registry's own credentials.`, {
      hint: `Choose an id whose first part is no provider of the registry, for example my-${wish.id.split('.', 1)[0]}.`,
    });
  }
  if (secret.pinnedProvider !== null && secret.pinnedProvider !== wish.provider) throw pinned(secret.pinnedProvider);
  const context = chooseContext(wish.context, secret);
  const provider = registry.byName(wish.provider);
  const hosts = provider === undefined ? customHosts(wish) : registryHosts(wish, provider);
  if (provider !== undefined && wish.requestHeaders.length + wish.responseHeaders.length > 0) {
    throw new AivaultError('policy_violation', `The header lists of ${provider.provider} come from the registry.`);
  }
  if (provider !== undefined) checkRegistryAuth(wish.auth, provider);
  else if (wish.auth === undefined) {
    throw new AivaultError(
      'invalid_request',
      `How the key is sent is not known: ${wish.provider} is not in the registry.`,
      {
        hint: 'Mostly `--auth header`, which sends `authorization: Bearer <key>`; all kinds: aivault credential create --help',
      },
    );
  }
  const auth = provider === undefined ? (wish.auth ?? null) : null;
  if (auth !== null) checkAuth(auth);
  const row: CredentialRow = {
    id: wish.id,
    provider: wish.provider,
    secretId: secret.secretId,
    workspaceId: context.workspaceId ?? null,
    groupId: context.groupId ?? null,
    auth,
    hosts,
    upstreamPathPrefix: wish.upstreamPathPrefix === undefined ? null : readPrefix(wish.upstreamPathPrefix),
    allowLocal: wish.allowLocal,
    requestHeaders: [...new Set(wish.requestHeaders)],
    responseHeaders: [...new Set(wish.responseHeaders)],
    refuseUnscannable: wish.refuseUnscannable,
    createdAtMs: nowMs,
  };
  return { row, reach: [...new Set([...hosts, ...tokenHosts(provider?.auth ?? auth)])] };
}

/** The hosts an OAuth credential sends its client secret and refresh token to. */
function tokenHosts(auth: Auth | null): string[] {
  return auth?.kind === 'oauth2' ? [new URL(auth.tokenEndpoint).hostname] : [];
}

function chooseContext(wanted: Context, secret: LiveSecret): Context {
  if (wanted.groupId !== undefined && wanted.workspaceId === undefined) {
    throw new AivaultError('invalid_request', 'groupId: a group needs its workspace.');
  }
  const context = wanted.workspaceId === undefined ? scopeContext(secret.scope) : wanted;
  if (!mayUse(secret, context)) {
    throw new AivaultError('policy_violation', 'The secret is not accessible in this workspace or group.', {
      hint: 'Leave the workspace out to use the secret’s own scope, or attach the secret to the group first.',
    });
  }
  return context;
}

function customHosts(wish: CredentialWish): string[] {
  if (wish.hosts.length === 0) {
    throw new AivaultError(
      'invalid_request',
      `Where the key goes is not known: ${wish.provider} is not in the registry.`,
      {
        hint: 'Name its host: --host api.example.com',
      },
    );
  }
  return [
    ...new Set(wish.hosts.map((host) => (wish.allowLocal ? readLocalHost(host) : readHost(host, hintWithLocal)))),
  ];
}

function registryHosts(wish: CredentialWish, provider: Provider): string[] {
  const patterns = [...provider.hosts, ...provider.alternateHosts];
  if (wish.allowLocal)
    throw new AivaultError('policy_violation', `The hosts of ${provider.provider} come from the registry.`);
  const hosts = [...new Set(wish.hosts.map((host) => readHost(host)))];
  if (hosts.some((host) => !registryAllows(patterns, host))) {
    throw new AivaultError('policy_violation', `This host is not one of ${provider.provider}'s.`, {
      hint: `The registry allows: ${patterns.join(', ')}.`,
    });
  }
  if (hosts.length > 0) return hosts;
  const own = provider.hosts.filter((host) => !host.includes('{'));
  if (own.length === 0 || provider.hosts[0]?.includes('{') === true) {
    throw new AivaultError('invalid_request', `hosts: ${provider.provider} gives each customer a host of its own.`, {
      hint: `Give yours with --host; it must look like ${provider.hosts[0]}.`,
    });
  }
  return own;
}

function checkRegistryAuth(auth: Auth | undefined, provider: Provider): void {
  if (auth !== undefined && JSON.stringify(auth) !== JSON.stringify(provider.auth)) {
    throw new AivaultError(
      'policy_violation',
      `How ${provider.provider} is authenticated comes from the registry and cannot be changed.`,
      {
        hint: 'Leave the auth flags out.',
      },
    );
  }
}

function checkAuth(auth: Auth): void {
  if (auth.kind !== 'oauth2') return;
  for (const endpoint of [auth.tokenEndpoint, auth.authorizationEndpoint]) {
    if (endpoint === undefined) continue;
    const url = new URL(endpoint);
    if (url.username !== '' || url.password !== '' || url.hash !== '' || url.port !== '') {
      throw new AivaultError(
        'invalid_request',
        'auth: an endpoint is https://host/path, without user, port or fragment.',
      );
    }
    readHost(url.hostname);
  }
}

function readPrefix(text: string): string {
  const prefix = text.trim().replace(/\/+$/, '');
  const segments = prefix.split('/').slice(1);
  const plain = /^(?:\/[A-Za-z0-9._~!$&'()+,;=:@-]+)+$/.test(prefix);
  if (!plain || segments.some((segment) => segment === '.' || segment === '..')) {
    throw new AivaultError(
      'invalid_request',
      'upstreamPathPrefix: a path like /backend-api, without query or dot segments.',
    );
  }
  return prefix;
}

function pinned(provider: string): AivaultError {
  return new AivaultError('policy_violation', `This secret is pinned to the provider ${provider}.`, {
    hint: `It can only be used for ${provider}.`,
  });
}
