import type { CoreHandlers } from '../dispatch.ts';
import { providerFormOf } from './provider-form.ts';
import type { Services } from './services.ts';

type RegistryRows = 'providers.list' | 'registry.review' | 'registry.accept';

export function registryHandlers(services: Services): Pick<CoreHandlers, RegistryRows> {
  const { reach } = services;
  return {
    'providers.list': async () => ({ providers: services.registry.providers.map(providerFormOf) }),

    'registry.review': async () => ({ changes: reach.held() }),

    'registry.accept': async ({ provider }, call) => {
      const accepted = reach.held().filter((change) => provider === undefined || change.provider === provider);
      call.note({ note: [...new Set(accepted.map((change) => change.provider))].join(', ') });
      await services.change((tx) => reach.accept(tx, provider), 'capabilities.changed', 'credentials.changed');
      return { accepted };
    },
  };
}
