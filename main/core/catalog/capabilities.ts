import { AivaultError } from '#contract/errors.ts';
import type { Registry } from '../providers/catalog.ts';
import { pathFromShorthand } from './capability-facts.ts';
import { readHost, readLocalHost, registryAllows } from './host-grammar.ts';
import type { CapabilityRow } from './rows.ts';
import type { CatalogSnapshot } from './view.ts';

export interface CapabilityWish {
  readonly id: string;
  readonly provider: string | undefined;
  readonly credential: string | undefined;
  readonly methods: CapabilityRow['methods'];
  readonly paths: readonly string[];
  readonly exclude: readonly string[];
  readonly hosts: readonly string[];
}

/**
 * Checks a capability the operator wants and plans its row. `widens` is true where it adds reach to a provider of the
 * registry. Throws `already_exists`, `credential_not_found`, `invalid_request` or `policy_violation`.
 */
export function planCapability(
  wish: CapabilityWish,
  catalog: CatalogSnapshot,
  registry: Registry,
  nowMs: number,
): { readonly row: CapabilityRow; readonly widens: boolean } {
  if (catalog.allCapabilities.has(wish.id)) {
    throw new AivaultError('already_exists', `There is a capability ${wish.id} already.`, {
      hint:
        registry.capability(wish.id) === undefined ? 'Delete it first.' : 'It is the registry’s; choose another id.',
    });
  }
  const credential = wish.credential === undefined ? undefined : catalog.allCredentials.get(wish.credential);
  if (wish.credential !== undefined && credential === undefined) {
    throw new AivaultError('credential_not_found', `There is no credential ${wish.credential}.`, {
      hint: 'See `aivault credential list`.',
    });
  }
  const provider = wish.provider ?? credential?.provider;
  if (provider === undefined) throw new AivaultError('invalid_request', 'provider: give a provider or a credential.');
  if (credential !== undefined && credential.provider !== provider) {
    throw new AivaultError('invalid_request', `The credential ${credential.id} belongs to another provider.`);
  }
  if (wish.id.split('/', 1)[0] !== provider) {
    throw new AivaultError('invalid_request', `id: must begin with ${provider}/, the provider it belongs to.`);
  }
  const host = chooseHost(wish, provider, credential, catalog, registry);
  const row: CapabilityRow = {
    id: wish.id,
    provider,
    credential: credential?.id ?? null,
    methods: [...new Set(wish.methods)],
    paths: [...new Set(wish.paths.map(pathFromShorthand))],
    exclude: [...new Set(wish.exclude.map(pathFromShorthand))],
    hosts: [host],
    createdAtMs: nowMs,
  };
  return { row, widens: registry.byName(provider) !== undefined };
}

function chooseHost(
  wish: CapabilityWish,
  provider: string,
  credential: { readonly hosts: readonly string[]; readonly allowLocal: boolean } | undefined,
  catalog: CatalogSnapshot,
  registry: Registry,
): string {
  const known = registry.byName(provider);
  const [wanted] = wish.hosts;
  const local = credential?.allowLocal === true;
  if (wanted !== undefined) {
    const host = local ? readLocalHost(wanted) : readHost(wanted);
    if (known !== undefined && !registryAllows([...known.hosts, ...known.alternateHosts], host)) {
      throw new AivaultError('policy_violation', `This host is not one of ${provider}'s.`);
    }
    if (credential !== undefined && !credential.hosts.includes(host)) {
      throw new AivaultError(
        'policy_violation',
        'This host is not one of the credential’s, so no call could be sent.',
        {
          hint: `The credential has: ${credential.hosts.join(', ')}.`,
        },
      );
    }
    return host;
  }
  const among =
    credential === undefined ? catalog.credentialsOf(provider).flatMap((each) => each.hosts) : credential.hosts;
  const hosts = [...new Set(among.length > 0 ? among : (known?.hosts ?? []))];
  if (hosts.length === 1 && hosts[0] !== undefined) return hosts[0];
  throw new AivaultError('invalid_request', 'hosts: a capability has exactly one host; name it with --host.', {
    ...(hosts.length === 0 ? {} : { hint: `The provider's credentials have: ${hosts.join(', ')}.` }),
  });
}
