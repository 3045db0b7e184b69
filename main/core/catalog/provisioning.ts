import type { Scope } from '#contract/schemas/scope.ts';
import type { Notice } from '#contract/schemas/secrets.ts';
import { scopeContext } from '../policy/context.ts';
import type { Registry } from '../providers/catalog.ts';
import type { Provider, ProviderAlternative } from '../providers/schema.ts';
import { exactHosts } from './derive.ts';
import { derivedCredentialId } from './derived-id.ts';

// What storing a secret sets in motion, said in one sentence each. Nothing is written here: the credential of a complete
// set of secrets exists because they do.

export interface ProvisionFacts {
  readonly registry: Registry;
  /** Whether a live, pinned secret of this name is in the scope. */
  readonly has: (name: string, scope: Scope, provider: string) => boolean;
  readonly isEnabled: (credentialId: string) => boolean;
}

/** Notices after the secret `name` was stored (`created`) or given a new value (`rotated`). */
export function provisionNotices(
  facts: ProvisionFacts,
  name: string,
  scope: Scope,
  how: 'created' | 'rotated',
): Notice[] {
  const claim = facts.registry.bySecretName(name);
  if (claim === undefined) return [];
  const { provider } = claim;
  const opened: (ProviderAlternative | null)[] = [...(claim.alternative === null ? [null] : []), ...claim.alternatives];
  return opened.map((alternative) => noticeFor(facts, provider, alternative, scope, how));
}

function noticeFor(
  facts: ProvisionFacts,
  provider: Provider,
  alternative: ProviderAlternative | null,
  scope: Scope,
  how: 'created' | 'rotated',
): Notice {
  const source = alternative ?? provider;
  const id = derivedCredentialId(provider.provider, alternative?.id ?? null, scopeContext(scope));
  const missing = source.secrets.map((each) => each.name).filter((each) => !facts.has(each, scope, provider.provider));
  if (missing.length > 0) {
    return { kind: 'waiting', text: `Waiting for ${missing.join(', ')} to complete ${provider.provider} credential` };
  }
  if (exactHosts(source).length === 0) {
    const command = `aivault credential create <id> --provider ${provider.provider} --secret-ref vault:secret:<id> --host <${source.hosts[0]}>`;
    return {
      kind: 'waiting',
      text: `Waiting for your own host to complete ${provider.provider} credential: ${command}`,
    };
  }
  if (!facts.isEnabled(id)) {
    return {
      kind: 'warning',
      text: `Credential ${id} is complete but disabled; enable it with: aivault credential enable ${id}`,
    };
  }
  if (how === 'rotated') return { kind: 'reconciled', text: `Credential auto-reconciled: ${id}` };
  const opens =
    alternative !== null && alternative.capabilities.length > 0 ? alternative.capabilities : provider.capabilities;
  return { kind: 'provisioned', text: `Credential auto-provisioned: ${id} (${opens.length} capabilities enabled)` };
}
