import { AivaultError } from '#contract/errors.ts';
import { wipe } from '../crypto/bytes.ts';
import { type RandomBytes, uuidFrom } from '../crypto/random.ts';
import type { Protector } from '../keyring/protector.ts';
import type { Commit, RowStore } from '../store/store.ts';
import { makeHeader } from './header.ts';
import { Ledger } from './ledger.ts';
import { metaNames, OpenVault } from './open-vault.ts';

/** An empty vault, open in memory, and the commit that puts it on disk. Its key is with the protector already. */
export async function newVault(
  protector: Protector,
  development: boolean,
  deps: { readonly now: () => number; readonly randomBytes: RandomBytes; readonly lazy: ReadonlySet<string> },
): Promise<{ readonly open: OpenVault; readonly commit: Commit }> {
  const vaultKey = deps.randomBytes(32);
  const seed = deps.randomBytes(32);
  const key = await protector.wrap(vaultKey);
  const facts = { vaultId: uuidFrom(deps.randomBytes), createdAtMs: deps.now(), development };
  const header = JSON.stringify(makeHeader(facts, { vaultKey, seed }, key, null));
  wipe(seed);
  const open = new OpenVault(vaultKey, header, new Ledger(vaultKey, facts.vaultId), 1, deps.lazy);
  const meta = { [metaNames.header]: header, [metaNames.root]: open.root() };
  return { open, commit: { generation: 1, changes: [], meta } };
}

const otherwise = {
  init: 'To change how its key is kept: aivault rotate-master',
  restore: 'Stop the host with `aivault shutdown` and move the vault folder away, or set AIVAULT_DIR to an empty one.',
} as const;

/** Throws `already_exists` wherever anything of a vault is on disk, damaged or not, and says what to do instead. */
export async function requireNoVault(store: RowStore, wanted: keyof typeof otherwise): Promise<void> {
  const { generation, meta } = await store.readMeta();
  if (generation === 0 && meta[metaNames.header] === undefined) return;
  throw new AivaultError('already_exists', 'There is a vault here already.', { hint: otherwise[wanted] });
}
