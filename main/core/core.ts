import type { Dispatch } from '#contract/call.ts';
import { AivaultError, type Result } from '#contract/errors.ts';
import type { EventName, HostEvent } from '#contract/events.ts';
import type { Invoke } from '#contract/proxied.ts';
import type { KeyProviderChoice } from '#contract/schemas/vault.ts';
import { createPresence } from './access/presence.ts';
import { createTokens } from './access/tokens.ts';
import { createCheckpoints } from './audit/checkpoints.ts';
import { createAuditLog } from './audit/log.ts';
import { createConnections, type OpenRedirect } from './broker/oauth/connect.ts';
import { createInvoke } from './broker/pipeline.ts';
import type { EgressSettings } from './broker/ports.ts';
import { createPostForm } from './broker/upstream/post-form.ts';
import { brokerPorts, noHooks } from './broker-ports.ts';
import type { LiveSecrets } from './catalog/live-secret.ts';
import { createReach } from './catalog/reach.ts';
import { type CatalogSnapshot, takeSnapshot } from './catalog/view.ts';
import type { CorePaths } from './core-paths.ts';
import { uuidFrom } from './crypto/random.ts';
import { createDispatch } from './dispatch.ts';
import { internalLog } from './internal-log.ts';
import { allHandlers } from './operations/all-handlers.ts';
import { createAsk } from './operations/ask.ts';
import { examine } from './operations/doctor.ts';
import { createReady } from './operations/first-use.ts';
import { createIdleLock } from './operations/idle-lock.ts';
import type { Connected } from './operations/oauth.ts';
import type { Services } from './operations/services.ts';
import { openSettingsFile } from './operations/settings-file.ts';
import type { HostFacts } from './operations/vault.ts';
import { createCursorSeal } from './paths/cursor-seal.ts';
import { valueTable } from './paths/path-rows.ts';
import { createPathSecrets } from './paths/path-secrets.ts';
import { registry as builtRegistry } from './providers/load.ts';
import { openAuditStore, openRowStore } from './store/database.ts';
import type { Vault } from './vault/ports.ts';
import type { Tx } from './vault/sealed.ts';
import { createSecrets, type Secrets } from './vault/secrets.ts';
import { createUsage } from './vault/usage.ts';
import { createVault } from './vault/vault.ts';

export interface CoreDeps {
  readonly paths: CorePaths;
  /** For the vault that the CLI's first question creates; null: it must be created by name. */
  readonly defaultChoice: KeyProviderChoice | null;
  readonly now: () => number;
  readonly randomBytes: (length: number) => Uint8Array;
  /** For the env key provider only. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly egress: EgressSettings | null;
  readonly developmentHooksSet: boolean;
  readonly version: string;
  /** Asked at call time. */
  readonly hostFacts: () => HostFacts;
  /** Returns at once; the host then closes the core. */
  readonly stop: (graceMs: number) => void;
  readonly paused?: () => boolean;
  readonly setPaused?: (paused: boolean) => void;
  readonly openConsole?: () => Promise<{ readonly baseUrl: string; readonly redirectFile: string }>;
  /** Where a browser comes back to after an OAuth consent; without it no account can be connected. */
  readonly openRedirect?: OpenRedirect;
  /** Takes what must not leave the process. */
  readonly log?: (line: string) => void;
}

export interface Core {
  readonly dispatch: Dispatch;
  readonly invoke: Invoke;
  /** Questions of a personal token: only rows with access `agent`. `input` is read after the token was verified. */
  ask(bearer: string | null, name: string, input: () => unknown): Promise<Result<unknown>>;
  onEvent(listener: (event: HostEvent) => void): () => void;
  close(graceMs: number): Promise<void>;
}

/** Checkpoints are written at unlock, before a lock, and this often while anything happens. */
const checkpointEveryMs = 60_000;

/** The only wiring there is: opens the stores, makes one of everything, connects what must know of each other. */
export async function createCore(deps: CoreDeps): Promise<Core> {
  const { paths, now, randomBytes } = deps;
  const randomId = () => uuidFrom(randomBytes);
  const listeners = new Set<(event: HostEvent) => void>();
  const announce = (event: EventName) => {
    for (const listener of listeners) listener({ event, atMs: now() });
  };

  const auditStore = await openAuditStore(paths.audit);
  const store = await openRowStore(paths.database);
  const audit = createAuditLog({ store: auditStore, now, randomId, appended: () => announce('audit.appended') });
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
    onUnlockFailed: (why, failures) => {
      const note = `${why}, ${failures} in a row`;
      void audit
        .write({ kind: 'vault.unlock', actor: 'host', outcome: 'refused', code: 'vault_locked', note })
        .catch(() => {});
    },
  });
  const secrets = createSecrets({ vault, now, randomBytes });
  const usage = await createUsage({ store, now, flushed: () => announce('usage.changed') });
  const tokens = createTokens({ vault, now, randomBytes });
  const reach = createReach(builtRegistry(), vault, () => vault.facts().open);
  const checkpoints = createCheckpoints(auditStore, () => vault.subkey('audit.checkpoint'));
  const cursors = createCursorSeal(() => vault.subkey('path.cursor'));
  const pathSecrets = createPathSecrets({
    vault,
    cursors,
    now,
    randomBytes,
    namingKey: () => vault.subkey('path.naming'),
  });

  let snapshot: CatalogSnapshot | undefined;
  const stale = () => {
    snapshot = undefined;
    tokens.changed();
    reach.changed();
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

  const settings = openSettingsFile(paths.stateFolder, () => ({
    idleLockMinutes: vault.facts().keyProvider === 'passphrase' ? idleMinutesForPassphrase : null,
    endpointPort: null,
    launchAtLogin: false,
    appearance: 'system',
    globalShortcut: null,
  }));
  const lockNow = async () => {
    const entry = await audit.change('vault.lock', 'host', { note: 'idle' });
    await checkpoints.write();
    vault.lock();
    await entry.close('done', {});
  };
  const idle = createIdleLock({
    now,
    minutes: () => settings.current().idleLockMinutes,
    isOpen: () => vault.facts().open,
    lock: lockNow,
  });

  const beat = setInterval(() => {
    if (vault.facts().open) void checkpoints.write().catch(() => {});
  }, checkpointEveryMs).unref();
  vault.onOpen(() => {
    stale();
    pathSecrets.open();
    void checkpoints.write().catch(() => {});
    idle.restart();
    announce('vault.changed');
  });
  vault.onClose(() => {
    stale();
    pathSecrets.close();
    announce('vault.changed');
  });

  let paused = false;
  const isPaused = deps.paused ?? (() => paused);
  const doctor = {
    services,
    paths,
    hostFacts: deps.hostFacts,
    paused: isPaused,
    developmentHooksSet: deps.developmentHooksSet,
    lastAuditMs: async () => (await auditStore.query({ limit: 1 }))[0]?.tsMs ?? null,
  };
  const broker = createInvoke(brokerPorts({ services, egress: deps.egress, randomId }));
  const invoke: Invoke = (incoming, signal) => {
    idle.active();
    return broker(incoming, signal);
  };
  const connections = createConnections<Connected>({
    post: createPostForm(deps.egress ?? noHooks, now),
    openRedirect: deps.openRedirect ?? noRedirect,
    now,
    randomBytes,
  });
  const handlers = allHandlers({
    services,
    connections,
    reach,
    auditStore,
    checkpoints,
    paths: pathSecrets,
    care: { examine: () => examine(doctor) },
    vault: {
      paths,
      version: deps.version,
      hostFacts: deps.hostFacts,
      paused: isPaused,
      stop: deps.stop,
      developmentHooksSet: deps.developmentHooksSet,
      checkpoints,
      locksAtMs: idle.locksAtMs,
    },
    desk: {
      settings,
      now,
      invoke: () => invoke,
      setPaused:
        deps.setPaused ??
        ((wanted) => {
          paused = wanted;
        }),
      openConsole: deps.openConsole ?? noConsole,
    },
  });
  const dispatch = createDispatch({
    handlers,
    audit,
    ready: createReady(services, deps),
    provePresence: createPresence({
      keyProvider: () => vault.facts().keyProvider,
      checkPassphrase: (passphrase) => vault.checkPresence({ passphrase }),
    }),
    active: idle.active,
    logInternal: internalLog(deps.log, randomId),
  });

  await openUnasked(vault);

  return {
    dispatch,
    invoke,
    ask: createAsk(services, dispatch),
    onEvent(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async close() {
      clearInterval(beat);
      idle.stop();
      connections.close();
      await broker.close();
      await usage.close();
      await audit.flush().catch(() => {});
      if (vault.facts().open) await checkpoints.write().catch(() => {});
      await vault.close();
      await auditStore.close();
      await store.close();
    },
  };
}

const idleMinutesForPassphrase = 15;

/** A vault whose key needs no person opens with its host. What does not open stays locked and says why when asked. */
async function openUnasked(vault: Vault): Promise<void> {
  const { state, needsPerson } = vault.facts();
  if (state === 'locked' && !needsPerson) await vault.unlock({}).catch(() => {});
}

function liveView(secrets: Secrets): LiveSecrets {
  return {
    live: () => secrets.live(),
    liveById(id) {
      const row = secrets.get(id);
      return row === undefined || row.revokedAtMs !== null ? undefined : row;
    },
  };
}

async function noConsole(): Promise<never> {
  throw new AivaultError('invalid_request', 'This host has no console to open.');
}

async function noRedirect(): Promise<never> {
  throw new AivaultError('invalid_request', 'This host cannot receive a browser to connect an account.');
}
