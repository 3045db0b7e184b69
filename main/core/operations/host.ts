import type { DoctorCheck } from '#contract/schemas/host.ts';
import type { VaultStatus } from '#contract/schemas/vault.ts';
import type { CoreHandlers } from '../dispatch.ts';
import type { Services } from './services.ts';
import type { SettingsStore } from './settings.ts';

type HostRows =
  | 'host.doctor'
  | 'settings.show'
  | 'settings.set'
  | 'settings.setProxy'
  | 'settings.setAuditKeepDays'
  | 'endpoint.setPaused'
  | 'console.open';

export interface HostHandlersDeps {
  readonly settings: SettingsStore;
  readonly examine: () => Promise<DoctorCheck[]>;
  /** Settings that act at once are looked at again. */
  readonly applied: () => void;
  /** No connection that stands is used for later calls. */
  readonly rerouted: () => void;
  readonly setPaused: (paused: boolean) => void;
  readonly openConsole: () => Promise<{ readonly baseUrl: string; readonly redirectFile: string }>;
  readonly status: () => VaultStatus;
}

/** Handlers about the host itself; `host.shutdown` is with the vault, which it locks. */
export function hostHandlers(services: Services, deps: HostHandlersDeps): Pick<CoreHandlers, HostRows> {
  return {
    'settings.show': async () => deps.settings.current(),

    'settings.set': async (part, call) => {
      call.note({ note: Object.keys(part).sort().join(', ') });
      const settings = await deps.settings.change(part);
      deps.applied();
      services.announce('settings.changed');
      return settings;
    },

    'settings.setProxy': async ({ upstreamProxy }, call) => {
      // A proxy has no password here, so the log may say where calls go from now on.
      call.note({ note: upstreamProxy });
      const settings = await deps.settings.change({ upstreamProxy });
      deps.rerouted();
      services.announce('settings.changed');
      return settings;
    },

    'settings.setAuditKeepDays': async ({ auditKeepDays }, call) => {
      call.note({ note: auditKeepDays === null ? 'for ever' : `${auditKeepDays} days` });
      const settings = await deps.settings.change({ auditKeepDays });
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

    'console.open': () => deps.openConsole(),
  };
}
