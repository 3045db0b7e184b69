import type { Credential } from '#contract/schemas/catalog.ts';
import type { Scope } from '#contract/schemas/scope.ts';
import type { CredentialView } from '../broker/parties.ts';
import { scopeContext, visibleIn } from '../policy/context.ts';
import type { Provider, ProviderAlternative, ProviderSecret } from '../providers/schema.ts';

/** A credential with what lists show beside what the broker needs. */
export interface CatalogCredential extends CredentialView {
  readonly origin: 'registry' | 'custom';
  readonly enabled: boolean;
  /** All its secrets are there and, for a registry provider, the registry still knows it. */
  readonly ready: boolean;
}

/** What a credential of a registry provider takes from the registry and nowhere else. */
export function fromRegistry(provider: Provider, alternative: ProviderAlternative | null) {
  const source = alternative ?? provider;
  const own = alternative?.capabilities ?? [];
  return {
    provider: provider.provider,
    auth: source.auth,
    identifiers: identifiersOf(source.secrets),
    alternative: alternative?.id ?? null,
    opens: own.length > 0 ? new Set(own.map((capability) => capability.id)) : null,
    priority: alternative?.priority ?? 0,
    upstreamPathPrefix: alternative?.upstreamPathPrefix ?? null,
    requestHeaders: provider.requestHeaders,
    responseHeaders: provider.responseHeaders,
    refuseUnscannable: false,
    origin: 'registry',
  } as const;
}

/** Fields that are injected but not redacted: account ids, client ids. */
function identifiersOf(secrets: readonly ProviderSecret[]): ReadonlySet<string> {
  return new Set(
    secrets.flatMap((secret) => [...(secret.identifier ? [secret.field] : []), ...secret.identifierFields]),
  );
}

export function usesSecret({ secretIds }: CredentialView, secretId: string): boolean {
  return Object.values(secretIds).includes(secretId);
}

/** Whether one of these is the provider's, uses the secret and is there wherever the scope is. */
export function isServed(
  credentials: Iterable<CatalogCredential>,
  provider: string,
  secretId: string,
  scope: Scope,
): boolean {
  const where = scopeContext(scope);
  for (const one of credentials) {
    if (one.provider === provider && usesSecret(one, secretId) && visibleIn(one.context, where)) return true;
  }
  return false;
}

/** How a credential reads in a list. No secret can be in it. */
export function credentialSummary(credential: CatalogCredential): Credential {
  return {
    id: credential.id,
    provider: credential.provider,
    workspaceId: credential.context.workspaceId ?? null,
    groupId: credential.context.groupId ?? null,
    auth: credential.auth,
    hosts: [...credential.hosts],
    secretIds: [...new Set(Object.values(credential.secretIds))],
    origin: credential.origin,
    alternative: credential.alternative,
    priority: credential.priority,
    upstreamPathPrefix: credential.upstreamPathPrefix,
    allowLocal: credential.allowLocal,
    requestHeaders: [...credential.requestHeaders],
    responseHeaders: [...credential.responseHeaders],
    refuseUnscannable: credential.refuseUnscannable,
    enabled: credential.enabled,
    ready: credential.ready,
  };
}
