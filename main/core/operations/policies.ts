import { AivaultError } from '#contract/errors.ts';
import type { Policy } from '#contract/schemas/catalog.ts';
import { createBlocklist } from '../broker/redact/blocklist.ts';
import { bindingId } from '../catalog/binding-id.ts';
import { bindingSummary, planBinding } from '../catalog/bindings.ts';
import { noPolicy } from '../catalog/capability-facts.ts';
import { bindingTable, policyTable } from '../catalog/rows.ts';
import type { CoreHandlers } from '../dispatch.ts';
import { scopeContext } from '../policy/context.ts';
import { proveIfAsks, requireKnown } from './capabilities.ts';
import { liveSecret, type Services } from './services.ts';

type Rows = 'policies.set' | 'policies.show' | 'policies.clear' | 'bindings.set' | 'bindings.remove' | 'bindings.list';

export function policyHandlers(services: Services): Pick<CoreHandlers, Rows> {
  const answer = (capabilityId: string) => ({ capabilityId, policy: requireKnown(services, capabilityId).policy });

  return {
    'policies.set': async ({ capability, ...limits }, call) => {
      call.note({ capability });
      requireKnown(services, capability);
      if (limits.askOperator === false) await proveIfAsks(services, capability, call);
      if (limits.responseBodyBlocklist !== undefined) createBlocklist(limits.responseBodyBlocklist, '');
      await services.change((tx) => {
        const before = tx.get(policyTable, capability) ?? noPolicy;
        const given = Object.fromEntries(Object.entries(limits).filter(([, value]) => value !== undefined));
        tx.put(policyTable, capability, { ...before, ...given } as Policy);
      }, 'capabilities.changed');
      return answer(capability);
    },

    'policies.show': async ({ capability }) => answer(capability),

    'policies.clear': async ({ capability }, call) => {
      call.note({ capability });
      requireKnown(services, capability);
      await proveIfAsks(services, capability, call);
      await services.change((tx) => {
        if (tx.get(policyTable, capability) !== undefined) tx.remove(policyTable, capability);
      }, 'capabilities.changed');
      return answer(capability);
    },

    'bindings.set': async ({ capability, scope, consumer, secretRef }, call) => {
      call.note({ capability, scope, secretId: secretRef, ...(consumer === undefined ? {} : { consumer }) });
      const row = await services.change(
        (tx) => {
          const secret = liveSecret(services.secrets, secretRef);
          const wish = { capability, scope, consumer: consumer ?? null };
          const planned = planBinding(wish, secret, services.catalog(), services.registry, services.now());
          if (planned.hosts !== null && secret.pinnedProvider === null) {
            const fixed = secret.hosts;
            if (fixed.length > 0 && planned.hosts.some((host) => !fixed.includes(host))) {
              throw new AivaultError('policy_violation', 'This secret is fixed to the hosts of its first credential.', {
                hint: 'Create a credential for the new host; that asks for the value again.',
              });
            }
            services.secrets.setHosts(tx, secretRef, fixed.length > 0 ? fixed : [...planned.hosts]);
          }
          services.reach.remember(tx, planned.row.capability.split('/', 1)[0] ?? '');
          tx.put(bindingTable, bindingId(capability, scope, wish.consumer), planned.row);
          return planned.row;
        },
        'capabilities.changed',
        'secrets.changed',
      );
      return bindingSummary(row);
    },

    'bindings.remove': async ({ capability, scope, consumer }, call) => {
      call.note({ capability, scope });
      const id = bindingId(capability, scope, consumer ?? null);
      const removed = await services.change((tx) => {
        if (tx.get(bindingTable, id) === undefined) return false;
        tx.remove(bindingTable, id);
        return true;
      }, 'capabilities.changed');
      return { removed };
    },

    'bindings.list': async (filter) => ({
      bindings: [...services.vault.table(bindingTable).entries()]
        .map(([, row]) => row)
        .filter((row) => {
          const { workspaceId, groupId } = scopeContext(row.scope);
          const kind = groupId !== undefined ? 'group' : workspaceId !== undefined ? 'workspace' : 'global';
          return (
            (filter.capability === undefined || filter.capability === row.capability) &&
            (filter.scope === undefined || filter.scope === kind) &&
            (filter.workspaceId === undefined || filter.workspaceId === workspaceId) &&
            (filter.groupId === undefined || filter.groupId === groupId) &&
            (filter.consumer === undefined || filter.consumer === row.consumer)
          );
        })
        .sort((a, b) => (a.capability < b.capability ? -1 : 1))
        .map(bindingSummary),
    }),
  };
}
