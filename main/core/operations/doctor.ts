import type { DoctorCheck } from '#contract/schemas/host.ts';
import type { CorePaths } from '../core-paths.ts';
import { anchorUnwritable, custodyWarnings } from '../vault/vault-facts.ts';
import { isSynchronised, permissionDrift } from './permissions.ts';
import { type ProxyCheckDeps, proxyCheck } from './proxy-check.ts';
import type { Services } from './services.ts';
import type { HostFacts } from './vault.ts';

export interface DoctorDeps extends ProxyCheckDeps {
  readonly services: Services;
  readonly paths: CorePaths;
  readonly hostFacts: () => HostFacts;
  readonly paused: () => boolean;
  readonly developmentHooksSet: boolean;
  /** When the newest audit entry was written; null where there is none. */
  readonly lastAuditMs: () => Promise<number | null>;
}

const tolerableMs = 5 * 60_000;

/** Looks at everything that can be wrong around an open vault, or where none is yet; each finding says what to do. */
export async function examine(deps: DoctorDeps): Promise<DoctorCheck[]> {
  return [
    ...(await permissions(deps)),
    ...custody(deps),
    endpoint(deps),
    await proxyCheck(deps),
    await clock(deps),
    hooks(deps),
    ...integrity(deps),
    ...(deps.hostFacts().findings ?? []),
  ];
}

async function permissions({ paths, services }: DoctorDeps): Promise<DoctorCheck[]> {
  const key = services.vault.facts().keyParameters.path;
  const drifts = await permissionDrift(paths, typeof key === 'string' ? key : null);
  if (drifts.length > 0) return drifts.map((drift) => ({ id: 'permissions', state: 'broken', ...drift }));
  return [{ id: 'permissions', state: 'ok', text: 'Files are 0600 and folders 0700, yours alone.', next: null }];
}

function custody({ services, paths }: DoctorDeps): DoctorCheck[] {
  const facts = services.vault.facts();
  const copied: DoctorCheck[] = isSynchronised(paths.vaultFolder)
    ? [
        {
          id: 'custody',
          state: 'attention',
          text: 'The vault lies in a folder that is copied to other machines: an older copy may come back, and others hold it.',
          next: 'Move it: set AIVAULT_DIR to a folder that is not synchronised.',
        },
      ]
    : [];
  if (facts.state === 'missing') {
    return [
      ...copied,
      { id: 'custody', state: 'attention', text: 'There is no vault here yet.', next: 'aivault init' },
    ];
  }
  const id = facts.keyProvider === 'keychain' ? 'keychain' : 'custody';
  const nextFor = (text: string): string | null => {
    if (text === anchorUnwritable) return 'Check free space, and who may write where the key and its anchor are kept.';
    const open = facts.keyProvider === 'file' || facts.keyProvider === 'env';
    return open && text === custodyWarnings[facts.keyProvider] ? 'aivault rotate-master --provider passphrase' : null;
  };
  const found: DoctorCheck[] = facts.warnings.map((text) => ({ id, state: 'attention', text, next: nextFor(text) }));
  if (found.length > 0) return [...copied, ...found];
  return [
    ...copied,
    { id: 'custody', state: 'ok', text: `The vault key is kept by: ${facts.keyProvider}.`, next: null },
  ];
}

function endpoint({ hostFacts, paused }: DoctorDeps): DoctorCheck {
  const { endpoint: serving } = hostFacts();
  if (serving === null) {
    return { id: 'endpoint', state: 'attention', text: 'No endpoint is served by this host.', next: 'aivault restart' };
  }
  if (paused())
    return { id: 'endpoint', state: 'attention', text: 'The endpoint is paused.', next: 'Resume it in the window.' };
  return { id: 'endpoint', state: 'ok', text: `The endpoint listens at ${serving.baseUrl}.`, next: null };
}

async function clock({ services, lastAuditMs }: DoctorDeps): Promise<DoctorCheck> {
  const last = await lastAuditMs();
  if (last !== null && last - services.now() > tolerableMs) {
    return {
      id: 'clock',
      state: 'broken',
      text: 'The clock stands before the newest audit entry: tokens would live too long.',
      next: 'Set the clock, then run `aivault doctor` again.',
    };
  }
  return { id: 'clock', state: 'ok', text: 'The clock has not gone back.', next: null };
}

function hooks({ services, developmentHooksSet }: DoctorDeps): DoctorCheck {
  const { development } = services.vault.facts();
  if (!development && !developmentHooksSet)
    return { id: 'hooks', state: 'ok', text: 'No development hooks.', next: null };
  return {
    id: 'hooks',
    state: 'attention',
    text: 'This is a development vault: hooks may bend where requests go.',
    next: 'Keep real keys out of it.',
  };
}

function integrity({ services }: DoctorDeps): DoctorCheck[] {
  const { damaged, open } = services.vault.facts();
  if (!open) return [];
  if (damaged.length === 0) return [{ id: 'integrity', state: 'ok', text: 'No damaged rows.', next: null }];
  return damaged.map(({ table, id, reason }) => ({
    id: 'integrity',
    state: 'broken',
    text: `A row of ${table} does not open (${id}): ${reason}`,
    next: 'Restore a backup, or give the row up: aivault doctor --discard-damaged',
  }));
}
