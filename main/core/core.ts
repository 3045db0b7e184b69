import type { Ask, Dispatch } from '#contract/call.ts';
import { AivaultError } from '#contract/errors.ts';
import type { HostEvent } from '#contract/events.ts';
import type { Connect, Invoke } from '#contract/proxied.ts';
import { createPresence } from './access/presence.ts';
import { createConnections } from './broker/oauth/connect.ts';
import { createInvoke } from './broker/pipeline.ts';
import { createPostForm } from './broker/upstream/post-form.ts';
import { createProxyRoute } from './broker/upstream/proxy-route.ts';
import { brokerPorts, noHooks } from './broker-ports.ts';
import type { CoreDeps } from './core-deps.ts';
import { openServices } from './core-services.ts';
import { createDispatch } from './dispatch.ts';
import { internalLog } from './internal-log.ts';
import { allHandlers } from './operations/all-handlers.ts';
import { createAsk } from './operations/ask.ts';
import { examine } from './operations/doctor.ts';
import { createReady } from './operations/first-use.ts';
import type { Connected } from './operations/oauth.ts';
import { createRateLimiter } from './policy/limits.ts';

export interface Core {
  readonly dispatch: Dispatch;
  readonly invoke: Invoke;
  /** The same stages for a WebSocket. */
  readonly connect: Connect;
  /** Questions of a personal token: only rows with access `agent`. `input` is read after the token was verified. */
  readonly ask: Ask;
  onEvent(listener: (event: HostEvent) => void): () => void;
  /** Writes down that the endpoint turned away a web page, or somebody who came by a name that is not ours. */
  readonly turnedAway: () => void;
  /** Loads what the first call needs, before it comes. */
  warm(): Promise<void>;
  /** The port the operator has set for the endpoint; null where none is. */
  endpointPort(): number | null;
  /** Breaks off what still runs, writes it down and closes the vault. */
  close(): Promise<void>;
}

/** The only wiring there is: services below, the operator's dispatch and the broker above. */
export async function createCore(deps: CoreDeps): Promise<Core> {
  const { paths, now } = deps;
  const opened = await openServices(deps);
  const { services, approvals, auditStore, settings, idle, randomId, chain } = opened;
  const { vault } = services;

  let paused = false;
  const isPaused = deps.paused ?? (() => paused);
  const doctor = {
    services,
    paths,
    hostFacts: deps.hostFacts,
    paused: isPaused,
    developmentHooksSet: deps.developmentHooksSet,
    environment: deps.environment,
    upstreamProxy: () => settings.current().upstreamProxy,
    lastAuditMs: async () => (await auditStore.query({ limit: 1 }))[0]?.tsMs ?? null,
  };
  const proxyFor = createProxyRoute(() => settings.current().upstreamProxy, deps.environment);
  const broker = createInvoke(
    brokerPorts({
      services,
      approvals,
      egress: deps.egress,
      proxyFor,
      stopwatch: () => performance.now(),
      active: idle.active,
      report: internalLog(deps.log, randomId),
    }),
  );
  // Finds out that the idle time is over; only who proves a token starts it anew.
  const invoke: Invoke = (incoming, signal) => {
    idle.active(false);
    return broker(incoming, signal);
  };
  const connect: Connect = (incoming, signal) => {
    idle.active(false);
    return broker.connect(incoming, signal);
  };
  const connections = createConnections<Connected>({
    post: createPostForm(deps.egress ?? noHooks, proxyFor, now),
    openRedirect: deps.openRedirect ?? noRedirect,
    now,
    randomBytes: deps.randomBytes,
  });
  // A sign-in that is under way could no longer be asked about or stopped, and nothing may be stored any more.
  vault.onClose(connections.close);
  const handlers = allHandlers({
    services,
    approvals,
    connections,
    auditStore,
    chain,
    paths: opened.pathSecrets,
    cursors: opened.cursors,
    backup: deps,
    trial: { invoke: () => invoke, now },
    vault: {
      paths,
      version: deps.version,
      hostFacts: deps.hostFacts,
      paused: isPaused,
      stop: deps.stop,
      developmentHooksSet: deps.developmentHooksSet,
      checkpoints: chain.checkpoints,
      locksAtMs: idle.locksAtMs,
      settings: settings.current,
      startWarnings: opened.startWarnings,
    },
    host: {
      settings,
      examine: () => examine(doctor),
      applied: idle.restart,
      rerouted: broker.rerouted,
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
    audit: services.audit,
    ready: createReady(services, { ...deps, lostVault: opened.lostVault }),
    provePresence: createPresence({
      keyProvider: () => vault.brief().keyProvider,
      checkPassphrase: (passphrase) => vault.checkPresence({ passphrase }),
    }),
    active: idle.active,
    logInternal: internalLog(deps.log, randomId),
  });

  await opened.openUnasked();

  return {
    dispatch,
    invoke,
    connect,
    ask: createAsk({
      services,
      dispatch,
      limiter: createRateLimiter(),
      perMinute: () => settings.current().pathRequestsPerMinute,
      now,
    }),
    onEvent: opened.onEvent,
    warm: broker.warm,
    endpointPort: () => settings.current().endpointPort,
    // It is refused either way; an unwritable log cannot make that less true.
    turnedAway: () =>
      void services.audit.recorder.refused('stranger', { code: 'origin_refused' }).catch(() => undefined),
    async close() {
      connections.close();
      await broker.close();
      await opened.close();
    },
  };
}

const noConsole = cannot('This host has no console to open.');
const noRedirect = cannot('This host cannot receive a browser to connect an account.');

function cannot(sentence: string): () => Promise<never> {
  return async () => {
    throw new AivaultError('invalid_request', sentence);
  };
}
