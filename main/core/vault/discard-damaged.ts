import type { Commit, LedgerRow } from '../store/store.ts';
import { headerDigest } from './header.ts';
import { Ledger } from './ledger.ts';
import { metaNames, type OpenVault } from './open-vault.ts';
import type { DamagedRow } from './ports.ts';

/**
 * The commit that gives damaged rows up: they are removed, and the sums are made anew over the ledger that is there.
 * Whatever was taken away without leaving a name is accepted as gone.
 */
export function withoutDamage(open: OpenVault, damaged: readonly DamagedRow[]): Commit {
  const generation = open.generation + 1;
  const named = damaged.filter(({ id }) => id !== '*');
  const ledger = new Ledger(open.vaultKey, open.header.vaultId);
  const entries = new Map<string, LedgerRow>();
  const keyOf = (row: { table: string; id: string }): string => JSON.stringify([row.table, row.id]);
  for (const rows of open.ledgerRows.values()) for (const row of rows.values()) entries.set(keyOf(row), row);
  for (const { table, id } of named)
    entries.set(keyOf({ table, id }), { table, id, revision: generation, live: false });
  for (const row of entries.values()) ledger.add(row);
  // Buckets that are empty now must be written as empty, or their old sums would stay.
  const meta = { ...zeroed(open.ledger.toMeta()), ...ledger.toMeta() };
  const root = ledger.root(generation, headerDigest(open.headerText));
  ledger.forget();
  return {
    generation,
    changes: named.map(({ table, id }) => ({ op: 'remove', table, id })),
    meta: { ...meta, [metaNames.root]: root },
  };
}

function zeroed(meta: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.keys(meta).map((name) => [name, '0'.repeat(64)]));
}
