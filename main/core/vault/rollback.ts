import { AivaultError } from '#contract/errors.ts';
import type { Anchor } from '../keyring/protector.ts';
import type { RowStore } from '../store/store.ts';
import type { OpenVault } from './open-vault.ts';

/** How a database stands to its anchor. A newer one is fine: its root proves that the vault itself wrote it. */
export function compareToAnchor(open: OpenVault, anchor: Anchor | null): 'fits' | 'no_anchor' | 'rolled_back' {
  if (anchor === null) return 'no_anchor';
  if (anchor.vaultId !== open.header.vaultId || open.generation < anchor.generation) return 'rolled_back';
  return open.generation === anchor.generation && open.root() !== anchor.root ? 'rolled_back' : 'fits';
}

/**
 * After an accepted rollback, generations go on beyond the newest one that was ever anchored: no row of the history
 * that was given up has a revision that the vault will use again, so the two cannot be mixed.
 */
export async function goPast(anchor: Anchor | null, open: OpenVault, store: RowStore): Promise<void> {
  if (anchor === null || anchor.vaultId !== open.header.vaultId || anchor.generation < open.generation) return;
  const { commit, apply } = open.prepareHeader(open.headerText, anchor.generation + 1);
  await store.commit(commit);
  apply();
}

/** What is said of a vault that is older than its anchor. */
export function rolledBack(): AivaultError {
  return new AivaultError('rolled_back', 'The vault on disk is older than the vault that was last used.', {
    hint: 'If you restored a backup on purpose: aivault unlock --accept-rollback',
  });
}
