import type { GroupAttachment, Scope } from '#contract/schemas/scope.ts';
import type { SecretMetadata } from '#contract/schemas/secrets.ts';
import type { RandomBytes } from '../crypto/random.ts';
import type { Vault } from './ports.ts';
import type { Tx } from './sealed.ts';
import type { SecretMaterial } from './secret-material.ts';
import type { SecretRow } from './secret-row.ts';

export interface NewSecret {
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly scope: Scope;
  /** Copied, never kept: the caller wipes its own. */
  readonly value: Uint8Array;
  readonly pinnedProvider: string | null;
  readonly hosts: readonly string[];
  readonly systemManaged?: boolean;
}

export interface Secrets {
  /** Throws `already_exists` where the name or an alias is taken in that scope. */
  insert(tx: Tx, secret: NewSecret): SecretRow;
  rename(tx: Tx, secretId: string, name: string): SecretRow;
  setAliases(tx: Tx, secretId: string, aliases: readonly string[]): SecretRow;
  /** A new value under a fresh data key; `valueVersion` grows by one. */
  rotate(tx: Tx, secretId: string, value: Uint8Array): SecretRow;
  /** The same without a new version: for values the broker itself refreshes (OAuth tokens). */
  replaceValue(tx: Tx, secretId: string, value: Uint8Array): SecretRow;
  /** Leaves a tombstone without ciphertext. Deleting again is fine. */
  remove(tx: Tx, secretId: string): SecretRow;
  attach(tx: Tx, secretId: string, group: GroupAttachment): SecretRow;
  detach(tx: Tx, secretId: string, group: GroupAttachment): SecretRow;
  /** Fixes or changes where an unpinned secret may be sent. */
  setHosts(tx: Tx, secretId: string, hosts: readonly string[]): SecretRow;
  /** Secrets that are not deleted, in the order they were stored. */
  live(): IterableIterator<SecretRow>;
  /** Deleted ones included (`revokedAtMs` set). */
  get(secretId: string): SecretRow | undefined;
  /** By name or alias, exactly this scope, not deleted. */
  findByName(name: string, scope: Scope): SecretRow | undefined;
  /** The plain value; whoever asks wipes it. Throws `credential_not_found` where the secret is gone. */
  reveal(secretId: string): SecretMaterial;
  /** Compares in constant time. */
  valueEquals(secretId: string, value: Uint8Array): boolean;
  metadata(row: SecretRow, usage: { readonly lastUsedAtMs: number | null }): SecretMetadata;
}

export interface SecretsDeps {
  readonly vault: Vault;
  readonly now: () => number;
  readonly randomBytes: RandomBytes;
}
