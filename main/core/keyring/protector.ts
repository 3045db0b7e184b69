import type { KeyProvider } from '#contract/schemas/vault.ts';

// Who can open the vault key. One file per protector; all sit protector.conformance.ts.

/** What the vault header keeps about its protector: public, strictly parsed, no key material in the clear. */
export interface WrappedKey {
  readonly provider: KeyProvider;
  /** Protector-specific and public: file path, keychain service and account, KDF parameters and salt. */
  readonly parameters: Readonly<Record<string, string | number>>;
  /** The vault key sealed under the protector's key (XChaCha20-Poly1305), base64. */
  readonly wrapped: string;
}

/** What the person or the environment brings to an unlock. */
export interface UnlockInput {
  readonly passphrase?: string;
}

/** The anchor against rollback, kept where the database is not. */
export interface Anchor {
  readonly vaultId: string;
  readonly generation: number;
  /** Hex root over all table sums at that generation. */
  readonly root: string;
  readonly auditSeq: number;
  readonly auditHash: string;
}

export interface Protector {
  readonly provider: KeyProvider;
  /** True where opening needs something only a person brings. Such vaults start locked. */
  readonly needsPerson: boolean;
  /**
   * Wraps the vault key under a key of its own, made fresh and stored under a new name. An older key stays usable until
   * `discard` is called with its WrappedKey, so a crash between the two leaves a vault that opens.
   */
  wrap(vaultKey: Uint8Array): Promise<WrappedKey>;
  /**
   * Opens the vault key. Throws `vault_locked` (a person is needed, or a wrong passphrase), `integrity_error` (the key
   * is there but does not open this vault), `vault_locked` with a hint where the key cannot be found. Never creates one.
   */
  unwrap(wrapped: WrappedKey, input: UnlockInput): Promise<Uint8Array>;
  discard(wrapped: WrappedKey): Promise<void>;
  /** Null where there is none yet. */
  readAnchor(wrapped: WrappedKey): Promise<Anchor | null>;
  writeAnchor(wrapped: WrappedKey, anchor: Anchor): Promise<void>;
}
