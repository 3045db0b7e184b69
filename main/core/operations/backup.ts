import { AivaultError } from '#contract/errors.ts';
import type { KeyProviderChoice, VaultStatus } from '#contract/schemas/vault.ts';
import { appendAgain } from '../audit/entry.ts';
import type { AuditChain } from '../audit-chain.ts';
import type { CoreHandlers } from '../dispatch.ts';
import type { AuditStore, ChainBase, ChainRow } from '../store/store.ts';
import { requireAbsolute, type Services } from './services.ts';

type BackupRows = 'backup.create' | 'backup.restore';

export interface BackupDeps {
  readonly auditStore: AuditStore;
  readonly defaultChoice: KeyProviderChoice | null;
  readonly developmentHooksSet: boolean;
  readonly status: () => VaultStatus;
  readonly marks: AuditChain['marks'];
}

const page = 2_000;

export function backupHandlers(services: Services, deps: BackupDeps): Pick<CoreHandlers, BackupRows> {
  const { vault } = services;
  return {
    'backup.create': async ({ path: file, passphrase, includeAudit }) => {
      requireAbsolute(file);
      const auditBase = includeAudit ? await deps.auditStore.readBase() : null;
      const audit = {
        ...(includeAudit ? { audit: pagesOf(deps.auditStore, auditBase) } : {}),
        ...(auditBase === null ? {} : { auditBase }),
      };
      const { bytes } = await vault.createBackup({ path: file, passphrase, ...audit });
      return { path: file, bytes, secrets: [...services.secrets.live()].filter((row) => !row.systemManaged).length };
    },

    'backup.restore': async ({ path: file, passphrase, choice }) => {
      requireAbsolute(file);
      const kept: Kept[] = [];
      let base: ChainBase | null = null;
      await vault.restoreBackup({
        path: file,
        passphrase,
        choice: choice ?? deps.defaultChoice ?? { provider: 'file' },
        auditBase: (found) => {
          base = found;
        },
        audit: async (entries) => {
          kept.push(...entries);
        },
      });
      // How many calls it has made since is in no backup: it would have them all again.
      await services.change((tx) => services.tokens.revokeWhere(tx, (token) => token.maxCalls !== null));
      // What the vault remembers of its log is of another one.
      await deps.marks.forget();
      // Their bodies are appended as they were: in an empty log the chain comes out the same, hash for hash, also where it
      // goes on from entries that were retired. The keys that vouch for that are the vault's own and came with it.
      if (base !== null) await deps.auditStore.beginBehind(base);
      for (const { body } of kept) await deps.auditStore.append(appendAgain(body));
      if (deps.developmentHooksSet && !vault.facts().development) {
        vault.lock();
        throw new AivaultError(
          'invalid_request',
          'The vault is restored, but it was not created with development hooks.',
          {
            hint: 'Unset AIVAULT_DEV_… and start the host again.',
          },
        );
      }
      return deps.status();
    },
  };
}

type Kept = Pick<ChainRow, 'seq' | 'tsMs' | 'body'>;

/** The whole chain behind `base`. Throws `version_conflict` where its beginning moved meanwhile: entries would be missing. */
async function* pagesOf(store: AuditStore, base: ChainBase | null): AsyncGenerator<readonly ChainRow[]> {
  for (let after = 0; ; ) {
    const rows = await store.scan(after, page);
    if ((await store.readBase())?.seq !== base?.seq) {
      throw new AivaultError(
        'version_conflict',
        'Old audit entries were retired meanwhile; there is no backup. Try again.',
      );
    }
    if (rows.length === 0) return;
    yield rows;
    after = rows.at(-1)?.seq ?? after;
  }
}
