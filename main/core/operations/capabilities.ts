import type { Auth } from '#contract/schemas/auth.ts';
import type { CapabilitySummary } from '#contract/schemas/catalog.ts';
import { unknownCapability } from '../access/grants.ts';
import type { Capability } from '../broker/parties.ts';
import { planCapability } from '../catalog/capabilities.ts';
import { describeCapability } from '../catalog/describe.ts';
import { capabilityTable, policyTable, switchId, switchTable } from '../catalog/rows.ts';
import { nearest } from '../catalog/suggest.ts';
import type { CoreHandlers, OperatorCall } from '../dispatch.ts';
import type { Services } from './services.ts';

type CapabilityRows =
  | 'capabilities.list'
  | 'capabilities.describe'
  | 'capabilities.create'
  | 'capabilities.delete'
  | 'capabilities.setEnabled';

export function capabilityHandlers(
  services: Services,
  baseUrl: () => string | null,
): Pick<CoreHandlers, CapabilityRows> {
  const summary = (id: string) => capabilitySummary(services, requireKnown(services, id));

  return {
    'capabilities.list': async ({ provider, category, search, ready }) => {
      const wanted = search?.trim().toLowerCase();
      return {
        capabilities: [...services.catalog().allCapabilities.values()]
          .map((capability) => capabilitySummary(services, capability))
          .filter((each) => provider === undefined || each.provider === provider)
          .filter((each) => category === undefined || each.category === category)
          .filter((each) => ready === undefined || each.ready === ready)
          .filter((each) => !wanted || `${each.id} ${each.summary} ${each.category}`.toLowerCase().includes(wanted))
          .sort((a, b) => (a.id < b.id ? -1 : 1)),
      };
    },

    'capabilities.describe': async ({ id }) => {
      const capability = requireKnown(services, id.trim());
      return describeCapability({
        capability,
        summary: capabilitySummary(services, capability),
        credentials: services
          .catalog()
          .backing(capability)
          .map((each) => each.id),
        entry: services.registry.capability(capability.id),
        provider: services.registry.byName(capability.provider),
        auth: authOf(services, capability),
        baseUrl: baseUrl(),
      });
    },

    'capabilities.create': async (input, call) => {
      call.note({ capability: input.id });
      const { provider, credential, ...rest } = input;
      const plan = () =>
        planCapability({ ...rest, provider, credential }, services.catalog(), services.registry, services.now());
      if (plan().widens) await call.prove();
      await services.change((tx) => tx.put(capabilityTable, input.id, plan().row), 'capabilities.changed');
      return summary(input.id);
    },

    'capabilities.delete': async ({ id }, call) => {
      call.note({ capability: id });
      // Its policy goes with it, and it could be made anew without one.
      await proveIfAsks(services, id, call);
      const removed = await services.change((tx) => {
        const own = tx.get(capabilityTable, id) !== undefined;
        const removedPolicy = tx.get(policyTable, id) !== undefined;
        if (removedPolicy) tx.remove(policyTable, id);
        if (own) {
          tx.remove(capabilityTable, id);
          if (tx.get(switchTable, switchId.capability(id)) !== undefined)
            tx.remove(switchTable, switchId.capability(id));
        } else if (services.catalog().isEnabledCapability(id)) {
          // What the registry offers is deleted by switching it off; `enable` brings it back.
          tx.put(switchTable, switchId.capability(id), { enabled: false });
          return { removedCapability: true, removedPolicy };
        }
        return { removedCapability: own, removedPolicy };
      }, 'capabilities.changed');
      return { id, ...removed };
    },

    'capabilities.setEnabled': async ({ id, enabled }, call) => {
      call.note({ capability: id, note: enabled ? 'enabled' : 'disabled' });
      requireKnown(services, id);
      await services.change((tx) => {
        const off = tx.get(switchTable, switchId.capability(id)) !== undefined;
        if (enabled && off) tx.remove(switchTable, switchId.capability(id));
        if (!enabled && !off) tx.put(switchTable, switchId.capability(id), { enabled: false });
      }, 'capabilities.changed');
      return summary(id);
    },
  };
}

/** Who takes away that a person is asked proves to be one: else whoever may not say yes would not need to. */
export async function proveIfAsks(services: Services, capability: string, call: OperatorCall): Promise<void> {
  const asks = services.vault.table(policyTable).get(capability)?.askOperator === true;
  if (asks) await call.prove();
}

/** A capability by id, switched-off ones included. Throws `capability_not_found` with the nearest ids. */
export function requireKnown(services: Services, id: string): Capability {
  const { allCapabilities } = services.catalog();
  const found = allCapabilities.get(id);
  if (found === undefined)
    throw unknownCapability({ suggest: (wanted) => nearest(wanted, allCapabilities.keys()) }, id);
  return found;
}

export function capabilitySummary(services: Services, capability: Capability): CapabilitySummary {
  const catalog = services.catalog();
  const entry = services.registry.capability(capability.id);
  const provider = services.registry.byName(capability.provider);
  const enabled = catalog.isEnabledCapability(capability.id);
  return {
    id: capability.id,
    provider: capability.provider,
    category: provider?.category ?? 'custom',
    summary: entry?.capability.summary ?? 'A capability of your own.',
    effect: capability.effect,
    origin: capability.origin,
    ready: enabled && catalog.backing(capability).length > 0,
    enabled,
    methods: [...capability.methods],
    paths: [...capability.paths],
    hosts: [...capability.hosts],
  };
}

function authOf(services: Services, capability: Capability): Auth | undefined {
  const [credential] = services.catalog().backing(capability);
  const entry = services.registry.capability(capability.id);
  const provider = services.registry.byName(capability.provider);
  return credential?.auth ?? entry?.alternative?.auth ?? provider?.auth;
}
