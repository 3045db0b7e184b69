import type { DoctorCheck } from '#contract/schemas/host.ts';
import type { VaultStatus } from '#contract/schemas/vault.ts';
import type { CoreHandlers } from '../dispatch.ts';
import { providerFormOf } from './provider-form.ts';
import type { Services } from './services.ts';
import type { SettingsFile } from './settings-file.ts';
import { type TryDeps, tryCapability } from './try-capability.ts';

type DeskRows =
  | 'providers.list'
  | 'settings.show'
  | 'settings.set'
  | 'endpoint.setPaused'
  | 'host.doctor'
  | 'capabilities.try'
  | 'console.open';

export interface DeskDeps extends TryDeps {
  readonly settings: SettingsFile;
  readonly examine: () => Promise<DoctorCheck[]>;
  /** Settings that act at once are looked at again. */
  readonly applied: () => void;
  readonly setPaused: (paused: boolean) => void;
  readonly openConsole: () => Promise<{ readonly baseUrl: string; readonly redirectFile: string }>;
  readonly status: () => VaultStatus;
}

export function deskHandlers(services: Services, deps: DeskDeps): Pick<CoreHandlers, DeskRows> {
  return {
    'providers.list': async () => ({ providers: services.registry.providers.map(providerFormOf) }),

    'settings.show': async () => deps.settings.current(),

    'settings.set': async (part, call) => {
      call.note({ note: Object.keys(part).sort().join(', ') });
      const settings = await deps.settings.change(part);
      deps.applied();
      services.announce('settings.changed');
      return settings;
    },

    'endpoint.setPaused': async ({ paused }, call) => {
      call.note({ note: paused ? 'paused' : 'resumed' });
      deps.setPaused(paused);
      services.announce('endpoint.changed');
      return deps.status();
    },

    'host.doctor': async () => ({ checks: await deps.examine() }),

    'capabilities.try': (input, call) => tryCapability(deps, input, call),

    'console.open': () => deps.openConsole(),
  };
}
