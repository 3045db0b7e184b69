import type { Environment } from '#contract/environment.ts';
import type { ErrorBody } from '#contract/errors.ts';
import type { KeyProvider, KeyProviderChoice } from '#contract/schemas/vault.ts';
import type { RandomBytes } from '../crypto/random.ts';
import type { Anchor, UnlockInput } from '../keyring/protector.ts';
import type { ChainBase, ChainRow, RowStore } from '../store/store.ts';
import type { SealedTables, TableSpec } from './sealed.ts';

// What the vault is handed and what it offers; vault.ts makes one.

export interface VaultDeps {
  readonly store: RowStore;
  /** Where the file provider keeps its key unless told otherwise. */
  readonly defaultKeyFile: string;
  /** 0700 folder outside the vault folder, for anchors of providers that have no better place. */
  readonly stateFolder: string;
  /** For the env provider only. */
  readonly environment: Environment;
  readonly now: () => number;
  readonly randomBytes: RandomBytes;
  /** Specs known before unlocking; only `lazy` is looked at. */
  readonly tables?: readonly Pick<TableSpec<unknown>, 'name' | 'lazy'>[];
  /** The newest audit entry, kept in the anchor so that a truncated log is noticed. */
  readonly auditHead?: () => Promise<{ readonly seq: number; readonly hash: Uint8Array }>;
  /** Told of every unlock that was refused, for the audit log. `failures` counts wrong passphrases in a row. */
  readonly onUnlockFailed?: (why: 'passphrase' | 'key' | 'backing_off', failures: number) => void;
}

export interface DamagedRow {
  readonly table: string;
  /** `*` where the ledger itself was changed, so that rows without a name may be missing. */
  readonly id: string;
  readonly reason: string;
}

/** The few facts that every call needs. */
export interface VaultBrief {
  /** True for `unlocked` and `degraded`. */
  readonly open: boolean;
  readonly vaultId: string | null;
  readonly keyProvider: KeyProvider | null;
  /** Authenticated once the vault is open; before that what the header claims. */
  readonly development: boolean;
}

export interface VaultFacts extends VaultBrief {
  /** `degraded`: open, but some rows are damaged (named in `damaged`); everything else works. */
  readonly state: 'missing' | 'locked' | 'unlocked' | 'rolled_back' | 'degraded';
  /** Public settings of the key provider: file path, keychain service and account, variable name. Never key material. */
  readonly keyParameters: Readonly<Record<string, string | number>>;
  /** True where unlocking needs something only a person brings. */
  readonly needsPerson: boolean;
  /** Why a closed vault did not open when it was tried, where a passphrase is not the answer; and what to do. */
  readonly trouble: ErrorBody | null;
  readonly fingerprint: string | null;
  readonly damaged: readonly DamagedRow[];
  readonly warnings: readonly string[];
}

/** What unlocking came to. */
export interface Unlocked {
  /** The database was older than its anchor, and is the newest from now on. */
  readonly rollbackAccepted: boolean;
}

export interface RotateMasterInput {
  /** Another key provider, or a new passphrase. Left out: the same provider with a new key. */
  readonly choice?: KeyProviderChoice;
  /** 32 bytes as base64 or 64 hex digits, for the file and env providers. */
  readonly newKey?: string;
}

export interface BackupInput {
  /** Absolute; must not exist yet. */
  readonly path: string;
  readonly passphrase: string;
  /** Pages of the audit log, oldest first, to be kept in the backup. */
  readonly audit?: AsyncIterable<readonly ChainRow[]>;
  /** What they follow, where older ones were retired. */
  readonly auditBase?: ChainBase;
}

export interface BackupFacts {
  readonly bytes: number;
  readonly rows: number;
}

export interface RestoreInput {
  readonly path: string;
  readonly passphrase: string;
  /** How the restored vault keeps its key. */
  readonly choice: KeyProviderChoice;
  /** Handed the audit entries of the backup, in pages, before the vault is written. */
  readonly audit?: (entries: readonly Pick<ChainRow, 'seq' | 'tsMs' | 'body'>[]) => Promise<void>;
  /** Handed what they follow, before them. */
  readonly auditBase?: (base: ChainBase) => void;
}

/** Re-seals what one row holds under an inner key. Runs inside rotate-master's transaction. */
export type Rewrap = (
  id: string,
  row: unknown,
  keys: { readonly vaultId: string; readonly from: Uint8Array; readonly to: Uint8Array },
) => unknown;

export interface Vault extends SealedTables {
  facts(): VaultFacts;
  /** Part of `facts` without looking through the rows: this is on the path of every call. */
  brief(): VaultBrief;
  /** Creates the vault and leaves it open. Throws `already_exists` wherever anything of a vault is there. */
  init(choice: KeyProviderChoice, options: { readonly development: boolean }): Promise<void>;
  /**
   * Opens the vault; does nothing where it is open. Throws `vault_missing`, `vault_locked` (wrong passphrase, a key
   * that is not there), `rate_limited` (backing off), `integrity_error`, or `rolled_back` unless that is accepted.
   */
  unlock(input: UnlockInput & { readonly acceptRollback?: boolean }): Promise<Unlocked>;
  /** Forgets the keys at once. A change under way still reaches the disk. */
  lock(): void;
  /** A new vault key under a new protector key; everything is re-sealed in one transaction, then the old key removed. */
  rotateMaster(input: RotateMasterInput): Promise<void>;
  /** Whether a person proved presence: true only for the right passphrase of a passphrase vault. Backs off like unlock. */
  checkPresence(proof: { readonly passphrase: string }): Promise<boolean>;
  /** A 32-byte key for one purpose. Stays the same through rotate-master. Throws `vault_locked`. */
  subkey(label: string): Uint8Array;
  /** A 32-byte key that rotate-master replaces: whoever seals with it registers a `Rewrap` for the rows that hold it. */
  innerKey(label: string): Uint8Array;
  onRekey(table: string, label: string, rewrap: Rewrap): void;
  onOpen(listener: () => void): void;
  onClose(listener: () => void): void;
  /** What the anchor said when the vault was opened: the audit log must reach at least that far. Null where none was. */
  anchorAtOpen(): Anchor | null;
  /** Brings the anchor up to date with the newest change and audit head now, instead of within 50 ms. */
  flushAnchor(): Promise<void>;
  /**
   * Gives damaged rows up: they are removed for good and the ledger is made whole. Returns what was given up. The
   * operator's decision, never taken by itself.
   */
  discardDamaged(): Promise<readonly DamagedRow[]>;
  /** Writes the whole vault into one encrypted file with its own passphrase. Rows that are damaged are left out. */
  createBackup(input: BackupInput): Promise<BackupFacts>;
  /** Makes this empty folder the vault of a backup, under a new vault key, all at once; leaves it open. */
  restoreBackup(input: RestoreInput): Promise<void>;
  /** Locks, waits for running changes and the anchor. Does not close the store, which belongs to the caller. */
  close(): Promise<void>;
}
