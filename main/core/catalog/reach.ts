import { z } from 'zod';
import type { RegistryChange } from '#contract/schemas/care.ts';
import { createRegistry, type Registry } from '../providers/catalog.ts';
import { type Provider, type ProviderCapability, provider as providerSchema } from '../providers/schema.ts';
import type { ReadTable, SealedTables, TableSpec, Tx } from '../vault/sealed.ts';

// What a stored secret may reach is what the registry said when it was stored, or what the operator accepted since. An
// update of aivault that says less applies at once; one that says more waits here until somebody has looked at it.

/** JSON text, so that a later grammar of provider files never makes a stored row unreadable. */
const acceptedRow = z.strictObject({ json: z.string() });
type AcceptedRow = z.output<typeof acceptedRow>;

/** One row per provider with a stored secret: the provider file as it was accepted. */
export const acceptedTable: TableSpec<AcceptedRow> = {
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
export function narrow(before: Provider, now: Provider, held: RegistryChange[]): Provider {
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
  const alternatives = now.alternatives.filter((alternative) => {
    const same = before.alternatives.some((each) => JSON.stringify(each) === JSON.stringify(alternative));
    if (!same) note(null, 'auth', `the alternative ${alternative.id}`);
    return same;
  });
  const capabilities = now.capabilities.flatMap((capability) => {
    const old = before.capabilities.find((each) => each.id === capability.id);
    if (old !== undefined) return narrowCapability(old, capability, note);
    note(capability.id, 'capability', `${capability.methods.join(', ')} ${capability.paths.join(', ')}`);
    return [];
  });
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

function narrowCapability(old: ProviderCapability, now: ProviderCapability, note: Note): ProviderCapability[] {
  const methods = keep(old.methods, now.methods, (method) => note(now.id, 'method', method));
  const paths = keep(old.paths, now.paths, (path) => note(now.id, 'path', path));
  for (const gone of old.exclude.filter((each) => !now.exclude.includes(each))) note(now.id, 'exclusion', gone);
  if (old.host !== now.host) {
    note(now.id, 'host', now.host ?? 'the provider’s first host');
    return [old];
  }
  if (methods.length === 0 || paths.length === 0) return [];
  return [{ ...now, methods, paths, exclude: [...new Set([...old.exclude, ...now.exclude])] }];
}

/** Those of `now` that were there `before`; the others are reported. */
function keep<T>(before: readonly T[], now: readonly T[], added: (item: T) => void): T[] {
  return now.filter((item) => {
    const known = before.includes(item);
    if (!known) added(item);
    return known;
  });
}
