import type { Dispatch } from '#contract/call.ts';
import type { HostEvent } from '#contract/events.ts';
import type { Invoke } from '#contract/proxied.ts';
import { contractVersion } from '#contract/version.ts';
import { openControlSocket } from '#transports/control-socket.ts';
import { openLoopback } from '#transports/loopback.ts';
import { makePrivateFolder } from '#transports/socket-file.ts';
import { removeDiscovery, writeDiscovery } from './discovery-file.ts';
import type { HostPaths } from './paths.ts';

/** What is served: the operator's questions and the agents' requests. */
export interface Served {
  readonly dispatch: Dispatch;
  readonly invoke: Invoke;
  onEvent(listener: (event: HostEvent) => void): () => void;
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

/** Opens the control socket and the endpoint, then tells where they are. Throws what either says; nothing stays open. */
export async function serve(paths: HostPaths, served: Served): Promise<Serving> {
  makePrivateFolder(paths.runFolder);
  const control = await openControlSocket(paths.socket, served);
  try {
    let onHold = false;
    const paused = () => onHold;
    const endpoint = await openLoopback({ port: paths.port, invoke: served.invoke, paused });
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
        await Promise.all([endpoint.close(graceMs), control.close(graceMs)]);
      },
    };
  } catch (error) {
    await control.close(0);
    throw error;
  }
}
