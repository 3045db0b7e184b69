import { chmodSync, lstatSync, readdirSync } from 'node:fs';
import path from 'node:path';
import type { Dispatch } from '#contract/call.ts';
import { AivaultError } from '#contract/errors.ts';
import type { HostEvent } from '#contract/events.ts';
import type { Invoke } from '#contract/proxied.ts';
import type { DoctorCheck } from '#contract/schemas/host.ts';
import type { VaultStatus } from '#contract/schemas/vault.ts';
import { usualKeyProvider } from '#contract/usual-key-provider.ts';
import { contractVersion } from '#contract/version.ts';
import { type Core, createCore } from '#core/core.ts';
import { makeFolder } from '#transports/make-folder.ts';
import { createPathRest } from '#transports/path-rest/path-rest.ts';
import { openRedirectListener } from '#transports/redirect-listener.ts';
import { type ConsoleKeeper, createConsoleKeeper } from './console-keeper.ts';
import { readDevelopmentHooks } from './development-hooks.ts';
import { lockVault } from './lock.ts';
import type { HostPaths } from './paths.ts';
import { type Serving, serve } from './serve.ts';
import { windowPages } from './window-pages.ts';

export interface HostOptions {
  readonly paths: HostPaths;
  readonly now: () => number;
  readonly randomBytes: (length: number) => Uint8Array;
  /** False for a private host: no socket, no port, no discovery file. */
  readonly serve: boolean;
  /** Takes one line about a bug: never a secret, never for a client. */
  readonly log: (line: string) => void;
  /** Also serve agents of other users over the group socket. */
  readonly shared?: boolean;
  /** True where the desktop app is the host. */
  readonly desktop?: boolean;
  /** What the program around this host found wrong with its surroundings; the doctor says it. */
  readonly findings?: () => readonly DoctorCheck[];
}

/** An open vault and what serves it. */
export interface Host {
  readonly dispatch: Dispatch;
  readonly invoke: Invoke;
  onEvent(listener: (event: HostEvent) => void): () => void;
  /** Null for a private host. */
  readonly serving: Serving | null;
  /** Running calls finish within the grace (10 s at most); then everything is closed and the lock is free. */
  close(graceMs?: number): Promise<void>;
  /** Resolves when the host has closed, whoever asked for it. */
  readonly closed: Promise<void>;
}

const defaultGraceMs = 2_000;
const longestGraceMs = 10_000;
const lockWatchMs = 3_000;
/** Long enough after the start to be in nobody's way. */
const warmAfterMs = 1_000;

/**
 * Opens one vault folder and serves it: lock, core, control socket, endpoint, discovery file, in that order, so that
 * whoever finds the file finds a host that answers. Whatever fails closes what was open. Throws `host_busy`,
 * `invalid_request` (settings or hooks that do not fit), or what core says about the vault.
 */
export async function openHost(options: HostOptions): Promise<Host> {
  const { paths, now, randomBytes } = options;
  const randomToken = () => Buffer.from(randomBytes(32)).toString('base64url');
  const requestId = () => `req_${Buffer.from(randomBytes(12)).toString('hex')}`;
  const hooks = readDevelopmentHooks(paths.environment);
  const putRight = prepareVaultFolder(paths);
  const lock = lockVault(paths.lockFile);
  let core: Core | null = null;
  let serving: Serving | null = null;
  let consoles: ConsoleKeeper | null = null;
  let closing: Promise<void> | null = null;
  const closed = Promise.withResolvers<void>();

  const close = async (graceMs: number): Promise<void> => {
    clearInterval(watch);
    const grace = Math.min(Math.max(graceMs, 0), longestGraceMs);
    await Promise.all([serving?.close(grace), consoles?.close()]);
    await core?.close();
    lock.release();
    closed.resolve();
  };
  const closeOnce = (graceMs = defaultGraceMs) => {
    closing ??= close(graceMs);
    return closing;
  };
  // A vault folder that was removed (a test's, a reset's) would leave a host that nobody can find to stop it.
  const watch = setInterval(() => {
    if (!lock.stands()) void closeOnce(0);
  }, lockWatchMs).unref();

  try {
    core = await createCore({
      paths,
      defaultChoice: usualKeyProvider(paths, process.platform),
      now,
      randomBytes,
      environment: paths.environment,
      egress: hooks,
      developmentHooksSet: hooks !== null,
      putRight,
      version: contractVersion,
      hostFacts: () => ({
        endpoint: serving === null ? null : { baseUrl: serving.baseUrl },
        socket: serving?.socket ?? null,
        pid: process.pid,
        desktop: options.desktop ?? false,
        findings: options.findings?.() ?? [],
      }),
      stop: (graceMs: number) => void closeOnce(graceMs),
      log: options.log,
      paused: () => serving?.paused() ?? false,
      setPaused: (paused: boolean) => serving?.setPaused(paused),
      openRedirect: openRedirectListener,
      openConsole: () => {
        if (core === null || serving === null)
          throw new AivaultError('invalid_request', 'A private host serves no console.');
        const { dispatch, onEvent } = core;
        consoles ??= createConsoleKeeper(paths.runFolder, {
          dispatch,
          onEvent,
          pages: windowPages(),
          now,
          randomToken,
        });
        return consoles.open();
      },
    });
    if (hooks !== null) await refuseHooksOnOtherVaults(core.dispatch);
    if (options.serve) {
      const pathSecrets = createPathRest({ ask: core.ask, now, requestId, version: contractVersion });
      const { dispatch, invoke, connect, onEvent, turnedAway } = core;
      serving = await serve(
        paths,
        { dispatch, invoke, connect, onEvent, pathSecrets, turnedAway },
        { port: paths.chosenPort ?? core.endpointPort() ?? paths.usualPort, shared: options.shared ?? false },
      );
      // What is wrong with it is said by the call that needs it.
      setTimeout(() => void core?.warm().catch(() => undefined), warmAfterMs).unref();
    }
  } catch (error) {
    await closeOnce(0);
    throw error;
  }
  const { dispatch, invoke, onEvent } = core;
  return { dispatch, invoke, onEvent, serving, close: closeOnce, closed: closed.promise };
}

/**
 * The folder of the vault, 0700 and created so. One that drifted is closed again, which is told in a sentence; one that
 * holds other things is not ours.
 */
function prepareVaultFolder({ vaultFolder: folder, runFolder }: HostPaths): readonly string[] {
  makeFolder(folder);
  if (process.platform === 'win32' || (lstatSync(folder).mode & 0o077) === 0) return [];
  // A client that starts a host has made the run folder in it already, for the host's log.
  const names = readdirSync(folder).filter((name) => path.join(folder, name) !== runFolder);
  const isVault = names.includes('vault.db');
  if (names.length > 0 && !isVault) return [];
  chmodSync(folder, 0o700);
  return isVault ? [`Others could reach ${folder}; the host has closed it.`] : [];
}

/** Hooks bend where requests go. A vault that was not made for tests must never be served with them. */
async function refuseHooksOnOtherVaults(dispatch: Dispatch): Promise<void> {
  const result = await dispatch('vault.status', {}, { actor: { kind: 'operator', via: 'host' } });
  if (!result.ok) return;
  const { state, development } = result.value as VaultStatus;
  if (state === 'missing' || development) return;
  throw new AivaultError('invalid_request', 'Development hooks are set, but this vault was not created with them.', {
    hint: 'Unset AIVAULT_DEV_…, or use another AIVAULT_DIR for tests.',
  });
}
