import { AivaultError } from '#contract/errors.ts';
import type { GroupAttachment, Scope } from '#contract/schemas/scope.ts';
import type { SecretMetadata } from '#contract/schemas/secrets.ts';
import { equalBytes, toHex, wipe } from '../crypto/bytes.ts';
import { mac } from '../crypto/hkdf.ts';
import { type RandomBytes, uuidFrom } from '../crypto/random.ts';
import type { Vault } from './ports.ts';
import type { ReadTable, Tx } from './sealed.ts';
import { SecretMaterial } from './secret-material.ts';
import { NameIndex, requireFree, tidyAliases } from './secret-names.ts';
import { type SecretRow, secretsTable } from './secret-row.ts';
import {
  dataKeyLabel,
  rewrapValue,
  type SealedValue,
  sealValue,
  UnwrappedValue,
  type ValuePlace,
} from './secret-value.ts';
import { damagedError } from './table-index.ts';
import { UnwrappedValues } from './unwrapped-values.ts';

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

/** The secrets of a vault. Registers what re-keying must re-seal. */
export function createSecrets(deps: SecretsDeps): Secrets {
  const { vault } = deps;
  vault.onRekey(secretsTable.name, dataKeyLabel, (_, plain, { vaultId, from, to }) => {
    const row = plain as SecretRow;
    return row.value === null ? row : { ...row, value: rewrapValue(row.value, from, to, { ...row, vaultId }) };
  });
  return new StoredSecrets(deps);
}

class StoredSecrets implements Secrets {
  readonly #deps: SecretsDeps;
  readonly #unwrapped = new UnwrappedValues();
  #nameIndex: NameIndex | null = null;

  constructor(deps: SecretsDeps) {
    this.#deps = deps;
    deps.vault.onClose(() => this.#forgetAll());
  }

  insert(tx: Tx, secret: NewSecret): SecretRow {
    const { vault, now, randomBytes } = this.#deps;
    const aliases = tidyAliases(secret.aliases ?? [], secret.name);
    this.#requireFree(tx, [secret.name, ...aliases], secret.scope, null);
    const place = {
      secretId: uuidFrom(randomBytes),
      scope: secret.scope,
      pinnedProvider: secret.pinnedProvider,
      valueVersion: 1,
    };
    const nowMs = now();
    return this.#put(tx, {
      ...place,
      name: secret.name,
      aliases,
      systemManaged: secret.systemManaged ?? false,
      createdAtMs: nowMs,
      updatedAtMs: nowMs,
      revokedAtMs: null,
      attachedGroups: [],
      fingerprint: this.#fingerprint(secret.value),
      hosts: [...secret.hosts],
      value: sealValue(vault.innerKey(dataKeyLabel), secret.value, placeOf(vault, place), randomBytes),
    });
  }

  rename(tx: Tx, secretId: string, name: string): SecretRow {
    const row = this.#live(tx, secretId);
    this.#requireFree(tx, [name], row.scope, secretId);
    return this.#put(tx, { ...row, name, aliases: tidyAliases(row.aliases, name), updatedAtMs: this.#deps.now() });
  }

  setAliases(tx: Tx, secretId: string, aliases: readonly string[]): SecretRow {
    const row = this.#live(tx, secretId);
    const tidy = tidyAliases(aliases, row.name);
    this.#requireFree(tx, tidy, row.scope, secretId);
    return this.#put(tx, { ...row, aliases: tidy, updatedAtMs: this.#deps.now() });
  }

  rotate(tx: Tx, secretId: string, value: Uint8Array): SecretRow {
    const row = this.#live(tx, secretId);
    return this.#withValue(tx, { ...row, valueVersion: row.valueVersion + 1 }, value);
  }

  replaceValue(tx: Tx, secretId: string, value: Uint8Array): SecretRow {
    return this.#withValue(tx, this.#live(tx, secretId), value);
  }

  remove(tx: Tx, secretId: string): SecretRow {
    const row = this.#known(tx, secretId);
    if (row.revokedAtMs !== null) return row;
    const nowMs = this.#deps.now();
    const gone = { value: null, aliases: [], attachedGroups: [], hosts: [], fingerprint: '0'.repeat(16) };
    return this.#put(tx, { ...row, ...gone, revokedAtMs: nowMs, updatedAtMs: nowMs });
  }

  attach(tx: Tx, secretId: string, group: GroupAttachment): SecretRow {
    const row = this.#live(tx, secretId);
    if (row.attachedGroups.some((other) => sameGroup(other, group))) return row;
    return this.#put(tx, { ...row, attachedGroups: [...row.attachedGroups, group], updatedAtMs: this.#deps.now() });
  }

  detach(tx: Tx, secretId: string, group: GroupAttachment): SecretRow {
    const row = this.#live(tx, secretId);
    const attachedGroups = row.attachedGroups.filter((other) => !sameGroup(other, group));
    if (attachedGroups.length === row.attachedGroups.length) return row;
    return this.#put(tx, { ...row, attachedGroups, updatedAtMs: this.#deps.now() });
  }

  setHosts(tx: Tx, secretId: string, hosts: readonly string[]): SecretRow {
    const row = this.#live(tx, secretId);
    if (row.pinnedProvider !== null) {
      throw new AivaultError('policy_violation', 'A pinned secret goes where its provider says, and nowhere else.');
    }
    return this.#put(tx, { ...row, hosts: [...hosts], updatedAtMs: this.#deps.now() });
  }

  *live(): IterableIterator<SecretRow> {
    for (const [, row] of this.#table().entries()) if (row.revokedAtMs === null) yield row;
  }

  get(secretId: string): SecretRow | undefined {
    return this.#table().get(secretId);
  }

  findByName(name: string, scope: Scope): SecretRow | undefined {
    return this.#names().find(name, scope, (secretId) => intact(() => this.get(secretId)));
  }

  reveal(secretId: string): SecretMaterial {
    const row = this.get(secretId);
    const sealed = row?.value ?? null;
    if (row === undefined || sealed === null) {
      throw new AivaultError('credential_not_found', 'The secret of this credential was deleted.');
    }
    try {
      const value = this.#unwrapped.of(row, () => this.#unwrap(row, sealed));
      return new SecretMaterial(secretId, row.valueVersion, value.open());
    } catch (cause) {
      throw damagedError(secretsTable.name, secretId, 'its value does not open', cause);
    }
  }

  #unwrap(row: SecretRow, value: SealedValue): UnwrappedValue {
    const { vault } = this.#deps;
    const innerKey = vault.innerKey(dataKeyLabel);
    try {
      return new UnwrappedValue(innerKey, value, placeOf(vault, row));
    } finally {
      wipe(innerKey);
    }
  }

  #forgetAll(): void {
    this.#unwrapped.forgetAll();
    this.#nameIndex = null;
  }

  valueEquals(secretId: string, value: Uint8Array): boolean {
    const material = this.reveal(secretId);
    try {
      return material.use((bytes) => equalBytes(bytes, value));
    } finally {
      material.wipe();
    }
  }

  metadata(row: SecretRow, { lastUsedAtMs }: { readonly lastUsedAtMs: number | null }): SecretMetadata {
    const { value: _, pinnedProvider, aliases, attachedGroups, hosts, ...rest } = row;
    const lists = { aliases: [...aliases], attachedGroups: [...attachedGroups], hosts: [...hosts] };
    return { ...rest, ...lists, lastUsedAtMs, ...(pinnedProvider === null ? {} : { pinnedProvider }) };
  }

  #withValue(tx: Tx, row: SecretRow, value: Uint8Array): SecretRow {
    const { vault, now, randomBytes } = this.#deps;
    return this.#put(tx, {
      ...row,
      updatedAtMs: now(),
      fingerprint: this.#fingerprint(value),
      value: sealValue(vault.innerKey(dataKeyLabel), value, placeOf(vault, row), randomBytes),
    });
  }

  #put(tx: Tx, row: SecretRow): SecretRow {
    // What is about to change need not stay unwrapped: whoever reveals it again unwraps what is there then.
    this.#unwrapped.forget(row.secretId);
    tx.put(secretsTable, row.secretId, row);
    this.#names().add(row);
    return row;
  }

  #requireFree(tx: Tx, names: readonly string[], scope: Scope, ownId: string | null): void {
    const index = this.#names();
    const get = (secretId: string) => intact(() => tx.get(secretsTable, secretId));
    requireFree(names, scope, ownId, (name, where) => index.find(name, where, get));
  }

  /** Made when first needed after an unlock, over deleted secrets too: a change may be taken back, a hint need not be. */
  #names(): NameIndex {
    if (this.#nameIndex === null) {
      const rows = [...this.#table().entries()].map(([, row]) => row);
      this.#nameIndex = new NameIndex(rows);
    }
    return this.#nameIndex;
  }

  #known(tx: Tx, secretId: string): SecretRow {
    const row = tx.get(secretsTable, secretId);
    if (row === undefined) throw new AivaultError('not_found', 'There is no such secret.');
    return row;
  }

  #live(tx: Tx, secretId: string): SecretRow {
    const row = this.#known(tx, secretId);
    if (row.revokedAtMs !== null) throw new AivaultError('not_found', 'This secret was deleted.');
    return row;
  }

  #fingerprint(value: Uint8Array): string {
    return toHex(mac(this.#deps.vault.subkey('secret fingerprints'), value)).slice(0, 16);
  }

  #table(): ReadTable<SecretRow> {
    return this.#deps.vault.table(secretsTable);
  }
}

/** What was read; undefined where the row is damaged, which then neither answers to a name nor keeps one taken. */
export function intact(read: () => SecretRow | undefined): SecretRow | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof AivaultError && error.code === 'integrity_error') return undefined;
    throw error;
  }
}

function placeOf(vault: Vault, row: Omit<ValuePlace, 'vaultId'>): ValuePlace {
  const { secretId, valueVersion, scope, pinnedProvider } = row;
  return { vaultId: vault.brief().vaultId!, secretId, valueVersion, scope, pinnedProvider };
}

function sameGroup(a: GroupAttachment, b: GroupAttachment): boolean {
  return a.workspaceId === b.workspaceId && a.groupId === b.groupId;
}
