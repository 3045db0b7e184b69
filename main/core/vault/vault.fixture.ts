import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { KeyProviderChoice } from '#contract/schemas/vault.ts';
import { systemRandom } from '../crypto/random.ts';
import { passphraseProtector } from '../keyring/passphrase.ts';
import { type Protectors, systemProtectors } from '../keyring/protectors.ts';
import { openRowStore } from '../store/database.ts';
import type { RowStore } from '../store/store.ts';
import type { Vault, VaultDeps } from './ports.ts';
import { createSecrets, type Secrets } from './secrets.ts';
import { createVault } from './vault.ts';

// For tests: a vault in a temporary folder that can be closed, tampered with as a file, and opened again.

export interface OpenedVault {
  readonly vault: Vault;
  readonly secrets: Secrets;
  readonly store: RowStore;
}

export class TempVault {
  readonly folder = mkdtempSync(join(tmpdir(), 'aivault-vault-'));
  readonly file = join(this.folder, 'vault', 'vault.db');
  readonly clock = { ms: 1_800_000_000_000 };
  readonly environment: Record<string, string | undefined> = {};
  #opened: OpenedVault | null = null;

  /** As a host does when it starts; not unlocked. */
  async open(
    more: Partial<VaultDeps> = {},
    wrapStore: (store: RowStore) => RowStore = (store) => store,
  ): Promise<OpenedVault> {
    const store = wrapStore(more.store ?? (await openRowStore(this.file)));
    const now = (): number => this.clock.ms;
    const deps: VaultDeps = {
      defaultKeyFile: join(this.folder, 'keys', 'kek.key'),
      stateFolder: join(this.folder, 'state'),
      environment: this.environment,
      now,
      randomBytes: systemRandom,
      ...more,
      store,
    };
    const vault = await createVault(deps, withLightPassphrase(deps));
    const secrets = createSecrets({ vault, now, randomBytes: systemRandom });
    this.#opened = { vault, secrets, store };
    return this.#opened;
  }

  async create(choice: KeyProviderChoice = { provider: 'file' }, more: Partial<VaultDeps> = {}): Promise<OpenedVault> {
    const opened = await this.open(more);
    await opened.vault.init(choice, { development: false });
    return opened;
  }

  /** Closes and opens again, unlocked with what is given. */
  async reopen(input: Parameters<Vault['unlock']>[0] = {}, more: Partial<VaultDeps> = {}): Promise<OpenedVault> {
    await this.close();
    const opened = await this.open(more);
    await opened.vault.unlock(input);
    return opened;
  }

  /** Locks, writes the anchor, closes the store. */
  async close(): Promise<void> {
    const opened = this.#opened;
    this.#opened = null;
    await opened?.vault.close();
    await opened?.store.close();
  }

  /** Edits the closed database as an attacker with its file would. */
  edit(work: (db: DatabaseSync) => void): void {
    const db = new DatabaseSync(this.file, { defensive: false });
    work(db);
    db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    db.close();
  }

  async remove(): Promise<void> {
    await this.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** The real protectors, but new passphrases cost the least that is still accepted when a header is read. */
function withLightPassphrase(deps: VaultDeps): Protectors {
  const real = systemProtectors(deps);
  const cost = { memoryKiB: 19 * 1024, passes: 2, lanes: 1 };
  return {
    ...real,
    chosen: (choice, rekey) =>
      choice.provider === 'passphrase'
        ? passphraseProtector({ ...deps, passphrase: choice.passphrase, cost })
        : real.chosen(choice, rekey),
  };
}

/** Runs a test body with a temporary vault that is gone afterwards. */
export async function withTempVault(body: (temp: TempVault) => Promise<void>): Promise<void> {
  const temp = new TempVault();
  try {
    await body(temp);
  } finally {
    await temp.remove();
  }
}
