import { AivaultError } from '#contract/errors.ts';
import type { EventName, HostEvent } from '#contract/events.ts';
import { createTokens } from './access/tokens.ts';
import { type Approvals, createApprovals } from './approvals/approvals.ts';
import { createAuditLog } from './audit/log.ts';
import { type AuditChain, createAuditChain } from './audit-chain.ts';
import { changedBecause } from './broker-ports.ts';
import type { LiveSecrets } from './catalog/live-secret.ts';
import { createReach } from './catalog/reach.ts';
import { type CatalogSnapshot, takeSnapshot } from './catalog/view.ts';
import type { CoreDeps } from './core-deps.ts';
import { uuidFrom } from './crypto/random.ts';
import { goneText, knowsOfVault } from './operations/first-use.ts';
import { createIdleLock, type IdleLock } from './operations/idle-lock.ts';
import { permissionDrift } from './operations/permissions.ts';
import { intactSecret, type Services } from './operations/services.ts';
import { createSettings, type SettingsStore } from './operations/settings.ts';
import { openSettingsFile } from './operations/settings-file.ts';
import { createCursorSeal } from './paths/cursor-seal.ts';
import type { CursorSeal } from './paths/path-cursor.ts';
import { valueTable } from './paths/path-rows.ts';
import { createPathSecrets, type PathSecrets } from './paths/path-secrets.ts';
import { registry as builtRegistry } from './providers/load.ts';
import { openAuditStore, openRowStore } from './store/database.ts';
import type { AuditStore } from './store/store.ts';
import type { Tx } from './vault/sealed.ts';
import { createSecrets, type Secrets } from './vault/secrets.ts';
import { createUsage } from './vault/usage.ts';
import { createVault } from './vault/vault.ts';

/** Everything that lives as long as the core and knows of the vault. */
export interface CoreServices {
  readonly services: Services;
  readonly approvals: Approvals;
  readonly auditStore: AuditStore;
  readonly chain: AuditChain;
  readonly pathSecrets: PathSecrets;
  /** One seal for the pages of path secrets and of their log. */
  readonly cursors: CursorSeal;
  readonly settings: SettingsStore;
  readonly idle: IdleLock;
  readonly randomId: () => string;
  /** Files others could reach when the host started, in sentences. */
  readonly startWarnings: readonly string[];
  /** The log knows of a vault here, and its database was gone at the start. */
  readonly lostVault: boolean;
  onEvent(listener: (event: HostEvent) => void): () => void;
  /** Opens a vault whose key needs no person. What does not open stays locked and says why when asked. */
  openUnasked(): Promise<void>;
  close(): Promise<void>;
}

/** Checkpoints are written at unlock, before a lock, and this often while anything happens. */
const checkpointEveryMs = 60_000;
const idleMinutesForPassphrase = 15;

/** Opens both databases and makes one of everything above them. The vault is not opened here. */
export async function openServices(deps: CoreDeps): Promise<CoreServices> {
  const { paths, now, randomBytes } = deps;
  const start = uuidFrom(randomBytes);
  let made = 0;
  // Unique is enough: it names this run in the audit log, and what the host's own log refers to.
  const randomId = () => `${start}-${(made++).toString(36)}`;
  const listeners = new Set<(event: HostEvent) => void>();
  const announce = (event: EventName) => {
    for (const listener of listeners) {
      try {
        listener({ event, atMs: now() });
      } catch {
        // A listener's trouble is its own: what was announced has happened.
      }
    }
  };

  // Before anything is opened: opening may put right what a person should hear of.
  const drifts = await permissionDrift(paths, paths.defaultKeyFile);
  const startWarnings = [...(deps.putRight ?? []), ...drifts.map(({ text }) => text)].map(
    (text) => `At start: ${text}`,
  );
  const auditStore = await openAuditStore(paths.audit);
  const store = await openRowStore(paths.database);
  const appended = () => announce('audit.appended');
  const audit = createAuditLog({ store: auditStore, now, randomId, appended });
  await audit.recover();

  const vault = await createVault({
    store,
    defaultKeyFile: paths.defaultKeyFile,
    stateFolder: paths.stateFolder,
    environment: deps.environment,
    now,
    randomBytes,
    tables: [valueTable],
    auditHead: () => auditStore.head(),
  });
  const lostVault = vault.facts().state === 'missing' && (await knowsOfVault(audit));
  if (lostVault) startWarnings.push(`At start: ${goneText}`);
  const secrets = createSecrets({ vault, now, randomBytes });
  const usage = await createUsage({ store, now, flushed: () => announce('usage.changed') });
  const tokens = createTokens({ vault, now, randomBytes });
  const reach = createReach(deps.registry ?? builtRegistry(), vault, () => vault.brief().open);
  const chain = createAuditChain({
    store: auditStore,
    audit,
    vault,
    now,
    appended,
    keepDays: () => settings.current().auditKeepDays,
  });
  const { checkpoints } = chain;
  const cursors = createCursorSeal(() => vault.subkey('path.cursor'));
  const pathSecrets = createPathSecrets({
    vault,
    cursors,
    usage,
    now,
    randomBytes,
    namingKey: () => vault.subkey('path.naming'),
  });

  let snapshot: CatalogSnapshot | undefined;
  const stale = () => {
    snapshot = undefined;
    settings.stale();
    tokens.changed();
    approvals.changed();
  };
  const services: Services = {
    vault,
    secrets,
    usage,
    tokens,
    audit,
    now,
    reach,
    announce,
    changed() {
      reach.changed();
      stale();
    },
    get registry() {
      return reach.registry();
    },
    catalog() {
      snapshot ??= takeSnapshot({ registry: reach.registry(), vault, secrets: liveView(secrets) });
      return snapshot;
    },
    async change<R>(body: (tx: Tx) => R, ...events: EventName[]): Promise<R> {
      try {
        return await vault.change(body);
      } finally {
        stale();
        for (const event of events) announce(event);
      }
    },
  };

  const approvals = createApprovals({
    now,
    randomBytes,
    announce: () => announce('approvals.changed'),
    ended: (about) => changedBecause(services, about),
    tokenName: (tokenId) => tokens.get(tokenId)?.name ?? null,
  });

  const settings = createSettings({
    file: openSettingsFile(paths.stateFolder),
    table: (spec) => (vault.brief().open ? vault.table(spec) : null),
    change: (body) => services.change(body),
    fallback: () => ({
      idleLockMinutes: vault.brief().keyProvider === 'passphrase' ? idleMinutesForPassphrase : null,
      endpointPort: null,
      pathRequestsPerMinute: null,
      upstreamProxy: 'none',
      auditKeepDays: null,
      launchAtLogin: false,
      appearance: 'system',
      globalShortcut: null,
    }),
  });
  const lockNow = async () => {
    const entry = await audit.change('vault.lock', 'host', { note: 'idle' });
    await checkpoints.write();
    vault.lock();
    await entry.close('done', {});
  };
  const idle = createIdleLock({
    now,
    minutes: () => settings.current().idleLockMinutes,
    isOpen: () => vault.brief().open,
    lock: lockNow,
    lockAtOnce: () => {
      vault.lock();
      void audit.write({ kind: 'vault.lock', actor: 'host', outcome: 'done', note: 'idle' }).catch(() => {});
    },
  });

  const beat = setInterval(() => {
    if (vault.brief().open) void chain.beat();
  }, checkpointEveryMs).unref();
  vault.onOpen(() => {
    reach.changed();
    stale();
    pathSecrets.open();
    void checkpoints.write().catch(() => {});
    void chain.retirement.finish();
    idle.restart();
    announce('vault.changed');
  });
  vault.onClose(() => {
    approvals.forget();
    reach.changed();
    stale();
    pathSecrets.close();
    announce('vault.changed');
  });

  return {
    services,
    approvals,
    auditStore,
    chain,
    pathSecrets,
    cursors,
    settings,
    idle,
    randomId,
    startWarnings,
    lostVault,
    onEvent(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async openUnasked() {
      const { state, needsPerson } = vault.facts();
      if (state !== 'locked' || needsPerson) return;
      try {
        await vault.unlock({});
      } catch (error) {
        const code = error instanceof AivaultError ? error.code : 'internal';
        await audit.write({ kind: 'vault.unlock', actor: 'host', outcome: 'refused', code });
      }
    },
    async close() {
      clearInterval(beat);
      idle.stop();
      await usage.close();
      await audit.flush().catch(() => {});
      if (vault.brief().open) await checkpoints.write().catch(() => {});
      await vault.close();
      await auditStore.close();
      await store.close();
    },
  };
}

function liveView(secrets: Secrets): LiveSecrets {
  return {
    live: () => secrets.live(),
    liveById(id) {
      const row = intactSecret(secrets, id);
      return row === undefined || row.revokedAtMs !== null ? undefined : row;
    },
  };
}
