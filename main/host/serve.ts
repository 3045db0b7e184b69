import type { Dispatch } from '#contract/call.ts';
import type { HostEvent } from '#contract/events.ts';
import type { Connect, Invoke } from '#contract/proxied.ts';
import { contractVersion } from '#contract/version.ts';
import type { PathSecretsDoor } from '#transports/agent-plane.ts';
import { openControlSocket } from '#transports/control-socket.ts';
import { openLoopback } from '#transports/loopback.ts';
import { openSharedSocket } from '#transports/shared-socket.ts';
import { makePrivateFolder } from '#transports/socket-file.ts';
import { createTakeWebSocket } from '#transports/websocket.ts';
import { removeDiscovery, writeDiscovery } from './discovery-file.ts';
import type { HostPaths } from './paths.ts';

/** What is served: the operator's questions and the agents' requests. */
export interface Served {
  readonly dispatch: Dispatch;
  readonly invoke: Invoke;
  readonly connect: Connect;
  onEvent(listener: (event: HostEvent) => void): () => void;
  readonly pathSecrets: PathSecretsDoor;
  /** Writes down that a page, or somebody by another name, was turned away. */
  readonly turnedAway: () => void;
}

export interface Serving {
  readonly baseUrl: string;
  readonly socket: string;
  /** While paused, agents' requests are refused; the control socket answers as ever. */
  setPaused(paused: boolean): void;
  readonly paused: () => boolean;
  /** Takes the discovery file away first, so that nobody new arrives while running calls finish. */
  close(graceMs: number): Promise<void>;
}

interface Open {
  close(graceMs: number): Promise<void>;
}

/**
 * Opens the control socket, the endpoint and, if asked, the group socket, then tells where they are. Throws what any of
 * them says; nothing stays open then.
 */
export async function serve(
  paths: HostPaths,
  served: Served,
  options: { readonly port: number; readonly shared: boolean },
): Promise<Serving> {
  makePrivateFolder(paths.runFolder);
  const open: Open[] = [];
  const closeAll = async (graceMs: number) => void (await Promise.all(open.map((each) => each.close(graceMs))));
  let onHold = false;
  const paused = () => onHold;
  const agents = { invoke: served.invoke, pathSecrets: served.pathSecrets, paused };
  try {
    const control = await openControlSocket(paths.socket, served);
    open.push(control);
    const upgrade = createTakeWebSocket(served.connect, paused);
    const endpoint = await openLoopback({ port: options.port, upgrade, refused: served.turnedAway, ...agents });
    open.push(endpoint);
    if (options.shared) open.push(await openSharedSocket(paths.sharedSocket, agents));
    writeDiscovery(paths.discoveryFile, {
      pid: process.pid,
      socket: control.path,
      baseUrl: endpoint.baseUrl,
      version: contractVersion,
    });
    return {
      baseUrl: endpoint.baseUrl,
      socket: control.path,
      paused,
      setPaused: (next) => {
        onHold = next;
      },
      close: async (graceMs) => {
        removeDiscovery(paths.discoveryFile, process.pid);
        await closeAll(graceMs);
      },
    };
  } catch (error) {
    await closeAll(0);
    throw error;
  }
}
