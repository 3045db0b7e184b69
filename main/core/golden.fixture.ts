import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { openTestCore } from './core.fixture.ts';
import { type FilledIds, fillCore, filled } from './filled-core.fixture.ts';

// Golden vaults: one per released version, made once by that version and never again. Every later version must open
// them (golden.test.ts). To make the one of a new version: node main/core/golden.fixture.ts <version>

export const goldenFolder = fileURLToPath(new URL('./vault/golden/', import.meta.url));
/** Opens the golden vaults, and nothing else anywhere. */
export const goldenKey = '60'.repeat(32);

export interface GoldenFacts {
  readonly ids: Pick<FilledIds, 'openAi' | 'own' | 'bound'>;
  readonly fingerprint: string;
  readonly auditEntries: number;
  readonly rows: Readonly<Record<string, number>>;
}

async function makeGolden(version: string): Promise<void> {
  const folder = join(goldenFolder, version);
  mkdirSync(folder, { recursive: false });
  const core = await openTestCore({
    choice: { provider: 'env', variable: 'AIVAULT_KEY' },
    environment: { AIVAULT_KEY: goldenKey },
    version,
  });
  const { openAi, own, bound } = await fillCore(core);
  const backup = join(core.folder, 'vault.backup');
  await core.ask('backup.create', { path: backup, passphrase: filled.backupPassphrase, includeAudit: true });
  const { fingerprint } = await core.ask('vault.status', {});
  await core.ask('vault.lock', {});
  await core.core.close();
  const db = new DatabaseSync(join(core.folder, 'vault.db'));
  const counts = db.prepare('SELECT tbl, count(*) AS n FROM rows GROUP BY tbl').all();
  db.close();
  const rows = Object.fromEntries(counts.map((row) => [String(row.tbl), Number(row.n)]));
  const log = new DatabaseSync(join(core.folder, 'audit.db'));
  const auditEntries = Number(log.prepare('SELECT max(seq) AS n FROM entries').get()?.n);
  log.close();
  const facts: GoldenFacts = { ids: { openAi, own, bound }, fingerprint: fingerprint ?? '', auditEntries, rows };
  for (const name of ['vault.db', 'audit.db', 'vault.backup']) cpSync(join(core.folder, name), join(folder, name));
  writeFileSync(join(folder, 'facts.json'), `${JSON.stringify(facts, null, 2)}\n`);
  rmSync(core.folder, { recursive: true });
}

const [, program, version] = process.argv;
if (program === fileURLToPath(import.meta.url) && version !== undefined) await makeGolden(version);
