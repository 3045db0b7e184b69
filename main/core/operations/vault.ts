import { AivaultError } from '#contract/errors.ts';
import type { DoctorCheck, Settings } from '#contract/schemas/host.ts';
import type { KeyProviderChoice, VaultStatus } from '#contract/schemas/vault.ts';
import type { Checkpoints } from '../audit/checkpoints.ts';
import type { CoreHandlers } from '../dispatch.ts';
import type { Services } from './services.ts';

type VaultRows =
  | 'vault.discardDamaged'
  | 'vault.status'
  | 'vault.init'
  | 'vault.unlock'
  | 'vault.lock'
  | 'vault.rotateMaster'
  | 'host.shutdown';

export interface HostFacts {
  readonly endpoint: { readonly baseUrl: string; readonly paused?: boolean } | null;
  readonly socket: string | null;
  readonly pid: number;
  readonly desktop: boolean;
  /** What the program around the host found wrong with its surroundings. */
  readonly findings?: readonly DoctorCheck[];
}

export interface VaultHandlersDeps {
  readonly paths: { readonly vaultFolder: string; readonly database: string; readonly audit: string };
  readonly version: string;
  readonly hostFacts: () => HostFacts;
  readonly paused: () => boolean;
  readonly stop: (graceMs: number) => void;
  readonly developmentHooksSet: boolean;
  readonly checkpoints: Checkpoints;
  readonly locksAtMs: () => number | null;
  readonly settings: () => Settings;
  /** What was wrong when the host started, in sentences. */
  readonly startWarnings: readonly string[];
}

export function vaultHandlers(services: Services, deps: VaultHandlersDeps): Pick<CoreHandlers, VaultRows> {
  const { vault } = services;
  const status = () => statusOf(services, deps);

  return {
    'vault.status': async () => status(),

    'vault.init': async ({ choice }) => {
      await createVaultNow(services, deps.developmentHooksSet, choice);
      return status();
    },

    'vault.unlock': async (input, call) => {
      const { passphrase, acceptRollback } = input;
      if (vault.facts().state === 'missing') throw missing();
      // An open vault stays open, but a wrong passphrase is not called right for that.
      const { open, needsPerson } = vault.facts();
      if (open && needsPerson && passphrase !== undefined && !(await vault.checkPresence({ passphrase }))) {
        throw new AivaultError('presence_required', 'The passphrase is not right. The vault was open, and stays so.');
      }
      const unlocked = await vault.unlock({ acceptRollback, ...(passphrase === undefined ? {} : { passphrase }) });
      if (unlocked.rollbackAccepted) call.note({ note: 'rollback accepted' });
      return status();
    },

    'vault.lock': async () => {
      if (vault.facts().open) {
        // What cannot be written down is not worth an open vault.
        await deps.checkpoints.write().catch(() => undefined);
        await services.usage.flush().catch(() => undefined);
        vault.lock();
      }
      return status();
    },

    'vault.rotateMaster': async ({ choice, newKey }) => {
      await vault.rotateMaster({
        ...(choice === undefined ? {} : { choice }),
        ...(newKey === undefined ? {} : { newKey }),
      });
      services.changed();
      services.announce('vault.changed');
      return status();
    },

    'vault.discardDamaged': async (_input, call) => {
      const gone = await vault.discardDamaged();
      call.note({
        note: gone
          .map(({ table, id }) => `${table}/${id}`)
          .join(' ')
          .slice(0, 2_000),
      });
      services.changed();
      services.announce('vault.changed');
      return { discarded: gone.map(({ table, id, reason }) => ({ table, id, reason })) };
    },

    'host.shutdown': async ({ graceMs }) => {
      // The answer leaves first; the host then finishes what runs.
      setTimeout(() => deps.stop(graceMs), 10).unref();
      return { stopping: true, pid: deps.hostFacts().pid };
    },
  };
}

/** Creates the vault and leaves it open. Throws `already_exists` where there is one. */
export async function createVaultNow(
  services: Services,
  development: boolean,
  choice: KeyProviderChoice,
): Promise<void> {
  if (services.vault.facts().state !== 'missing') {
    throw new AivaultError('already_exists', 'There is a vault here already; it was not touched.', {
      hint: `To change how its key is kept: aivault rotate-master --provider ${choice.provider}. For another vault set AIVAULT_DIR.`,
    });
  }
  await services.vault.init(choice, { development });
}

export function missing(): AivaultError {
  return new AivaultError('vault_missing', 'There is no vault here yet.', { hint: 'Create one with `aivault init`.' });
}

/** What the host may say of its vault, locked or not. */
export function statusOf(services: Services, deps: VaultHandlersDeps): VaultStatus {
  const facts = services.vault.facts();
  const host = deps.hostFacts();
  const keyPath = facts.keyParameters.path;
  const { appearance, launchAtLogin, globalShortcut } = deps.settings();
  return {
    state: facts.state,
    keyProvider: facts.keyProvider,
    fingerprint: facts.fingerprint,
    paths: {
      vault: deps.paths.vaultFolder,
      database: deps.paths.database,
      audit: deps.paths.audit,
      key: typeof keyPath === 'string' ? keyPath : null,
      socket: host.socket,
    },
    endpoint: host.endpoint === null ? null : { baseUrl: host.endpoint.baseUrl, paused: deps.paused() },
    development: facts.development,
    version: deps.version,
    warnings: [...facts.warnings, ...deps.startWarnings],
    trouble: facts.trouble,
    damaged: facts.damaged.map(({ table, id, reason }) => ({ table, id, reason })),
    counts: facts.open ? countsOf(services) : null,
    locksAtMs: deps.locksAtMs(),
    pid: host.pid,
    desktop: host.desktop,
    window: { appearance, launchAtLogin, globalShortcut },
  };
}

function countsOf(services: Services) {
  const catalog = services.catalog();
  let capabilitiesReady = 0;
  for (const capability of catalog.allCapabilities.values()) {
    if (catalog.isEnabledCapability(capability.id) && catalog.backing(capability).length > 0) capabilitiesReady += 1;
  }
  let secrets = 0;
  for (const row of services.secrets.live()) if (!row.systemManaged) secrets += 1;
  return {
    secrets,
    credentials: catalog.allCredentials.size,
    capabilitiesReady,
    tokens: services.tokens.list(false).length,
  };
}
