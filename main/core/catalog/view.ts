import { AivaultError } from '#contract/errors.ts';
import type { Policy } from '#contract/schemas/catalog.ts';
import type { Context } from '#contract/schemas/scope.ts';
import type { Capability, CatalogView, CredentialView } from '../broker/parties.ts';
import { contextScope, depth, scopeContext, visibleIn } from '../policy/context.ts';
import { opens } from '../policy/opens.ts';
import type { Registry } from '../providers/catalog.ts';
import type { SealedTables } from '../vault/sealed.ts';
import { bindingId } from './binding-id.ts';
import { type CatalogCredential, isServed, usesSecret } from './credential-view.ts';
import { bucketsOf, deriveCredentials } from './derive.ts';
import { type LiveSecrets, mayUse } from './live-secret.ts';
import {
  type BindingRow,
  bindingTable,
  capabilityTable,
  credentialTable,
  policyTable,
  switchId,
  switchTable,
} from './rows.ts';
import { capabilityFromRegistry, capabilityFromRow, credentialFromBinding, credentialFromRow } from './stored.ts';
import { nearest } from './suggest.ts';

/** Everything there is, switched off and incomplete included; the broker sees the rest of it as a CatalogView. */
export interface CatalogSnapshot extends CatalogView {
  readonly allCredentials: ReadonlyMap<string, CatalogCredential>;
  readonly allCapabilities: ReadonlyMap<string, Capability>;
  isEnabledCapability(id: string): boolean;
  /** Usable credentials that can back a capability, whatever their context. */
  backing(capability: Capability): readonly CatalogCredential[];
}

export interface SnapshotSources {
  readonly registry: Registry;
  readonly vault: SealedTables;
  readonly secrets: LiveSecrets;
}

/** Reads the catalog of an open vault once. One bad row never spoils the others. */
export function takeSnapshot({ registry, vault, secrets }: SnapshotSources): CatalogSnapshot {
  const off = vault.table(switchTable);
  const policies = new Map<string, Policy>(vault.table(policyTable).entries());
  const bindings = groupBy(
    [...vault.table(bindingTable).entries()].map(([, row]) => row),
    (row) => row.capability,
  );
  const damagedBindings = new Set(vault.table(bindingTable).damaged());
  const buckets = bucketsOf(secrets.live());

  const allCredentials = new Map<string, CatalogCredential>();
  // A switch that does not open may have said off: only a switch that is proven absent means on.
  const credentialOn = (id: string) => off.state(switchId.credential(id)) === 'absent';
  for (const one of deriveCredentials(registry, buckets.values(), credentialOn)) allCredentials.set(one.id, one);
  for (const [, row] of vault.table(credentialTable).entries()) {
    const one = credentialFromRow(row, registry, secrets, buckets, credentialOn(row.id));
    if (!allCredentials.has(one.id)) allCredentials.set(one.id, one);
  }
  // Reached through their bindings alone: a request cannot name them, and no other capability ever picks one.
  const boundOnly = new Map<string, CatalogCredential>();
  for (const row of [...bindings.values()].flat()) addBoundCredential(row);

  const allCapabilities = new Map<string, Capability>();
  for (const provider of registry.providers) {
    for (const alternative of [null, ...provider.alternatives]) {
      if (alternative !== null && alternative.capabilities.length === 0) continue;
      for (const entry of registry.capabilitiesOf(provider.provider, alternative?.id ?? null)) {
        const id = entry.capability.id;
        allCapabilities.set(id, capabilityFromRegistry(entry, policies.get(id)));
      }
    }
  }
  for (const [id, row] of vault.table(capabilityTable).entries()) {
    if (!allCapabilities.has(id)) allCapabilities.set(id, capabilityFromRow(row, policies.get(id)));
  }

  const limits = vault.table(policyTable);
  const capabilityOn = (id: string) =>
    off.state(switchId.capability(id)) === 'absent' && limits.state(id) !== 'damaged';
  const enabled = new Map([...allCapabilities].filter(([id]) => capabilityOn(id)));
  const usable = [...allCredentials.values()].filter((one) => one.enabled && one.ready);
  const usableById = new Map(usable.map((one) => [one.id, one]));
  const credentialsByProvider = groupBy(usable, (one) => one.provider);
  const capabilitiesByProvider = groupBy(enabled.values(), (one) => one.provider);
  /** Asked for every call, so worked out once. */
  const backedBy = new Map<Capability, readonly CatalogCredential[]>();
  const providerNames = new Set([...registry.providers.map((each) => each.provider), ...credentialsByProvider.keys()]);

  return {
    allCredentials,
    allCapabilities,
    isEnabledCapability: (id) => enabled.has(id),
    backing,
    capability: (id) => enabled.get(id),
    suggest: (id) => nearest(id, enabled.keys()),
    capabilitiesOf: (provider) => capabilitiesByProvider.get(provider) ?? [],
    isProvider: (name) => providerNames.has(name),
    credential: (id) => usableById.get(id),
    credentialsOf: (provider) => credentialsByProvider.get(provider) ?? [],
    bound,
  };

  function backing(capability: Capability): readonly CatalogCredential[] {
    const known = backedBy.get(capability);
    if (known !== undefined) return known;
    const own = (credentialsByProvider.get(capability.provider) ?? []).filter((one) => opens(one, capability));
    const rows = bindings.get(capability.id) ?? [];
    const bound = [...boundOnly.values()].filter(
      (one) => one.provider === capability.provider && rows.some((row) => usesSecret(one, row.secretId)),
    );
    const all = [...own, ...bound];
    backedBy.set(capability, all);
    return all;
  }

  function bound(id: string, context: Context, consumer: string | null): CredentialView | null {
    refuseDamagedBinding(id, context, consumer);
    const rows = bindings.get(id);
    if (rows === undefined) return null;
    const row = rows.filter((each) => bindingApplies(each, context, consumer)).sort(moreSpecificFirst)[0];
    const capability = enabled.get(id);
    if (row === undefined || capability === undefined) return null;
    const secret = secrets.liveById(row.secretId);
    const fits = [...(credentialsByProvider.get(capability.provider) ?? []), ...boundOnly.values()].filter(
      (one) => opens(one, capability) && usesSecret(one, row.secretId),
    );
    const reachable = secret !== undefined && mayUse(secret, context);
    // What a binding alone gives is there where the binding is: it and the secret, attached groups included, decide.
    const inPlace = (one: CatalogCredential) => boundOnly.has(one.id) || visibleIn(one.context, context);
    const found = (reachable ? fits.find(inPlace) : undefined) ?? null;
    // A binding the operator made is never replaced by another secret in silence.
    if (found === null) {
      throw new AivaultError('credential_not_found', `The secret bound to ${id} cannot be used here.`, {
        hint: 'See `aivault capability bindings`.',
      });
    }
    return visibleIn(found.context, context) ? found : { ...found, context: scopeContext(row.scope) };
  }

  /** A binding that does not open would have decided: nothing else decides in its place. */
  function refuseDamagedBinding(id: string, context: Context, consumer: string | null): void {
    if (damagedBindings.size === 0) return;
    const scopes = [{}, { workspaceId: context.workspaceId }, context].map(contextScope);
    const candidates = scopes.flatMap((scope) => [bindingId(id, scope, null), bindingId(id, scope, consumer)]);
    if (!damagedBindings.has('*') && !candidates.some((candidate) => damagedBindings.has(candidate))) return;
    throw new AivaultError('integrity_error', `A binding that may be for ${id} does not open.`, {
      hint: 'See `aivault doctor`.',
    });
  }

  function addBoundCredential(row: BindingRow): void {
    const provider = registry.capability(row.capability)?.provider.provider ?? row.capability.split('/', 1)[0]!;
    const secret = secrets.liveById(row.secretId);
    if (secret === undefined) return;
    const served = isServed(allCredentials.values(), provider, row.secretId, row.scope);
    const made = served ? null : credentialFromBinding(provider, secret, registry);
    if (made !== null && credentialOn(made.id)) boundOnly.set(made.id, made);
  }
}

function bindingApplies(row: BindingRow, context: Context, consumer: string | null): boolean {
  if (row.consumer !== null && row.consumer !== consumer) return false;
  return visibleIn(scopeContext(row.scope), context);
}

function moreSpecificFirst(a: BindingRow, b: BindingRow): number {
  const weight = (row: BindingRow) => depth(scopeContext(row.scope)) * 2 + (row.consumer === null ? 0 : 1);
  return weight(b) - weight(a);
}

function groupBy<T>(items: Iterable<T>, keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}
