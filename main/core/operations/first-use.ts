import type { Asker } from '#contract/call.ts';
import { AivaultError, type ErrorBody } from '#contract/errors.ts';
import { type OperationName, operations } from '#contract/operations.ts';
import type { KeyProviderChoice, VaultStatus } from '#contract/schemas/vault.ts';
import type { Services } from './services.ts';
import { createVaultNow, missing } from './vault.ts';

export interface FirstUseDeps {
  /** What a vault gets that is created by being used; null: it must be created by name. */
  readonly defaultChoice: KeyProviderChoice | null;
  readonly developmentHooksSet: boolean;
  /** There was a vault whose database is gone: an empty one in its place would hide that. */
  readonly lostVault: boolean;
}

export const goneText = 'There was a vault here, and its database is gone.';

/** Whether the log says that a vault was made or restored here. */
export async function knowsOfVault(audit: Pick<Services['audit'], 'list'>): Promise<boolean> {
  for (const kind of ['vault.init', 'backup.restore']) {
    if ((await audit.list({ kind, outcome: 'done', limit: 1 })).length > 0) return true;
  }
  return false;
}

/** What would put a vault where one is: over a locked one it says how to start anew. */
const makesVault = new Set<OperationName>(['vault.init', 'backup.restore']);

/**
 * Makes sure the vault is as a row needs it. Where there is none, the CLI's first question creates it with the default
 * key provider; the window and the console ask the person first. A locked vault is never opened here.
 */
export function createReady(services: Services, { defaultChoice, developmentHooksSet, lostVault }: FirstUseDeps) {
  let creating: Promise<void> | undefined;
  const create = async (choice: KeyProviderChoice) => {
    const entry = await services.audit.change('vault.init', 'host', { note: 'first use' });
    await createVaultNow(services, developmentHooksSet, choice);
    await entry.close('done', {});
  };

  return async (name: OperationName, { actor }: Asker): Promise<void> => {
    const needs = operations[name].vault;
    const needsOpen = needs === 'unlocked';
    const fromCli = actor.kind === 'operator' && actor.via === 'cli';
    if (services.vault.facts().state === 'missing' && fromCli && (needsOpen || name === 'vault.status')) {
      if (lostVault && needsOpen) throw gone();
      if (defaultChoice !== null && !lostVault) {
        creating ??= create(defaultChoice).finally(() => {
          creating = undefined;
        });
        await creating;
      }
    }
    if (needs === 'any' || services.vault.brief().open) return;
    const { state, trouble } = services.vault.facts();
    if (state === 'missing' && !needsOpen) return;
    if (state === 'locked' && makesVault.has(name)) throw occupied();
    throw trouble !== null && actor.kind === 'operator' ? didNotOpen(trouble) : closed(state);
  };
}

function gone(): AivaultError {
  return new AivaultError('vault_missing', goneText, {
    hint: 'Put vault.db back, or restore a backup. To begin with an empty vault all the same: `aivault init`.',
  });
}

function occupied(): AivaultError {
  return new AivaultError('vault_locked', 'There is a vault here already, and it is locked; it was not touched.', {
    hint: 'Unlock it with `aivault unlock`. To start anew without it: `aivault shutdown`, then move its folder away (`aivault status` says where it is).',
  });
}

/** Where it is known why unlocking failed, the operator is told that; it may name a file, so a token is not. */
function didNotOpen({ error, message, hint }: ErrorBody): AivaultError {
  const unlock = '`aivault unlock`';
  return new AivaultError(error, message, { hint: hint === undefined ? `Try ${unlock}.` : `${hint} Then: ${unlock}` });
}

/** Why a vault that is not open cannot be asked. */
function closed(state: VaultStatus['state']): AivaultError {
  if (state === 'missing') return missing();
  if (state === 'rolled_back') {
    return new AivaultError('rolled_back', 'The vault on disk is older than it was last seen.', {
      hint: 'If you restored it yourself, run `aivault unlock --accept-rollback`; otherwise restore a newer copy.',
    });
  }
  return new AivaultError('vault_locked', 'The vault is locked.', { hint: 'Unlock it with `aivault unlock`.' });
}
