import { AivaultError } from '#contract/errors.ts';
import type { KeyProvider } from '#contract/schemas/vault.ts';
import type { Header } from './header.ts';
import type { OpenVault } from './open-vault.ts';
import type { VaultBrief, VaultFacts } from './ports.ts';

export interface FactsInput {
  readonly header: Header | null;
  /** Something of a vault is on disk, header or not. */
  readonly remains: boolean;
  readonly open: OpenVault | null;
  readonly rolledBack: boolean;
  readonly noAnchor: boolean;
  readonly anchorFailed: boolean;
  readonly needsPerson: boolean;
  readonly keyTrouble: AivaultError | null;
}

export function vaultBrief(header: Header | null, open: OpenVault | null): VaultBrief {
  return {
    open: open !== null,
    vaultId: header?.vaultId ?? null,
    keyProvider: header?.key.provider ?? null,
    development: header?.development ?? false,
  };
}

/** What may be said of a vault, locked or not. */
export function vaultFacts(input: FactsInput): VaultFacts {
  const { header, open, needsPerson } = input;
  const damaged = open?.damaged() ?? [];
  return {
    ...vaultBrief(header, open),
    state: stateOf(input, damaged.length > 0),
    keyParameters: header?.key.parameters ?? {},
    needsPerson,
    trouble: open === null ? (input.keyTrouble?.toJSON() ?? null) : null,
    fingerprint: header?.fingerprint ?? null,
    damaged,
    warnings: [...warningsOf(input)],
  };
}

function stateOf({ header, remains, open, rolledBack }: FactsInput, damaged: boolean): VaultFacts['state'] {
  if (open !== null) return damaged ? 'degraded' : 'unlocked';
  if (header === null && !remains) return 'missing';
  return rolledBack ? 'rolled_back' : 'locked';
}

/** What a key promises that other programs of this user can come by. */
export const custodyWarnings: Partial<Record<KeyProvider, string>> = {
  file: 'The vault key lies in a file of this user: any program of this user can open the vault and is operator.',
  env: 'The vault key comes from the environment: any program of this user can open the vault and is operator.',
  keychain: 'While the login keychain is unlocked, other programs of this user may be able to read the vault key.',
};
export const anchorUnwritable = 'The anchor against rollback cannot be written.';

function* warningsOf({ header, remains, noAnchor, anchorFailed }: FactsInput): IterableIterator<string> {
  if (header === null && remains) yield 'The vault has lost its header; restore a backup.';
  const custody = header === null ? undefined : custodyWarnings[header.key.provider];
  if (custody !== undefined) yield custody;
  if (noAnchor)
    yield 'No anchor was found, as on a new machine: whether this vault is the newest copy could not be checked.';
  if (anchorFailed) yield anchorUnwritable;
}

/** Why there is nothing to open. */
export function noHeader(remains: boolean): AivaultError {
  if (!remains) return new AivaultError('vault_missing', 'There is no vault yet.', { hint: 'Run: aivault init' });
  return new AivaultError('integrity_error', 'The vault has lost its header, or it is not one this version reads.', {
    hint: 'Restore a backup. A new vault is never made over the remains of an old one.',
  });
}
