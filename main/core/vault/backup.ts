import { z } from 'zod';
import { AivaultError } from '#contract/errors.ts';
import { fromBase64, fromUtf8, toBase64, utf8, wipe } from '../crypto/bytes.ts';
import { deriveSubkey } from '../crypto/hkdf.ts';
import type { RandomBytes } from '../crypto/random.ts';
import type { Protector } from '../keyring/protector.ts';
import type { ChainBase, Change, Commit } from '../store/store.ts';
import { readBackupFile, writeBackupFile } from './backup-file.ts';
import { headerDigest, makeHeader } from './header.ts';
import { Ledger } from './ledger.ts';
import { metaNames, type OpenVault } from './open-vault.ts';
import type { BackupFacts, BackupInput, RestoreInput } from './ports.ts';
import type { RekeyedTable } from './rotate.ts';
import { rowKeyOf, sealRow } from './sealed-rows.ts';

// What a backup holds: who the vault is, its keys, its rows opened (their values still sealed under data keys), and on
// request the audit log. All of it only inside the file's own encryption. Restoring seals everything anew under a fresh
// vault key; no key of the machine the backup came from is needed, and none of them opens the restored vault.

const pageBytes = 128 * 1024;
const record = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('vault'),
    vaultId: z.uuid(),
    createdAtMs: z.int().nonnegative(),
    development: z.boolean(),
    generation: z.int().positive(),
    vaultKey: z.base64(),
    seed: z.base64(),
  }),
  z.strictObject({ kind: z.literal('rows'), rows: z.array(z.tuple([z.string(), z.string(), z.unknown()])) }),
  // Only where older entries were retired: without it a backup is what earlier versions wrote and read.
  z.strictObject({
    kind: z.literal('audit-base'),
    seq: z.int().positive(),
    hash: z.base64(),
    retiredAtMs: z.int().nonnegative(),
    mac: z.base64(),
  }),
  z.strictObject({ kind: z.literal('audit'), entries: z.array(z.tuple([z.int(), z.int(), z.string()])) }),
]);
type BackupRecord = z.output<typeof record>;

/**
 * Writes the whole vault, and the audit chain where it is given, into one new encrypted file. An existing file is never
 * replaced: throws `already_exists`.
 */
export async function createBackup(
  vault: OpenVault,
  input: BackupInput,
  deps: { readonly now: () => number; readonly randomBytes: RandomBytes },
): Promise<BackupFacts> {
  const { path, passphrase } = input;
  let rows = 0;
  const records = async function* (): AsyncGenerator<Uint8Array> {
    for await (const each of recordsOf(vault, input)) {
      if (each.kind === 'rows') rows += each.rows.length;
      yield utf8(JSON.stringify(each));
    }
  };
  const file = { path, passphrase, createdAtMs: deps.now(), randomBytes: deps.randomBytes };
  const bytes = await writeBackupFile(file, records());
  return { bytes, rows };
}

async function* recordsOf(
  vault: OpenVault,
  { audit, auditBase }: Pick<BackupInput, 'audit' | 'auditBase'>,
): AsyncGenerator<BackupRecord> {
  const { vaultId, createdAtMs, development } = vault.header;
  const seed = vault.seedCopy();
  const keys = { vaultKey: toBase64(vault.vaultKey), seed: toBase64(seed) };
  wipe(seed);
  yield { kind: 'vault', vaultId, createdAtMs, development, generation: vault.generation, ...keys };
  let page: [string, string, unknown][] = [];
  let size = 0;
  for (const [table, index] of vault.tables()) {
    for (const [id, plain] of index.plainRows('skip')) {
      page.push([table, id, plain]);
      size += JSON.stringify(plain).length;
      if (size < pageBytes) continue;
      yield { kind: 'rows', rows: page };
      [page, size] = [[], 0];
      if (vault.forgotten)
        throw new AivaultError('vault_locked', 'The vault was locked meanwhile; there is no backup.');
    }
  }
  yield { kind: 'rows', rows: page };
  if (auditBase !== undefined) {
    const { seq, hash, retiredAtMs, mac } = auditBase;
    yield { kind: 'audit-base', seq, hash: toBase64(hash), retiredAtMs, mac: toBase64(mac) };
  }
  for await (const entries of audit ?? []) {
    yield { kind: 'audit', entries: entries.map(({ seq, tsMs, body }): [number, number, string] => [seq, tsMs, body]) };
  }
}

export interface RestoreDeps {
  readonly protector: Protector;
  readonly randomBytes: RandomBytes;
  readonly rewraps: readonly RekeyedTable[];
}

/** Reads the whole backup and prepares the one commit that makes an empty store this vault. Writes nothing itself. */
export async function prepareRestore(
  input: RestoreInput,
  deps: RestoreDeps,
): Promise<{ readonly commit: Commit; readonly vaultKey: Uint8Array }> {
  const restoring = new Restoring(deps);
  try {
    for await (const bytes of readBackupFile(input.path, input.passphrase)) {
      const each = parseRecord(bytes);
      if (each.kind === 'vault') await restoring.begin(each);
      else if (each.kind === 'rows') restoring.add(each.rows);
      else if (each.kind === 'audit-base') input.auditBase?.(baseFrom(each));
      else await input.audit?.(each.entries.map(([seq, tsMs, body]) => ({ seq, tsMs, body })));
    }
    return restoring.finish();
  } finally {
    restoring.forget();
  }
}

type Keys = { readonly vaultKey: Uint8Array; readonly seed: Uint8Array };

class Restoring {
  readonly #deps: RestoreDeps;
  readonly #vaultKey: Uint8Array;
  readonly #changes: Change[] = [];
  #from: (Extract<BackupRecord, { kind: 'vault' }> & { readonly keys: Keys }) | null = null;
  #ledger: Ledger | null = null;
  #generation = 0;
  #wrapped: Awaited<ReturnType<Protector['wrap']>> | null = null;

  constructor(deps: RestoreDeps) {
    this.#deps = deps;
    this.#vaultKey = deps.randomBytes(32);
  }

  async begin(facts: Extract<BackupRecord, { kind: 'vault' }>): Promise<void> {
    if (this.#from !== null) throw damaged();
    const keys = { vaultKey: keyBytes(facts.vaultKey), seed: keyBytes(facts.seed) };
    const { protector } = this.#deps;
    this.#from = { ...facts, keys };
    this.#wrapped = await protector.wrap(this.#vaultKey);
    this.#ledger = new Ledger(this.#vaultKey, facts.vaultId);
    // Beyond everything this vault ever was, so that no older copy of it passes for newer than the restored one.
    const anchor = await protector.readAnchor(this.#wrapped);
    this.#generation = 1 + Math.max(facts.generation, anchor?.vaultId === facts.vaultId ? anchor.generation : 0);
  }

  add(rows: readonly (readonly [string, string, unknown])[]): void {
    const [from, ledger] = [this.#from, this.#ledger];
    if (from === null || ledger === null) throw damaged();
    const rowKey = rowKeyOf(this.#vaultKey);
    for (const [table, id, plain] of rows) {
      const row = this.#rewrapped(table, id, plain, from);
      const place = { vaultId: from.vaultId, table, id, revision: this.#generation };
      this.#changes.push({ op: 'put', table, id, sealed: sealRow(rowKey, JSON.stringify(row), place) });
      ledger.add({ table, id, revision: this.#generation, live: true });
    }
    wipe(rowKey);
  }

  #rewrapped(table: string, id: string, plain: unknown, { vaultId, keys }: { vaultId: string; keys: Keys }): unknown {
    const own = this.#deps.rewraps.filter((entry) => entry.table === table);
    return own.reduce((row, { label, rewrap }) => {
      const [from, to] = [inner(keys.vaultKey, label), inner(this.#vaultKey, label)];
      return rewrap(id, row, { vaultId, from, to });
    }, plain);
  }

  finish(): { readonly commit: Commit; readonly vaultKey: Uint8Array } {
    const [from, ledger, wrapped, generation] = [this.#from, this.#ledger, this.#wrapped, this.#generation];
    if (from === null || ledger === null || wrapped === null) throw damaged();
    const { vaultId, createdAtMs, development, keys } = from;
    const facts = { vaultId, createdAtMs, development };
    const header = JSON.stringify(makeHeader(facts, { vaultKey: this.#vaultKey, seed: keys.seed }, wrapped, null));
    const root = ledger.root(generation, headerDigest(header));
    const meta = { ...ledger.toMeta(), [metaNames.header]: header, [metaNames.root]: root };
    return { commit: { generation, after: 0, changes: this.#changes, meta }, vaultKey: this.#vaultKey.slice() };
  }

  forget(): void {
    wipe(this.#vaultKey);
    if (this.#from !== null) wipe(this.#from.keys.vaultKey, this.#from.keys.seed);
    this.#ledger?.forget();
  }
}

function inner(vaultKey: Uint8Array, label: string): Uint8Array {
  return deriveSubkey(vaultKey, `inner ${label}`);
}

function parseRecord(bytes: Uint8Array): BackupRecord {
  try {
    return record.parse(JSON.parse(fromUtf8(bytes)));
  } catch (cause) {
    throw damaged(cause);
  }
}

function baseFrom({ seq, hash, retiredAtMs, mac }: Extract<BackupRecord, { kind: 'audit-base' }>): ChainBase {
  return { seq, hash: keyBytes(hash), retiredAtMs, mac: keyBytes(mac) };
}

function keyBytes(text: string): Uint8Array {
  const key = fromBase64(text);
  if (key?.length !== 32) throw damaged();
  return key;
}

function damaged(cause?: unknown): AivaultError {
  return new AivaultError('integrity_error', 'The backup does not hold what a backup holds.', { cause });
}
