import { AivaultError } from '#contract/errors.ts';
import type { KeyProviderChoice } from '#contract/schemas/vault.ts';
import { wipe } from '../crypto/bytes.ts';
import { deriveSubkey } from '../crypto/hkdf.ts';
import type { RandomBytes } from '../crypto/random.ts';
import type { Protector, WrappedKey } from '../keyring/protector.ts';
import type { Protectors } from '../keyring/protectors.ts';
import type { Change, RowStore } from '../store/store.ts';
import { headerDigest, makeHeader } from './header.ts';
import { Ledger } from './ledger.ts';
import { metaNames, type OpenVault } from './open-vault.ts';
import type { Rewrap, RotateMasterInput } from './ports.ts';
import { rowKeyOf, sealRow } from './sealed-rows.ts';
import { inSlices } from './slices.ts';

// A new vault key. The order makes every crash harmless: first the new protector key is stored under a name of its own,
// then one transaction replaces the header and re-seals every row, then the old protector key is removed (or at the
// next unlock: the header remembers it). Before the transaction the old key opens the vault, after it the new one.

export interface RekeyedTable {
  readonly table: string;
  readonly label: string;
  readonly rewrap: Rewrap;
}

export interface RekeyPorts {
  readonly store: RowStore;
  readonly protectors: Protectors;
  readonly randomBytes: RandomBytes;
  readonly rewraps: readonly RekeyedTable[];
}

export interface Rekeyed {
  readonly vaultKey: Uint8Array;
  readonly generation: number;
  /** Who holds the new protector key. */
  readonly protector: Protector;
}

/** Commits the re-sealed vault. Throws `integrity_error` while rows are damaged: re-sealing would hide that. */
export async function rekey(old: OpenVault, input: RotateMasterInput, ports: RekeyPorts): Promise<Rekeyed> {
  if (old.damaged().length > 0) {
    throw new AivaultError(
      'integrity_error',
      'The vault has damaged rows; its key is not changed before they are dealt with.',
      {
        hint: 'Restore a backup, or give the damaged rows up.',
      },
    );
  }
  const current = old.header.key;
  const choice = input.choice ?? sameProvider(current);
  const protector = ports.protectors.chosen(choice, {
    current,
    ...(input.newKey === undefined ? {} : { newKey: input.newKey }),
  });
  const vaultKey = ports.randomBytes(32);
  const key = await protector.wrap(vaultKey);
  try {
    const { vaultId, createdAtMs, development } = old.header;
    const seed = old.seedCopy();
    const headerText = JSON.stringify(
      makeHeader({ vaultId, createdAtMs, development }, { vaultKey, seed }, key, current),
    );
    wipe(seed);
    const generation = old.generation + 1;
    const { changes, ledger } = await reseal(old, vaultKey, generation, ports.rewraps);
    if (old.forgotten) throw new AivaultError('vault_locked', 'The vault was locked meanwhile; its key is unchanged.');
    const root = ledger.root(generation, headerDigest(headerText));
    const meta = { ...ledger.toMeta(), [metaNames.header]: headerText, [metaNames.root]: root };
    await ports.store.commit({ generation, changes, meta });
    ledger.forget();
    return { vaultKey, generation, protector };
  } catch (error) {
    wipe(vaultKey);
    throw error;
  }
}

/** Removes the key that re-keying replaced, and then what the header says about it. A crash leaves it to the next unlock. */
export async function retireOldKey(open: OpenVault, protectors: Protectors, store: RowStore): Promise<void> {
  const { retired } = open.header;
  if (retired === null || open.forgotten) return;
  try {
    await protectors.of(retired.provider).discard(retired);
    const { commit, apply } = open.prepareHeader(JSON.stringify({ ...open.header, retired: null }));
    await store.commit(commit);
    apply();
  } catch {
    // The old key opens nothing any more. The header remembers it, and the next unlock tries again.
  }
}

/** Every row under the new key, as revisions of the new generation, and the ledger that goes with them. */
async function reseal(
  old: OpenVault,
  vaultKey: Uint8Array,
  generation: number,
  rewraps: readonly RekeyedTable[],
): Promise<{ changes: Change[]; ledger: Ledger }> {
  const { vaultId } = old.header;
  const rowKey = rowKeyOf(vaultKey);
  const ledger = new Ledger(vaultKey, vaultId);
  const changes: Change[] = [];
  for (const [table, index] of old.tables()) {
    const inner = rewraps
      .filter((entry) => entry.table === table)
      .map(({ label, rewrap }) => ({
        rewrap,
        from: old.innerKey(label),
        to: deriveSubkey(vaultKey, `inner ${label}`),
      }));
    let size = 0;
    const resealOne = ([id, plain]: readonly [string, unknown]): void => {
      const row = inner.reduce((value, { rewrap, from, to }) => rewrap(id, value, { vaultId, from, to }), plain);
      const sealed = sealRow(rowKey, JSON.stringify(row), { vaultId, table, id, revision: generation });
      size = sealed.length;
      changes.push({ op: 'put', table, id, sealed });
      ledger.add({ table, id, revision: generation, live: true });
    };
    await inSlices(index.plainRows(), resealOne, () => size);
    for (const { from, to } of inner) wipe(from, to);
  }
  // What was removed long ago keeps its entry, under the new key.
  for (const rows of old.ledgerRows.values()) await inSlices(rows.values(), (row) => row.live || ledger.add(row));
  wipe(rowKey);
  return { changes, ledger };
}

function sameProvider({ provider, parameters }: WrappedKey): KeyProviderChoice {
  switch (provider) {
    case 'file':
      return { provider, path: String(parameters.path) };
    case 'env':
      return { provider, variable: String(parameters.variable) };
    case 'keychain':
      return { provider, service: String(parameters.service), account: accountStem(String(parameters.account)) };
    case 'passphrase':
      throw new AivaultError('invalid_request', 'A new passphrase is needed.');
  }
}

/** Without the suffix that makes every wrap a new item. */
function accountStem(account: string): string {
  return account.replace(/-[0-9a-f]{12}$/, '');
}
