import { z } from 'zod';
import type { RegistryChange } from '#contract/schemas/registry.ts';
import { readExclusion } from '../policy/exclusion.ts';
import { createRegistry, type Registry } from '../providers/catalog.ts';
import { isExcluded } from '../providers/exclusion.ts';
import { covers, meet } from '../providers/path-overlap.ts';
import {
  type Provider,
  type ProviderAlternative,
  type ProviderCapability,
  provider as providerSchema,
} from '../providers/schema.ts';
import type { ReadTable, SealedTables, TableSpec, Tx } from '../vault/sealed.ts';

// What a stored secret may reach is what the registry said when it was stored, or what the operator accepted since. An
// update of aivault that says less applies at once; one that says more waits here until somebody has looked at it.

/** JSON text, so that a later grammar of provider files never makes a stored row unreadable. */
const acceptedRow = z.strictObject({ json: z.string() });
type AcceptedRow = z.output<typeof acceptedRow>;

/** One row per provider with a stored secret: the provider file as it was accepted. */
const acceptedTable: TableSpec<AcceptedRow> = {
  name: 'accepted_providers',
  parse: (value) => acceptedRow.parse(value),
};

export interface Reach {
  /** The registry with everything held taken out. Rebuilt by `changed`. */
  registry(): Registry;
  held(): RegistryChange[];
  /** Remembers a provider as it is now, when its first secret is stored. Keeps what is known. */
  remember(tx: Tx, provider: string): void;
  accept(tx: Tx, provider: string | undefined): void;
  /** Call when the vault opened, locked or changed. */
  changed(): void;
}

/** Compares the build's registry with what the vault accepted. While the vault is closed nothing is held: nothing runs. */
export function createReach(built: Registry, vault: SealedTables, isOpen: () => boolean): Reach {
  let current: { readonly registry: Registry; readonly held: RegistryChange[] } | undefined;
  const look = () => {
    current ??= isOpen() ? compareAll(built, vault.table(acceptedTable)) : { registry: built, held: [] };
    return current;
  };
  return {
    registry: () => look().registry,
    held: () => look().held,
    remember(tx, name) {
      const provider = built.byName(name);
      if (provider !== undefined && tx.get(acceptedTable, name) === undefined)
        tx.put(acceptedTable, name, { json: JSON.stringify(provider) });
    },
    accept(tx, only) {
      for (const [name] of [...tx.entries(acceptedTable)]) {
        const provider = built.byName(name);
        if (provider !== undefined && (only === undefined || only === name))
          tx.put(acceptedTable, name, { json: JSON.stringify(provider) });
      }
      current = undefined;
    },
    changed: () => {
      current = undefined;
    },
  };
}

function compareAll(built: Registry, accepted: ReadTable<AcceptedRow>): { registry: Registry; held: RegistryChange[] } {
  const known = new Map([...accepted.entries()].map(([name, { json }]) => [name, json]));
  const held: RegistryChange[] = [];
  const providers = built.providers.flatMap((provider) => {
    if (accepted.state(provider.provider) === 'damaged') {
      held.push({
        provider: provider.provider,
        capability: null,
        change: 'auth',
        text: 'what was accepted does not open',
      });
      return [];
    }
    const json = known.get(provider.provider);
    if (json === undefined || json === JSON.stringify(provider)) return [provider];
    const before = providerSchema.safeParse(JSON.parse(json));
    if (before.success) return [narrow(before.data, provider, held)];
    held.push({
      provider: provider.provider,
      capability: null,
      change: 'auth',
      text: 'provider files are written differently now',
    });
    return [];
  });
  return held.length === 0 ? { registry: built, held } : { registry: createRegistry(providers), held };
}

/** The new provider without what the accepted one did not allow; what was taken out is noted in `held`. */
function narrow(before: Provider, now: Provider, held: RegistryChange[]): Provider {
  const note = (capability: string | null, change: RegistryChange['change'], text: string) =>
    held.push({ provider: now.provider, capability, change, text });

  // Where the secret goes and how it is put there are one decision: changed in any way, the accepted ones stay.
  const sameWay = wayOf(before) === wayOf(now);
  if (!sameWay) note(null, 'auth', `how the secret is sent (${now.auth.kind})`);
  const kept = keep(before.hosts, now.hosts, (host) => note(null, 'host', host));
  // Capabilities without a host of their own go to the first one: which that is does not change unseen.
  const [first] = before.hosts;
  const hosts = first !== undefined && kept.includes(first) ? [first, ...kept.filter((host) => host !== first)] : kept;
  const alternateHosts = keep([...before.hosts, ...before.alternateHosts], now.alternateHosts, (host) =>
    note(null, 'host', host),
  );
  const alternatives = now.alternatives.flatMap((alternative) => {
    const old = before.alternatives.find((each) => each.id === alternative.id);
    if (old !== undefined && sameRoute(old, alternative)) {
      const capabilities = narrowCapabilities(old.capabilities, alternative.capabilities, note);
      // An empty list would mean all of the provider's: where nothing is left of its own, the accepted one stays.
      return capabilities.length < 1 && alternative.capabilities.length > 0
        ? [old]
        : [{ ...alternative, capabilities }];
    }
    note(null, 'auth', `the alternative ${alternative.id}`);
    return old === undefined ? [] : [old];
  });
  const capabilities = narrowCapabilities(before.capabilities, now.capabilities, note);
  return {
    ...now,
    ...(sameWay ? {} : { auth: before.auth, secrets: before.secrets }),
    hosts: hosts.length > 0 ? hosts : before.hosts,
    alternateHosts,
    alternatives,
    capabilities: capabilities.length > 0 ? capabilities : before.capabilities,
  };
}

/** What decides how secrets are put on the wire and which parts of them are redacted; labels and patterns do not. */
function wayOf({ auth, secrets }: Pick<Provider, 'auth' | 'secrets'>): string {
  const parts = secrets.map(({ name, field, jsonFields, identifier, identifierFields }) => [
    name,
    field,
    jsonFields,
    identifier,
    identifierFields,
  ]);
  return JSON.stringify([auth, parts]);
}

type Note = (capability: string | null, change: RegistryChange['change'], text: string) => void;

/** Whether an alternative's secret goes where it went, the way it went, and opens a list of its own as before. */
function sameRoute(old: ProviderAlternative, now: ProviderAlternative): boolean {
  const route = (one: ProviderAlternative) =>
    JSON.stringify([wayOf(one), one.hosts, one.upstreamPathPrefix, one.capabilities.length > 0]);
  return route(old) === route(now);
}

function narrowCapabilities(
  before: readonly ProviderCapability[],
  now: readonly ProviderCapability[],
  note: Note,
): ProviderCapability[] {
  return now.flatMap((capability) => {
    const old = before.find((each) => each.id === capability.id);
    if (old !== undefined) return narrowCapability(old, capability, note);
    note(capability.id, 'capability', `${capability.methods.join(', ')} ${capability.paths.join(', ')}`);
    return [];
  });
}

/** What both allow: where the new one says more it is held, where it says less that is so at once. */
function narrowCapability(old: ProviderCapability, now: ProviderCapability, note: Note): ProviderCapability[] {
  const methods = keep(old.methods, now.methods, (method) => note(now.id, 'method', method));
  const paths = now.paths.flatMap((path) => {
    if (old.paths.some((known) => covers(known, path))) return [path];
    note(now.id, 'path', path);
    return old.paths.filter((known) => covers(path, known));
  });
  for (const gone of old.exclude.filter((each) => !stillExcluded(each, now))) note(now.id, 'exclusion', gone);
  if (old.host !== now.host) {
    note(now.id, 'host', now.host ?? 'the provider’s first host');
    return [old];
  }
  if (methods.length === 0 || paths.length === 0) return [];
  return [{ ...now, methods, paths: [...new Set(paths)], exclude: [...new Set([...old.exclude, ...now.exclude])] }];
}

/** Whether nothing the old exclusion took out is allowed now: excluded again, or no longer inside any path or method. */
function stillExcluded(exclusion: string, now: ProviderCapability): boolean {
  const { method, path } = readExclusion(exclusion);
  const methods = method === null ? now.methods : now.methods.filter((each) => each === method);
  const reached = now.paths.some((pattern) => meet(pattern, path) !== null);
  return !reached || methods.every((each) => isExcluded(now.exclude, each, path));
}

/** Those of `now` that were there `before`; the others are reported. */
function keep<T>(before: readonly T[], now: readonly T[], added: (item: T) => void): T[] {
  return now.filter((item) => {
    const known = before.includes(item);
    if (!known) added(item);
    return known;
  });
}
